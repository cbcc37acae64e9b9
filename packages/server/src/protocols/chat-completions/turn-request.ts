import type { Tool } from "@glossa/core";
import type { ChatMessage, ResponseFormat, Sampling } from "../../engines/engine.ts";
import { invalidRequest } from "../../error.ts";
import type { ServedModel } from "../../models.ts";
import type { TurnRequest } from "../../turn.ts";
import { samplingFor } from "../sampling.ts";
import { chooseTools, type RequestedChoice } from "../tool-choice.ts";
import type { ChatCompletionRequest, RequestMessage, RequestTool } from "./request.ts";

/** What a chat completion asks of a model. Throws `ApiError` where the model's engine can't do it. */
export function turnRequest(request: ChatCompletionRequest, served: ServedModel): TurnRequest {
  const { model, engine } = served;
  const tools = (request.tools ?? []).map(coreTool);
  return {
    model,
    engine,
    messages: messagesOf(request, engine.capabilities.textOnly ? model.id : undefined),
    ...chooseTools(tools, choiceOf(request), {
      name: (index) => `tools[${index}].function.name`,
      choice: "tool_choice",
    }),
    parallelToolCalls: request.parallel_tool_calls ?? true,
    responseFormat: responseFormatOf(request),
    stop: [request.stop ?? []].flat().filter((sequence) => sequence !== ""),
    sampling: samplingOf(request, served),
    ...templateOf(request),
    fields: {
      toolChoice: "tool_choice",
      answerSchema: "response_format.json_schema.schema",
      parameters: (tool) => `tools[${tools.findIndex(({ name }) => name === tool)}].function.parameters`,
    },
    notes: [],
  };
}

function choiceOf({ tool_choice: choice }: ChatCompletionRequest): RequestedChoice {
  if (typeof choice !== "object" || choice === null) return choice ?? "auto";
  if (choice.type === "function") return { name: choice.function.name, field: "tool_choice.function.name" };
  const { mode, tools } = choice.allowed_tools;
  const allowed = tools.map(({ function: { name } }, index) => ({
    name,
    field: `tool_choice.allowed_tools.tools[${index}].function.name`,
  }));
  return { mode, allowed };
}

function coreTool({ function: { name, description, parameters, strict } }: RequestTool): Tool {
  return {
    name,
    ...(typeof description === "string" && { description }),
    ...(parameters !== undefined && parameters !== null && { parameters }),
    ...(typeof strict === "boolean" && { strict }),
  };
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
