import type { Tool } from "@glossa/core";
import type { ResponseFormat } from "../../engines/engine.ts";
import { oneSystemMessage } from "../../engines/system-messages.ts";
import { invalidRequest } from "../../error.ts";
import type { ServedModel } from "../../models.ts";
import type { TurnDiagnostic, TurnRequest } from "../../turn.ts";
import { samplingFor } from "../sampling.ts";
import { chooseTools, type RequestedChoice } from "../tool-choice.ts";
import { conversationOf } from "./conversation.ts";
import type { ContentBlock, MessagesRequest, PromptRequest, RequestTool } from "./request.ts";

/** What a request of the Messages API asks of a model. Throws `ApiError` where the model's engine can't do it. */
export function turnRequest(request: MessagesRequest, served: ServedModel): TurnRequest {
  const { max_tokens, temperature, top_p, top_k, stop_sequences: stop } = request;
  return {
    ...promptOf(request, served),
    ...(!request.stream && { whole: true }),
    stopScope: "content",
    stop: (stop ?? []).filter((sequence) => sequence !== ""),
    sampling: samplingFor(served, { max_tokens, temperature, top_p, top_k }),
  };
}

/** A turn without what makes no difference to its prompt. */
export function promptOf(
  request: PromptRequest,
  served: ServedModel,
): Omit<TurnRequest, "stop" | "stopScope" | "sampling"> {
  const { model, engine } = served;
  const given = request.tools ?? [];
  const known = given.filter(hasSchema).filter(isLoaded(request));
  const { messages, notes } = conversationOf(request, engine.capabilities.textOnly ? model.id : undefined);
  const choice = request.tool_choice;
  return {
    model,
    engine,
    messages: oneSystemMessage(messages),
    continueFinalMessage: goesOn(request, served),
    ...chooseTools(known.map(coreTool), choiceOf(choice), {
      name: (index) => `tools.${given.indexOf(known[index]!)}.name`,
      choice: "tool_choice",
    }),
    parallelToolCalls: !(choice && choice.type !== "none" && choice.disable_parallel_tool_use),
    responseFormat: responseFormatOf(request),
    ...thinkingOf(request),
    fields: {
      prompt: "messages",
      toolChoice: "tool_choice",
      answerSchema: request.output_config?.format ? "output_config.format.schema" : "output_format.schema",
      parameters: (tool) => `tools.${given.findIndex(({ name }) => name === tool)}.input_schema`,
    },
    notes: [
      ...given.filter((tool) => !hasSchema(tool)).map(ignoredTool),
      ...(request.mcp_servers && request.mcp_servers.length > 0 ? [ignoredServers] : []),
      ...notes,
    ],
  };
}

/** A last message of the assistant's is the start of the answer. */
function goesOn({ messages }: PromptRequest, { model, engine }: ServedModel): boolean {
  if (messages.at(-1)?.role !== "assistant") return false;
  const field = `messages.${messages.length - 1}.role`;
  if (!engine.capabilities.prefill) {
    throw invalidRequest(`${field}: the model ${model.id} can't go on with a message of the assistant's`, field);
  }
  return true;
}

interface KnownTool extends RequestTool {
  readonly input_schema: Readonly<Record<string, unknown>>;
}

/** A tool that brings its schema; those of Anthropic's servers, and those that its models know by type, bring none. */
function hasSchema(tool: RequestTool): tool is KnownTool {
  if (tool.input_schema) return true;
  if (typeof tool.type === "string" && tool.type !== "custom") return false;
  throw invalidRequest(`tools: ${tool.name}: input_schema: Field required`, "tools", "missing_required_parameter");
}

/**
 * A deferred tool is one from where a search has found it, or where the choice names it. Where the search is Anthropic's own, it is
 * not run here and finds nothing: all are there from the start.
 */
function isLoaded({ tools, messages, tool_choice: choice }: PromptRequest): (tool: KnownTool) => boolean {
  if (!tools?.some(({ defer_loading: deferred }) => deferred)) return () => true;
  if (tools.some(({ type }) => type?.startsWith("tool_search_tool_"))) return () => true;
  const loaded = new Set(choice?.type === "tool" ? [choice.name] : []);
  const blocks = messages.flatMap(({ content }) => (typeof content === "string" ? [] : content));
  for (const block of blocks) {
    if (block.type !== "tool_result" || !Array.isArray(block.content)) continue;
    for (const part of block.content as readonly ContentBlock[])
      if (part.type === "tool_reference") loaded.add(part.tool_name);
  }
  return ({ name, defer_loading: deferred }) => !deferred || loaded.has(name);
}

function coreTool({ name, description, input_schema: parameters, strict }: KnownTool): Tool {
  return {
    name,
    parameters,
    ...(typeof description === "string" && { description }),
    ...(typeof strict === "boolean" && { strict }),
  };
}

const ignoredServers: TurnDiagnostic = {
  kind: "ignored-tool",
  message: "mcp_servers is left out: Anthropic's servers ask them, not here.",
};

function ignoredTool({ name, type }: RequestTool): TurnDiagnostic {
  const message = `The tool ${name} is left out: ${type} is run or described by Anthropic's servers, not here.`;
  return { kind: "ignored-tool", message };
}

function choiceOf(choice: PromptRequest["tool_choice"]): RequestedChoice {
  if (!choice) return "auto";
  switch (choice.type) {
    case "any":
      return "required";
    case "tool":
      return { name: choice.name, field: "tool_choice.name" };
    default:
      return choice.type;
  }
}

function responseFormatOf({ output_config: config, output_format: beta }: PromptRequest): ResponseFormat {
  const format = config?.format ?? beta;
  return format
    ? { type: "json_schema", json_schema: { name: "output", schema: format.schema, strict: true } }
    : { type: "text" };
}

/** Where a template can switch thinking, `thinking` does; without it the model does as it is used to. */
function thinkingOf(request: PromptRequest): Pick<TurnRequest, "templateVariables" | "reasoningEffort"> {
  const { thinking, output_config: config } = request;
  const given = request.chat_template_kwargs ?? {};
  const effort = config?.effort;
  return {
    templateVariables: thinking ? { enable_thinking: thinking.type !== "disabled", ...given } : given,
    ...(typeof effort === "string" && { reasoningEffort: effort }),
  };
}
