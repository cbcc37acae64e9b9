import type { Tool, ToolChoice } from "@glossa/core";
import type { ChatMessage, ResponseFormat, Sampling } from "../../engines/engine.ts";
import { invalidRequest } from "../../error.ts";
import type { ServedModel } from "../../models.ts";
import type { TurnRequest } from "../../turn.ts";
import type { ChatCompletionRequest, RequestMessage, RequestTool } from "./request.ts";

/** What a chat completion asks of a model. Throws `ApiError` where the model's engine can't do it. */
export function turnRequest(request: ChatCompletionRequest, { model, engine }: ServedModel): TurnRequest {
  const { tools, toolChoice } = toolsOf(request);
  const sampling = samplingOf(request);
  const { capabilities } = engine;
  for (const field of Object.keys(sampling) as (keyof Sampling)[]) {
    if (capabilities.sampling === "any" || capabilities.sampling.includes(field) || neutral(field, sampling[field]))
      continue;
    throw invalidRequest(
      `Unsupported parameter: '${field}' has no effect with the model ${model.id}.`,
      field,
      "unsupported_parameter",
    );
  }
  return {
    model,
    engine,
    messages: messagesOf(request, capabilities.textOnly ? model.id : undefined),
    tools,
    toolChoice,
    parallelToolCalls: request.parallel_tool_calls ?? true,
    responseFormat: responseFormatOf(request),
    stop: [request.stop ?? []].flat().filter((sequence) => sequence !== ""),
    sampling,
    ...templateOf(request),
  };
}

/**
 * The tools that the model gets to see are those that it may call: none with `tool_choice: "none"`, the allowed ones with
 * `allowed_tools`. That is the surest way to have no other called, also by engines that take no grammar.
 */
function toolsOf(request: ChatCompletionRequest): { tools: readonly Tool[]; toolChoice: ToolChoice } {
  const tools = (request.tools ?? []).map(coreTool);
  const seen = new Set<string>();
  for (const [index, { name }] of tools.entries()) {
    const param = `tools[${index}].function.name`;
    if (seen.has(name)) throw invalidRequest(`Invalid value for '${param}': there is another tool '${name}'.`, param);
    seen.add(name);
  }

  const choice = request.tool_choice ?? "auto";
  if (choice === "none") return { tools: [], toolChoice: "none" };
  if (choice === "auto") return { tools, toolChoice: "auto" };
  if (tools.length === 0) {
    throw invalidRequest(
      "Invalid value for 'tool_choice': it asks for a call, but there are no 'tools'.",
      "tool_choice",
    );
  }
  if (choice === "required") return { tools, toolChoice: "required" };
  if (choice.type === "function") {
    const { name } = choice.function;
    if (!seen.has(name)) throw unknownTool(name, "tool_choice.function.name");
    // All tools stay in sight, since the named one may be described in terms of others; the grammar admits only this one.
    return { tools, toolChoice: { name } };
  }
  const allowed = new Set(choice.allowed_tools.tools.map(({ function: { name } }) => name));
  for (const [index, name] of [...allowed].entries()) {
    if (!seen.has(name)) throw unknownTool(name, `tool_choice.allowed_tools.tools[${index}].function.name`);
  }
  return { tools: tools.filter(({ name }) => allowed.has(name)), toolChoice: choice.allowed_tools.mode };
}

function coreTool({ function: { name, description, parameters, strict } }: RequestTool): Tool {
  return {
    name,
    ...(typeof description === "string" && { description }),
    ...(parameters !== undefined && parameters !== null && { parameters }),
    ...(typeof strict === "boolean" && { strict }),
  };
}

function unknownTool(name: string, param: string): Error {
  return invalidRequest(`Invalid value for '${param}': '${name}' is none of the 'tools'.`, param);
}

/** The messages as they came; `textOnlyModel` is the model's name if it takes text only. */
function messagesOf(request: ChatCompletionRequest, textOnlyModel: string | undefined): readonly ChatMessage[] {
  return request.messages.map((message, index) => {
    if (textOnlyModel !== undefined && Array.isArray(message.content)) {
      const at = message.content.findIndex(({ type }) => type !== "text" && type !== "refusal");
      if (at !== -1) {
        const param = `messages[${index}].content[${at}].type`;
        throw invalidRequest(`Invalid value for '${param}': the model ${textOnlyModel} takes text only.`, param);
      }
    }
    return withReasoning(message);
  });
}

/** Reasoning in the history has two names in use; the engines get it by one. */
function withReasoning({ reasoning, ...message }: RequestMessage): ChatMessage {
  if (message.role !== "assistant" || typeof reasoning !== "string" || message["reasoning_content"]) {
    return message as ChatMessage;
  }
  return { ...message, reasoning_content: reasoning } as ChatMessage;
}

function responseFormatOf({ response_format: format }: ChatCompletionRequest): ResponseFormat {
  if (format?.type !== "json_schema") return { type: format?.type ?? "text" };
  const { name, schema, strict } = format.json_schema;
  return {
    type: "json_schema",
    json_schema: { name, ...(schema && { schema }), ...(typeof strict === "boolean" && { strict }) },
  };
}

function samplingOf(request: ChatCompletionRequest): Sampling {
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
  const max_tokens = request.max_completion_tokens ?? request.max_tokens;
  const all = {
    max_tokens,
    temperature,
    top_p,
    top_k,
    min_p,
    seed,
    frequency_penalty,
    presence_penalty,
    repetition_penalty,
    logit_bias,
  };
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined && value !== null),
  ) as Sampling;
}

/** Whether the value says "no effect", so that an engine without the parameter does what is asked. */
function neutral(field: keyof Sampling, value: Sampling[keyof Sampling]): boolean {
  switch (field) {
    case "top_p":
    case "repetition_penalty":
      return value === 1;
    case "top_k":
      return value === 0 || value === -1;
    case "min_p":
    case "frequency_penalty":
    case "presence_penalty":
      return value === 0;
    case "logit_bias":
      return typeof value === "object" && Object.keys(value).length === 0;
    default:
      return false;
  }
}

/** `reasoning_effort` also switches thinking, where a template can, unless the client sets that variable itself. */
function templateOf(request: ChatCompletionRequest): Pick<TurnRequest, "templateVariables" | "reasoningEffort"> {
  const effort = request.reasoning_effort;
  const given = request.chat_template_kwargs ?? {};
  if (typeof effort !== "string") return { templateVariables: given };
  return { templateVariables: { enable_thinking: effort !== "none", ...given }, reasoningEffort: effort };
}
