import type { Format } from "@glossa/core";
import { ApiError } from "../../error.ts";
import { readChatStream } from "./chat-stream.ts";
import { chatTool } from "../chat-tool.ts";
import { upstreamEmbeddings } from "./embeddings.ts";
import type { ChatMessage, Engine, Finish, GenerateRequest, Pieces } from "../engine.ts";
import type { HttpAnswer } from "./http.ts";
import { remoteModels } from "./remote-models.ts";
import { laterSystemAsUser } from "../system-messages.ts";
import { createUpstream, request, type ConnectOptions } from "./upstream.ts";

export interface OpenAIChatOptions extends ConnectOptions {
  /** The endpoint's address, with or without `/v1`. */
  readonly url: string;
  /** The models' format, or its name; default: by the models' names. */
  readonly format?: string | Format;
  readonly apiKey?: string;
  readonly name?: string;
  /** The model to ask for where the endpoint lists none, or has no listing. */
  readonly model?: string;
  /** Serves models whose format nobody knows as well, for embeddings alone. Default: they are left out. */
  readonly embeddingModels?: boolean;
}

/**
 * Any endpoint with OpenAI's chat completions whose `content` carries raw markup: a server without a parser for this
 * model, or one that can't be configured. The request is handed on as it is. What the endpoint parses by itself (some do on
 * one day and not on the next) comes through as what it is; whether it held to `response_format` and `tool_choice` is
 * checked on the answer, since some endpoints accept both and ignore them.
 */
export function openAIChatEngine(options: OpenAIChatOptions): Engine {
  const { format, name = "openai-chat", embeddingModels, model } = options;
  const upstream = createUpstream(name, options);

  /** Whether the endpoint is known to want a text where OpenAI's reference has null, beside calls. */
  let wantsText = false;

  async function ask(body: ChatRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const accept = body.stream ? "text/event-stream" : "application/json";
    const send = (asked: ChatRequest): Promise<HttpAnswer> =>
      request(upstream, "/v1/chat/completions", { body: asked, accept, signal });
    if (!body.messages.some(({ content }) => content === null)) return send(body);
    try {
      if (!wantsText) return await send(body);
    } catch (error) {
      // llama-cpp-python answers 500 to what it can't read, and names the field.
      if (!(error instanceof ApiError) || !error.message.includes("'content'")) throw error;
    }
    const messages = body.messages.map((message) =>
      message.content === null ? Object.assign({}, message, { content: "" }) : message,
    );
    const answer = await send({ ...body, messages });
    wantsText = true;
    return answer;
  }

  async function* generate(turn: GenerateRequest, signal: AbortSignal): AsyncGenerator<Pieces, Finish> {
    // An answer that nobody sees growing costs both sides a twentieth in one piece. Probabilities are told of deltas.
    const stream = !turn.whole || turn.mayBeCut || turn.topLogprobs !== undefined;
    const answer = await ask(chatRequest(turn, stream), signal);
    return yield* readChatStream(upstream, answer, signal, turn.topLogprobs);
  }

  return {
    name,
    kind: "openai-chat",
    capabilities: {
      mask: false,
      grammar: false,
      tokens: false,
      textOnly: false,
      logprobs: true,
      sampling: ["max_tokens", "temperature", "top_p", "seed", "frequency_penalty", "presence_penalty", "logit_bias"],
    },
    models: (signal) => remoteModels(upstream, { format, embeddingModels, signal, unlisted: model }),
    generate,
    embeddings: upstreamEmbeddings(upstream),
  };
}

interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly stream: boolean;
  readonly [field: string]: unknown;
}

function chatRequest(turn: GenerateRequest, stream: boolean): ChatRequest {
  const { toolChoice, templateVariables, reasoningEffort } = turn;
  return {
    model: turn.model.id,
    messages: laterSystemAsUser(turn.messages),
    stream,
    ...(stream && { stream_options: { include_usage: true } }),
    ...turn.sampling,
    ...(turn.topLogprobs !== undefined && { logprobs: true, top_logprobs: turn.topLogprobs }),
    ...(turn.tools.length > 0 && {
      tools: turn.tools.map(chatTool),
      tool_choice: typeof toolChoice === "string" ? toolChoice : { type: "function", function: toolChoice },
      // Only where it says something: some endpoints refuse a field that they don't know.
      ...(!turn.parallelToolCalls && { parallel_tool_calls: false }),
    }),
    // The other formats have no place in OpenAI's request: the answer is checked, as it is in any case.
    ...(turn.responseFormat.type.startsWith("json") && { response_format: turn.responseFormat }),
    ...(Object.keys(templateVariables).length > 0 && { chat_template_kwargs: templateVariables }),
    ...(reasoningEffort !== undefined && { reasoning_effort: reasoningEffort }),
  };
}
