import type { Checkpoint } from "@glossa/chat";
import type { Format } from "@glossa/core";
import { ApiError, engineError } from "../error.ts";
import { finishReason, firstChoice, usageOf } from "./chat-stream.ts";
import { readTokens } from "./checkpoint-tokens.ts";
import type { Engine, Finish, GenerateRequest, Piece, Usage } from "./engine.ts";
import { parseObject } from "./event-object.ts";
import { textRenderer } from "./prompt-renderer.ts";
import { remoteModels } from "./remote-models.ts";
import { createUpstream, eventData, request, type Upstream } from "./upstream.ts";

export interface CompletionsOptions {
  /** The endpoint's address, with or without `/v1`. */
  readonly url: string;
  /** The model's own files: its chat template makes the prompt. */
  readonly checkpoint: Checkpoint;
  /** The models' format, or its name; default: by the chat template, or by the models' names. */
  readonly format?: string | Format;
  readonly apiKey?: string;
  readonly name?: string;
}

/**
 * Any endpoint with OpenAI's text completions, `/v1/completions`: the prompt is made here, the text that comes is raw. The
 * server's tokenizer puts the token that begins a text before the prompt, so that the template's own is left out.
 *
 * Beside OpenAI's fields go two that vLLM, SGLang, LMDeploy and TabbyAPI name alike, `skip_special_tokens: false` and
 * `spaces_between_special_tokens: false`: without them the markup of most formats is gone. An endpoint that refuses them by name
 * (`transformers serve`) is asked without from then on.
 * `max_tokens` is null where the client sets no limit: by OpenAI's reference and in vLLM the default is 16.
 *
 * There is no grammar in these endpoints that all of them share, so none is sent; calls and answers are checked as they come.
 */
export function completionsEngine(options: CompletionsOptions): Engine {
  const { url, checkpoint, format, apiKey, name = "completions" } = options;
  const upstream = createUpstream(name, url, apiKey);
  const render = textRenderer(checkpoint, readTokens(checkpoint));
  const template = checkpoint.templates["default"];
  /** Whether the endpoint is known to refuse the fields that are none of OpenAI's. */
  let strict = false;

  async function complete(body: object, signal: AbortSignal): Promise<Response> {
    const init = { accept: "text/event-stream", signal };
    if (strict) return request(upstream, "/v1/completions", { ...init, body });
    try {
      return await request(upstream, "/v1/completions", { ...init, body: { ...body, ...keepSpecialTokens } });
    } catch (error) {
      if (!(error instanceof ApiError) || !error.message.includes("skip_special_tokens")) throw error;
      strict = true;
      return complete(body, signal);
    }
  }

  async function* generate(turn: GenerateRequest, signal: AbortSignal): AsyncGenerator<Piece, Finish> {
    const prompt = await render(turn, signal);
    yield { type: "prompt", text: prompt };
    const body = {
      model: turn.model.id,
      prompt,
      max_tokens: null,
      ...turn.sampling,
      stream: true,
      stream_options: { include_usage: true },
    };
    const response = await complete(body, signal);
    return yield* readCompletions(upstream, response, signal);
  }

  return {
    name,
    kind: "completions",
    capabilities: {
      mask: false,
      grammar: false,
      tokens: false,
      textOnly: true,
      sampling: [
        "max_tokens",
        "temperature",
        "top_p",
        "top_k",
        "min_p",
        "seed",
        "frequency_penalty",
        "presence_penalty",
        "repetition_penalty",
        "logit_bias",
      ],
    },
    models: (signal) => remoteModels(upstream, { format, signal, describe: () => (template ? { template } : {}) }),
    generate,
  };
}

const keepSpecialTokens = { skip_special_tokens: false, spaces_between_special_tokens: false };

async function* readCompletions(
  upstream: Upstream,
  response: Response,
  signal: AbortSignal,
): AsyncGenerator<Piece, Finish> {
  let reason: Finish["reason"] | undefined;
  let usage: Usage | undefined;
  for await (const data of eventData(upstream, response, signal)) {
    if (data === "[DONE]") return { reason: reason ?? "stop", ...(usage && { usage }) };
    const event = parseObject(upstream, data);
    usage = usageOf(event["usage"]) ?? usage;
    const choice = firstChoice(event);
    const text = choice?.["text"];
    if (typeof text === "string" && text !== "") yield { type: "text", text, ...(usage && { usage }) };
    reason = finishReason(choice?.["finish_reason"]) ?? reason;
  }
  if (reason !== undefined) return { reason, ...(usage && { usage }) };
  throw engineError(`The engine ${upstream.name} closed its answer before the end.`, "engine_disconnected");
}
