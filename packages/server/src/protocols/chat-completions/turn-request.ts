import type { Tool } from "@glossa/core";
import type { ChatMessage, ChatToolCall, Sampling } from "../../engines/engine.ts";
import { leftOutMedia, leftOutNote } from "../left-out-media.ts";
import { oneSystemMessage } from "../../engines/system-messages.ts";
import { invalidRequest } from "../../error.ts";
import type { ServedModel } from "../../models.ts";
import type { TurnDiagnostic, TurnRequest } from "../../turn.ts";
import { customArguments, customTool } from "../custom-tool.ts";
import { logprobsFor } from "../logprobs.ts";
import { samplingFor } from "../sampling.ts";
import { chooseTools, type RequestedChoice } from "../tool-choice.ts";
import { responseFormatOf } from "./response-format.ts";
import type { ChatCompletionRequest, FunctionTool, RequestMessage, RequestTool, RequestToolCall } from "./request.ts";

export interface ChatTurn {
  readonly turn: TurnRequest;
  /** The names of tools that take one text. */
  readonly customTools: ReadonlySet<string>;
}

/** What a chat completion asks of a model. Throws `ApiError` where the model's engine can't do it. */
export function turnRequest(
  request: ChatCompletionRequest,
  served: ServedModel,
  { legacy }: { readonly legacy: boolean },
): ChatTurn {
  const { model, engine } = served;
  const { responseFormat, field: answerSchema } = responseFormatOf(request);
  // What the request calls its tools and its choice of them.
  const choiceField = legacy ? "function_call" : "tool_choice";
  const declared = (request.tools ?? []).map((tool, index) => declaredTool(tool, index, { served, legacy }));
  const notes = declared.flatMap(({ note }) => note ?? []);
  const known = declared.flatMap(({ tool, field }) => (tool ? [{ tool, field }] : []));
  const turn: TurnRequest = {
    model,
    engine,
    messages: oneSystemMessage(messagesOf(request, engine.capabilities.textOnly ? model.id : undefined, notes)),
    continueFinalMessage: goesOn(request, served),
    ...chooseTools(
      known.map(({ tool }) => tool),
      choiceOf(request, choiceField),
      { name: (index) => `${known[index]?.field}.name`, choice: choiceField },
    ),
    parallelToolCalls: request.parallel_tool_calls ?? true,
    responseFormat,
    ...(!request.stream && { whole: true }),
    stopScope: request.stop_scope ?? "content",
    stop: [request.stop ?? []].flat().filter((sequence) => sequence !== ""),
    sampling: samplingOf(request, served),
    ...logprobsFor(served, request.logprobs ? (request.top_logprobs ?? 0) : undefined, "logprobs"),
    ...templateOf(request),
    fields: {
      prompt: "messages",
      toolChoice: choiceField,
      answerSchema,
      parameters: (name) => `${known.find(({ tool }) => tool.name === name)?.field}.parameters`,
    },
    notes,
  };
  const customs = (request.tools ?? []).flatMap((tool) => (tool.type === "custom" ? [tool.custom.name] : []));
  return { turn, customTools: new Set(customs) };
}

/** A tool as the model sees it, where it is one that the client runs, and where it stands in the request. */
function declaredTool(
  tool: RequestTool,
  index: number,
  { served, legacy }: { readonly served: ServedModel; readonly legacy: boolean },
): { readonly tool?: Tool; readonly field: string; readonly note?: TurnDiagnostic } {
  const field = legacy ? `functions[${index}]` : `tools[${index}]`;
  if (tool.type === "function") return { tool: coreTool(tool), field: legacy ? field : `${field}.function` };
  if (tool.type === "custom") {
    const { name, description, format } = tool.custom;
    const grammar = format?.type === "grammar" ? (format.grammar ?? undefined) : undefined;
    return { ...customTool({ name, description, grammar }, served), field: `${field}.custom` };
  }
  const message = `${field} is left out: tools of the type ${tool.kind} are not known here.`;
  return { field, note: { kind: "ignored-tool", message } };
}

/** Whether the last message is the start of the answer. Throws `ApiError` where it can't be. */
function goesOn({ messages, ...request }: ChatCompletionRequest, { model, engine }: ServedModel): boolean {
  const last = messages.at(-1);
  const prefixed = last?.prefix === true;
  if (!request.continue_final_message && !prefixed) {
    if (request.add_generation_prompt !== false) return false;
    throw unsupported("add_generation_prompt", "the answer is a message of its own, or the last one goes on");
  }
  const field = prefixed ? `messages[${messages.length - 1}].prefix` : "continue_final_message";
  if (last?.role !== "assistant" || last.tool_calls || last.function_call) {
    throw invalidRequest(`Invalid value for '${field}': the last message is no text of the assistant's.`, field);
  }
  if (!engine.capabilities.prefill) throw unsupported(field, `the model ${model.id} can't go on with a message`);
  return true;
}

