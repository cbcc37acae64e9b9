import type { ChatMessage, ChatToolCall, ContentPart } from "../../engines/engine.ts";
import { leftOutMedia, leftOutNote } from "../left-out-media.ts";
import { invalidRequest } from "../../error.ts";
import type { TurnDiagnostic } from "../../turn.ts";
import { customArguments } from "../custom-tool.ts";
import { clientTools, shownName, type ClientToolType } from "./client-tools.ts";
import { decodeReasoning, type OutputItem } from "./items.ts";
import type { InputItem, InputPart, ResponsesRequest } from "./request.ts";

export interface Conversation {
  readonly messages: readonly ChatMessage[];
  /** Items that no chat template could show. */
  readonly notes: readonly TurnDiagnostic[];
}

export interface ConversationOptions {
  /** What was said before, in a response that is stored. */
  readonly earlier: readonly ChatMessage[];
  /** The item of that name in any response that is stored. */
  find(id: string): OutputItem | undefined;
  /** The model's name if it takes text only. */
  readonly textOnlyModel: string | undefined;
}

/**
 * The input as chat templates take it, behind what was said before: what the assistant said, thought and called up to the
 * next word of another is one message.
 */
export function conversationOf(input: ResponsesRequest["input"], options: ConversationOptions): Conversation {
  const { earlier, find, textOnlyModel } = options;
  const notes: TurnDiagnostic[] = [];
  const messages: ChatMessage[] = [...earlier];
  let turn: AssistantTurn | undefined;
  /** A result of a local shell names its call's item. */
  const callIds = new Map<string, string>();

  const flush = (): void => {
    if (turn) messages.push(assistantMessage(turn));
    turn = undefined;
  };
  const assistant = (): AssistantTurn => (turn ??= { texts: [], reasoning: [], calls: [] });

  function take(item: InputItem, field: string): void {
    switch (item.type) {
      case "message": {
        if (item.role === "assistant") {
          assistant().texts.push(textOf(item.content));
          return;
        }
        flush();
        messages.push({ role: item.role, content: contentOf(item.content, `${field}.content`, textOnlyModel) });
        return;
      }
      case "reasoning":
        assistant().reasoning.push(reasoningOf(item));
        return;
      case "function_call":
        assistant().calls.push(callOf(item.call_id, shownName(item.namespace, item.name), item.arguments));
        return;
      case "custom_tool_call":
        assistant().calls.push(callOf(item.call_id, shownName(item.namespace, item.name), customArguments(item.input)));
        return;
      case "function_call_output":
      case "custom_tool_call_output": {
        flush();
        const leaveOut = (at: string): void => void notes.push(leftOutNote(at, textOnlyModel!));
        const content = contentOf(item.output, `${field}.output`, textOnlyModel, leaveOut);
        messages.push({ role: "tool", tool_call_id: item.call_id, content });
        return;
      }
      case "tool_search_call":
      case "local_shell_call":
      case "shell_call":
      case "apply_patch_call": {
        const type = toolType(item.type);
        const id = item.call_id ?? item.id ?? "";
        if (item.id) callIds.set(item.id, id);
        assistant().calls.push(callOf(id, type, JSON.stringify(clientTools[type].input(item))));
        return;
      }
      case "tool_search_output":
      case "local_shell_call_output":
      case "shell_call_output":
      case "apply_patch_call_output": {
        flush();
        const { call_id: call, id } = item as { readonly call_id?: string | null; readonly id?: string | null };
        const tool_call_id = call ?? callIds.get(id ?? "") ?? id ?? "";
        messages.push({ role: "tool", tool_call_id, content: clientTools[toolType(item.type)].result(item) });
        return;
      }
      case "additional_tools":
        return;
      case "item_reference": {
        const found = find(item.id);
        if (!found) {
          const param = `${field}.id`;
          throw invalidRequest(`Invalid value for '${param}': there is no item '${item.id}' here.`, param);
        }
        take(found, field);
        return;
      }
      case "other":
        notes.push({
          kind: "ignored-item",
          message: `${field} is left out: items of the type ${item.kind} are not known here.`,
        });
    }
  }

  if (typeof input === "string") messages.push({ role: "user", content: input });
  else for (const [index, item] of input.entries()) take(item, `input[${index}]`);
  flush();
  return { messages, notes };
}

/** The items of an answer as the message of it that the next turn sees. */
export function answerMessages(items: readonly OutputItem[]): readonly ChatMessage[] {
  const options = { earlier: [], find: () => undefined, textOnlyModel: undefined };
  return conversationOf(items, options).messages;
}

interface AssistantTurn {
  readonly texts: string[];
  readonly reasoning: string[];
  readonly calls: ChatToolCall[];
}

function assistantMessage({ texts, reasoning, calls }: AssistantTurn): ChatMessage {
  const thought = reasoning.join("");
  return {
    role: "assistant",
    content: texts.length === 0 && calls.length > 0 ? null : texts.join(""),
    ...(thought !== "" && { reasoning_content: thought }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

const toolType = (item: string): ClientToolType => item.replace(/_(?:call|call_output|output)$/, "") as ClientToolType;

function callOf(id: string, name: string, json: string): ChatToolCall {
  return { id, type: "function", function: { name, arguments: json } };
}

function reasoningOf(item: Extract<InputItem, { readonly type: "reasoning" }>): string {
  const { content, summary, encrypted_content: encrypted } = item;
  if (content && content.length > 0) return content.map(({ text }) => text).join("");
  const decoded = typeof encrypted === "string" ? decodeReasoning(encrypted) : undefined;
  return decoded ?? (summary ?? []).map(({ text }) => text).join("\n\n");
}

function textOf(content: string | readonly InputPart[]): string {
  return typeof content === "string" ? content : content.map(({ text, refusal }) => text ?? refusal ?? "").join("");
}

/**
 * Text alone is one string, which every template can show. `leaveOut` is told of what a text-only model is not shown; without it
 * there is an error.
 */
function contentOf(
  content: string | readonly InputPart[],
  field: string,
  textOnlyModel: string | undefined,
  leaveOut?: (field: string) => void,
): string | readonly ContentPart[] {
  if (typeof content === "string") return content;
  const parts = content.map((part, index): ContentPart => {
    if (typeof part.text === "string") return { type: "text", text: part.text };
    const param = `${field}[${index}].type`;
    if (textOnlyModel !== undefined && leaveOut) {
      leaveOut(`${field}[${index}]`);
      return leftOutMedia;
    }
    if (textOnlyModel !== undefined)
      throw invalidRequest(`Invalid value for '${param}': the model ${textOnlyModel} takes text only.`, param);
    return mediaOf(part, param);
  });
  return parts.every(({ type }) => type === "text") ? parts.map((part) => part["text"]).join("\n") : parts;
}

function mediaOf({ type, image_url, detail, file_data, file_url, filename }: InputPart, param: string): ContentPart {
  if (type === "input_image" && typeof image_url === "string") {
    return { type: "image_url", image_url: { url: image_url, ...(detail && { detail }) } };
  }
  const data = file_data ?? file_url;
  if (type === "input_file" && typeof data === "string") {
    return { type: "file", file: { file_data: data, ...(filename && { filename }) } };
  }
  throw invalidRequest(
    `Invalid value for '${param}': expected input_text, or input_image or input_file with its data, got ${type}.`,
    param,
  );
}
