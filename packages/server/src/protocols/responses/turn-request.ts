import type { ChatMessage, ResponseFormat } from "../../engines/engine.ts";
import { invalidRequest } from "../../error.ts";
import { oneSystemMessage } from "../../engines/system-messages.ts";
import type { ServedModel } from "../../models.ts";
import type { TurnRequest } from "../../turn.ts";
import { logprobsFor } from "../logprobs.ts";
import { samplingFor } from "../sampling.ts";
import { chooseTools, type NamedTool, type RequestedChoice } from "../tool-choice.ts";
import { conversationOf } from "./conversation.ts";
import { shownName } from "./client-tools.ts";
import type { ResponsesRequest, ToolReference } from "./request.ts";
import { earlierConversation, type ResponseStore } from "./store.ts";
import { declaredTools, earlierTools, type DeclaredTools } from "./tools.ts";

export interface ResponseTurn {
  readonly turn: TurnRequest;
  /** The conversation without the instructions, which hold for one response only. */
  readonly conversation: readonly ChatMessage[];
  readonly declared: DeclaredTools;
}

/** What a response asks of a model. Throws `ApiError` where the model's engine can't do it. */
export function responseTurn(request: ResponsesRequest, served: ServedModel, store: ResponseStore): ResponseTurn {
  const { model, engine } = served;
  const previous = request.previous_response_id;
  const declared = declaredTools(request, earlierTools(request, store), served);
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
    messages: oneSystemMessage(
      typeof instructions === "string" && instructions !== ""
        ? [{ role: "system", content: instructions }, ...conversation]
        : conversation,
    ),
    ...chooseTools(declared.tools, choiceOf(request, declared), {
      name: (index) => `${declared.fields[index]}.name`,
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
      parameters: (tool) => `${declared.fields[declared.tools.findIndex(({ name }) => name === tool)]}.parameters`,
    },
    notes: [...declared.notes, ...notes],
  };
  return { turn, conversation, declared };
}

function choiceOf({ tool_choice: choice }: ResponsesRequest, declared: DeclaredTools): RequestedChoice {
  if (typeof choice !== "object" || choice === null) return choice ?? "auto";
  if (!("mode" in choice)) return named(choice, "tool_choice", declared);
  // A tool that was left out can be allowed, and is not called for that.
  const allowed = choice.tools
    .map((tool, index) => ({ tool, name: named(tool, `tool_choice.tools[${index}]`, declared) }))
    .filter(({ tool, name }) => typeof tool.name === "string" || declared.uses.has(name.name))
    .map(({ name }) => name);
  return allowed.length === 0 && choice.mode === "auto" ? "none" : { mode: choice.mode, allowed };
}

/** A tool without a name goes by its type. One of a namespace may be named without that. */
function named({ type, name, namespace }: ToolReference, field: string, { uses }: DeclaredTools): NamedTool {
  if (typeof name !== "string") return { name: type, field: `${field}.type` };
  const shown = shownName(namespace, name);
  const [alone] = uses.has(shown) ? [] : [...uses].filter(([, use]) => "name" in use && use.name === name);
  return { name: alone?.[0] ?? shown, field: `${field}.name` };
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