function unsupported(field: string, why: string): Error {
  return invalidRequest(`Unsupported parameter: '${field}': ${why}.`, field, "unsupported_parameter");
}

function choiceOf({ tool_choice: choice }: ChatCompletionRequest, field: string): RequestedChoice {
  if (typeof choice !== "object" || choice === null) return choice ?? "auto";
  if (choice.type === "function") {
    return {
      name: choice.function.name,
      field: field === "tool_choice" ? "tool_choice.function.name" : `${field}.name`,
    };
  }
  if (choice.type === "custom") return { name: choice.custom.name, field: "tool_choice.custom.name" };
  const { mode, tools } = choice.allowed_tools;
  // A tool that was left out can be allowed, and is not called for that.
  const allowed = tools.flatMap((tool, index) => {
    if (tool.type === "other") return [];
    const name = tool.type === "custom" ? tool.custom.name : tool.function.name;
    return [{ name, field: `tool_choice.allowed_tools.tools[${index}].${tool.type}.name` }];
  });
  return allowed.length === 0 && mode === "auto" ? "none" : { mode, allowed };
}

export function coreTool({ function: { name, description, parameters, strict } }: FunctionTool): Tool {
  return {
    name,
    ...(typeof description === "string" && { description }),
    ...(parameters !== undefined && parameters !== null && { parameters }),
    ...(typeof strict === "boolean" && { strict }),
  };
}

/** The messages as they came; `textOnlyModel` is the model's name if it takes text only. */
function messagesOf(
  request: ChatCompletionRequest,
  textOnlyModel: string | undefined,
  notes: TurnDiagnostic[],
): readonly ChatMessage[] {
  return request.messages.map((message, index) => {
    if (textOnlyModel === undefined || !Array.isArray(message.content)) return asTemplatesTake(message);
    const content = message.content.map((part: { readonly type: string }, at: number): { readonly type: string } => {
      if (part.type === "text" || part.type === "refusal") return part;
      const field = `messages[${index}].content[${at}]`;
      if (message.role !== "tool") {
        const param = `${field}.type`;
        throw invalidRequest(`Invalid value for '${param}': the model ${textOnlyModel} takes text only.`, param);
      }
      notes.push(leftOutNote(field, textOnlyModel));
      return leftOutMedia;
    });
    return asTemplatesTake({ ...message, content });
  });
}

/** Reasoning in the history has two names in use, and calls two kinds; the engines get them by one. */
function asTemplatesTake({ reasoning, prefix: _prefix, ...rest }: RequestMessage): ChatMessage {
  const message = rest.tool_calls ? { ...rest, tool_calls: rest.tool_calls.map(functionCall) } : rest;
  if (message.role !== "assistant" || typeof reasoning !== "string" || message["reasoning_content"]) {
    return message as ChatMessage;
  }
  return { ...message, reasoning_content: reasoning } as ChatMessage;
}

function functionCall(call: RequestToolCall): ChatToolCall {
  if (call.type === "function") return call;
  const { id, custom } = call;
  return { id, type: "function", function: { name: custom.name, arguments: customArguments(custom.input) } };
}

function samplingOf(request: ChatCompletionRequest, served: ServedModel): Sampling {
  const {
    temperature,
    top_p,
    top_k,
    min_p,
    seed,
    frequency_penalty,
    presence_penalty,
    repetition_penalty,
    logit_bias,
  } = request;
  return samplingFor(served, {
    max_tokens: request.max_completion_tokens ?? request.max_tokens,
    temperature,
    top_p,
    top_k,
    min_p,
    seed,
    frequency_penalty,
    presence_penalty,
    repetition_penalty,
    logit_bias,
  });
}

/** `reasoning_effort` also switches thinking, where a template can, unless the client sets that variable itself. */
function templateOf(request: ChatCompletionRequest): Pick<TurnRequest, "templateVariables" | "reasoningEffort"> {
  const effort = request.reasoning_effort;
  const given = request.chat_template_kwargs ?? {};
  if (typeof effort !== "string") return { templateVariables: given };
  return { templateVariables: { enable_thinking: effort !== "none", ...given }, reasoningEffort: effort };
}
