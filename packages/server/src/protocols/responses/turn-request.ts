import type { Tool } from "@glossa/core";
import type { ChatMessage, ResponseFormat } from "../../engines/engine.ts";
import { invalidRequest } from "../../error.ts";
import type { ServedModel } from "../../models.ts";
import type { TurnDiagnostic, TurnRequest } from "../../turn.ts";
import { logprobsFor } from "../logprobs.ts";
import { samplingFor } from "../sampling.ts";
import { chooseTools, type NamedTool, type RequestedChoice } from "../tool-choice.ts";
import { conversationOf } from "./conversation.ts";
import type { RequestTool, ResponsesRequest, ToolReference } from "./request.ts";
import { earlierConversation, type ResponseStore } from "./store.ts";

export interface ResponseTurn {
  readonly turn: TurnRequest;
  /** The conversation without the instructions, which hold for one response only. */
  readonly conversation: readonly ChatMessage[];
  readonly customTools: ReadonlySet<string>;
}

/** What a response asks of a model. Throws `ApiError` where the model's engine can't do it. */
export function responseTurn(request: ResponsesRequest, served: ServedModel, store: ResponseStore): ResponseTurn {
  const { model, engine } = served;
  const given = request.tools ?? [];
  const known = given.filter(isKnown);
  const tools = known.map(coreTool);
  const previous = request.previous_response_id;
  const { messages: conversation, notes } = conversationOf(request.input, {
    earlier: typeof previous === "string" ? earlierConversation(store, previous) : [],
    find: (id) => store.item(id),
    textOnlyModel: engine.capabilities.textOnly ? model.id : undefined,
  });
  const { instructions } = request;
  if (conversation.length === 0 && !instructions) {
    const message =
      "Invalid value for 'input': it is empty, and there are no instructions and nothing was said before.";
    throw invalidRequest(message, "input");
  }
  const { max_output_tokens: max_tokens, temperature, top_p, top_k } = request;
  const turn: TurnRequest = {
    model,
    engine,
    messages:
      typeof instructions === "string" && instructions !== ""
        ? [{ role: "system", content: instructions }, ...conversation]
        : conversation,
    ...chooseTools(tools, choiceOf(request), {
      name: (index) => `tools[${given.indexOf(known[index]!)}].name`,
      choice: "tool_choice",
    }),
    parallelToolCalls: request.parallel_tool_calls ?? true,
    responseFormat: responseFormatOf(request),
    continueFinalMessage: false,
    stop: [],
    ...(!request.stream && { whole: true }),
    stopScope: "content",
    sampling: samplingFor(served, { max_tokens, temperature, top_p, top_k }),
    ...logprobsOf(request, served),
    ...templateOf(request),
    fields: {
      prompt: "input",
      toolChoice: "tool_choice",
      answerSchema: "text.format.schema",
      parameters: (tool) => `tools[${given.findIndex(({ name }) => name === tool)}].parameters`,
    },
    notes: [...given.flatMap((tool, index) => (isKnown(tool) ? [] : [ignoredTool(tool, index)])), ...notes],
  };
  const customTools = new Set(known.flatMap(({ type, name }) => (type === "custom" ? [name] : [])));
  return { turn, conversation, customTools };
}

interface KnownTool extends RequestTool {
  readonly name: string;
}

/** Tools that the client runs. */
function isKnown(tool: RequestTool): tool is KnownTool {
  return tool.type === "function" || tool.type === "custom";
}

function ignoredTool({ type }: RequestTool, index: number): TurnDiagnostic {
  const message = `tools[${index}] is left out: ${type} is run by OpenAI's servers, not here.`;
  return { kind: "ignored-tool", message };
}

/** A custom tool is a function of one text; the grammar that its text should keep to is told and not enforced. */
function coreTool({ type, name, description, parameters, strict, format }: KnownTool): Tool {
  if (type === "function") {
    return {
      name,
      ...(typeof description === "string" && { description }),
      ...(parameters !== undefined && parameters !== null && { parameters }),
      ...(typeof strict === "boolean" && { strict }),
    };
  }
  const grammar =
    format?.type === "grammar" ? `The input keeps to this ${format.syntax} grammar:\n${format.definition}` : undefined;
  const text = [description, grammar].filter((each) => typeof each === "string").join("\n\n");
  return {
    name,
    ...(text !== "" && { description: text }),
    parameters: {
      type: "object",
      properties: { input: { type: "string" } },
      required: ["input"],
      additionalProperties: false,
    },
  };
}

function choiceOf({ tool_choice: choice }: ResponsesRequest): RequestedChoice {
  if (typeof choice !== "object" || choice === null) return choice ?? "auto";
  if (!("mode" in choice)) return named(choice, "tool_choice");
  return {
    mode: choice.mode,
    allowed: choice.tools.map((tool, index) => named(tool, `tool_choice.tools[${index}]`)),
  };
}

/** A tool without a name is one that OpenAI runs; its type is none of the names here. */
function named({ type, name }: ToolReference, field: string): NamedTool {
  return typeof name === "string" ? { name, field: `${field}.name` } : { name: type, field: `${field}.type` };
}

/** Asked for by `include`, or by their number: who says how many wants them. */
function logprobsOf({ include, top_logprobs: top }: ResponsesRequest, served: ServedModel): { topLogprobs?: number } {
  if (include?.includes("message.output_text.logprobs")) return logprobsFor(served, top ?? 0, "include");
  return logprobsFor(served, top || undefined, "top_logprobs");
}

function responseFormatOf({ text }: ResponsesRequest): ResponseFormat {
  const format = text?.format;
  if (format?.type !== "json_schema") return { type: format?.type ?? "text" };
  const { name, schema, strict } = format;
  return { type: "json_schema", json_schema: { name, schema, ...(typeof strict === "boolean" && { strict }) } };
}

/** The effort also switches thinking, where a template can, unless the client sets that variable itself. */
function templateOf(request: ResponsesRequest): Pick<TurnRequest, "templateVariables" | "reasoningEffort"> {
  const effort = request.reasoning?.effort;
  const given = request.chat_template_kwargs ?? {};
  if (typeof effort !== "string") return { templateVariables: given };
  return { templateVariables: { enable_thinking: effort !== "none", ...given }, reasoningEffort: effort };
}
