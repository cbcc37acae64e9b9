import type { ChatMessage, ChatToolCall, ContentPart } from "../../engines/engine.ts";
import { leftOutMedia, leftOutNote } from "../left-out-media.ts";
import { invalidRequest } from "../../error.ts";
import type { TurnDiagnostic } from "../../turn.ts";
import type { ContentBlock, MediaSource, PromptRequest, RequestMessage } from "./request.ts";

export interface Conversation {
  readonly messages: readonly ChatMessage[];
  /** Content that no chat template could show. */
  readonly notes: readonly TurnDiagnostic[];
}

/**
 * The conversation as chat templates take it: the system prompt is its first message, a result of a tool is a message of its
 * own, and thinking goes by the name of reasoning. `textOnlyModel` is the model's name if it takes text only.
 */
export function conversationOf(request: PromptRequest, textOnlyModel: string | undefined): Conversation {
  const notes: TurnDiagnostic[] = [];
  const reader: Reader = { textOnlyModel, inResult: false, note: (note) => notes.push(note) };
  const system = systemText(request.system);
  const messages = request.messages.flatMap((message, index) => messagesOf(message, `messages.${index}`, reader));
  return { messages: system === "" ? messages : [{ role: "system", content: system }, ...messages], notes };
}

interface Reader {
  readonly textOnlyModel: string | undefined;
  /** Whether what is read is a tool's result. */
  readonly inResult: boolean;
  note(note: TurnDiagnostic): void;
}

function leftOut(field: string, kind: string): TurnDiagnostic {
  return { kind: "ignored-item", message: `${field} is left out: content of the type ${kind} is not known here.` };
}

/**
 * Blocks are paragraphs. Claude Code puts a line for Anthropic's accounting in front, which differs from request to request:
 * in a prompt it would tell the model nothing, and no prefix of it could be cached.
 */
function systemText(system: PromptRequest["system"]): string {
  const blocks = typeof system === "string" ? [system] : (system ?? []).map(({ text }) => text);
  return blocks.filter((text) => text !== "" && !text.startsWith("x-anthropic-billing-header:")).join("\n\n");
}

function messagesOf({ role, content }: RequestMessage, field: string, reader: Reader): readonly ChatMessage[] {
  if (typeof content === "string") return [{ role, content }];
  if (role === "assistant") return [assistantMessage(content, field, reader)];
  const messages: ChatMessage[] = [];
  let parts: ContentPart[] = [];
  const flush = (): void => {
    if (parts.length > 0) messages.push({ role, content: joined(parts) });
    parts = [];
  };
  for (const [index, block] of content.entries()) {
    const at = `${field}.content.${index}`;
    if (block.type !== "tool_result") {
      parts.push(...partsOf(block, at, reader));
      continue;
    }
    flush();
    messages.push({
      role: "tool",
      tool_call_id: block.tool_use_id,
      content: resultOf(block, at, { ...reader, inResult: true }),
    });
  }
  flush();
  return messages;
}

function assistantMessage(blocks: readonly ContentBlock[], field: string, reader: Reader): ChatMessage {
  const parts: ContentPart[] = [];
  const thinking: string[] = [];
  const calls: ChatToolCall[] = [];
  for (const [index, block] of blocks.entries()) {
    if (block.type === "thinking") thinking.push(block.thinking);
    else if (block.type === "tool_use") {
      const { id, name, input } = block;
      calls.push({ id, type: "function", function: { name, arguments: JSON.stringify(input) } });
    } else parts.push(...partsOf(block, `${field}.content.${index}`, reader));
  }
  const reasoning = thinking.join("");
  return {
    role: "assistant",
    content: parts.length === 0 && calls.length > 0 ? null : joined(parts, ""),
    ...(reasoning !== "" && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

/** Templates have no place for `is_error`, so that the text says it. */
function resultOf(
  { content, is_error: failed }: Extract<ContentBlock, { readonly type: "tool_result" }>,
  field: string,
  reader: Reader,
): string | readonly ContentPart[] {
  const blocks = typeof content === "string" ? [{ type: "text" as const, text: content }] : (content ?? []);
  const result = joined(blocks.flatMap((block, index) => partsOf(block, `${field}.content.${index}`, reader)));
  if (!failed || (typeof result === "string" && /^\W*error/i.test(result))) return result;
  return typeof result === "string" ? `Error: ${result}` : [{ type: "text", text: "Error:" }, ...result];
}

/** A block that is content, as the parts that chat endpoints take. */
function partsOf(block: ContentBlock, field: string, reader: Reader): readonly ContentPart[] {
  switch (block.type) {
    case "text":
      return [{ type: "text", text: block.text }];
    case "search_result":
      return [{ type: "text", text: [block.title, block.source, ...block.content.map(({ text }) => text)].join("\n") }];
    case "tool_reference":
      return [{ type: "text", text: `Tool loaded: ${block.tool_name}` }];
    case "image":
      return [media({ type: "image_url", image_url: { url: address(block.source, field) } }, field, reader)];
    case "document":
      return documentParts(block, field, reader);
    case "other":
      // Thinking that was hidden from everybody but its writer.
      if (block.kind !== "redacted_thinking") reader.note(leftOut(field, block.kind));
      return [];
    default:
      throw invalidRequest(`${field}: a block of the type ${block.type} has no place here`, field);
  }
}

function documentParts(
  { source, title }: Extract<ContentBlock, { readonly type: "document" }>,
  field: string,
  reader: Reader,
): readonly ContentPart[] {
  if (source.type === "text") {
    const text = source.data ?? "";
    return [{ type: "text", text: title ? `${title}\n${text}` : text }];
  }
  if (source.type === "content" && typeof source.content === "string") return [{ type: "text", text: source.content }];
  const file = { file_data: address(source, field), ...(title && { filename: title }) };
  return [media({ type: "file", file }, field, reader)];
}

function media(part: ContentPart, field: string, { textOnlyModel, inResult, note }: Reader): ContentPart {
  if (textOnlyModel === undefined) return part;
  if (inResult) {
    note(leftOutNote(field, textOnlyModel));
    return leftOutMedia;
  }
  throw invalidRequest(`${field}: the model ${textOnlyModel} takes text only`, field);
}

/** Where a medium is: its address, or itself as one. */
function address({ type, url, data, media_type: mediaType }: MediaSource, field: string): string {
  if (type === "url" && typeof url === "string") return url;
  if (type === "base64" && typeof data === "string" && typeof mediaType === "string") {
    return `data:${mediaType};base64,${data}`;
  }
  const at = `${field}.source`;
  throw invalidRequest(`${at}: Input should be a "url" with its url, or "base64" with media_type and data`, at);
}

/** Text alone is one string, which every template can show: blocks are lines, and what a model wrote is put together as it was. */
function joined(parts: readonly ContentPart[], separator = "\n"): string | readonly ContentPart[] {
  const texts = parts.flatMap((part) =>
    part.type === "text" && typeof part["text"] === "string" ? [part["text"]] : [],
  );
  return texts.length === parts.length ? texts.join(separator) : parts;
}
