import type { Checkpoint } from "@glossa/chat";
import type { Format } from "@glossa/core";
import { ApiError } from "../../error.ts";
import { finishReason, firstChoice, usageOf } from "./chat-stream.ts";
import { checkpointPrompts, tokenizerOf } from "../checkpoint-prompts.ts";
import type { Engine, Finish, GenerateRequest, Piece, Pieces, Usage } from "../engine.ts";
import type { HttpAnswer } from "./http.ts";
import { parseObject } from "./event-object.ts";
import { remoteModels } from "./remote-models.ts";
import { readEvents } from "./read-events.ts";
import { openaiLogprobs } from "../token-logprobs.ts";
import {
  closedEarly,
  createUpstream,
  eventData,
  isRecord,
  request,
  requestJson,
  type Upstream,
  type ConnectOptions,
} from "./upstream.ts";
import { everySampling } from "../sampling.ts";

export interface CompletionsOptions extends ConnectOptions {
  /** The endpoint's address, with or without `/v1`. */
  readonly url: string;
  /** The model's own files: its chat template makes the prompt. */
  readonly checkpoint: Checkpoint;
  /** The models' format, or its name; default: by the chat template, or by the models' names. */
  readonly format?: string | Format;
  readonly apiKey?: string;
  readonly name?: string;
  /** The model to ask for where the endpoint lists none, or has no listing. */
  readonly model?: string;
  /**
   * Lets text of messages that spells a control token be that token. Default false where the checkpoint has a tokenizer.
   */
  readonly controlTokensInText?: boolean;
}

/**
 * Any endpoint with OpenAI's text completions, `/v1/completions`: the prompt is made here, the text that comes is raw.
 *
 * The prompt goes out as ids, as OpenAI's reference has it and vLLM, SGLang and llama.cpp take it: text of a message that spells a
 * control token stays text. Whether an endpoint takes them is asked once a model, with a prompt of our own and for one token: it
 * has to count as many as it was sent. Otherwise text is sent; the server's tokenizer puts the token that begins a text before
 * it, so that the template's own is left out, and makes tokens of all that spells them.
 *
 * Beside OpenAI's fields go two that vLLM, SGLang, LMDeploy and TabbyAPI name alike, `skip_special_tokens: false` and
 * `spaces_between_special_tokens: false`: without them the markup of most formats is gone. An endpoint that refuses them by name
 * (`transformers serve`) is asked without from then on.
 * `max_tokens` is null where the client sets no limit: by OpenAI's reference and in vLLM the default is 16.
 *
 * There is no grammar in these endpoints that all of them share, so none is sent; calls and answers are checked as they come.
 */
export function completionsEngine(options: CompletionsOptions): Engine {
  const { checkpoint, format, name = "completions", model: unlisted, controlTokensInText } = options;
  const upstream = createUpstream(name, options);
  const tokenizer = tokenizerOf(checkpoint);
  const prompts = checkpointPrompts(checkpoint, { tokenizer, controlTokensInText });
  const template = checkpoint.templates["default"];
  /** Whether the endpoint is known to refuse the fields that are none of OpenAI's. */
  let strict = false;

  async function complete(body: object, signal: AbortSignal): Promise<HttpAnswer> {
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

  /** By model; a request's own prompt does not decide it, or whoever wrote that could. */
  const taking = new Map<string, boolean>();

  async function takesTokens(model: string, signal: AbortSignal): Promise<boolean> {
    const known = taking.get(model);
    if (known !== undefined || !tokenizer) return known ?? false;
    const prompt = tokenizer.encode("Hello, world: 1 2 3");
    let takes = false;
    try {
      const body = { model, prompt, max_tokens: 1, stream: false };
      const answer = await requestJson(upstream, "/v1/completions", { body, signal });
      takes = isRecord(answer) && usageOf(answer["usage"])?.promptTokens === prompt.length;
    } catch (error) {
      // llama-cpp-python answers 500 to what it can't read, and names the field.
      const refused =
        error instanceof ApiError &&
        (error.status === 400 || error.status === 422 || (error.status === 502 && error.message.includes("'prompt'")));
      if (!refused) throw error;
    }
    taking.set(model, takes);
    return takes;
  }

  async function* generate(turn: GenerateRequest, signal: AbortSignal): AsyncGenerator<Pieces, Finish> {
    const { text, ids } = prompts.render(turn);
    yield { type: "prompt", text };
    const body = {
      model: turn.model.id,
      prompt: ids && (await takesTokens(turn.model.id, signal)) ? ids : prompts.renderText(turn),
      max_tokens: null,
      ...turn.sampling,
      ...(turn.topLogprobs !== undefined && { logprobs: turn.topLogprobs }),
      stream: true,
      stream_options: { include_usage: true },
    };
    const answer = await complete(body, signal);
    return yield* readCompletions(upstream, answer, signal, turn.topLogprobs);
  }

  return {
    name,
    kind: "completions",
    capabilities: {
      mask: false,
      grammar: false,
      tokens: false,
      prefill: true,
      rawPrompt: true,
      textOnly: true,
      logprobs: true,
      sampling: everySampling,
    },
    models: (signal) =>
      remoteModels(upstream, { format, signal, unlisted, describe: () => (template ? { template } : {}) }),
    generate,
    ...prompts.abilities,
  };
}

const keepSpecialTokens = { skip_special_tokens: false, spaces_between_special_tokens: false };

function readCompletions(
  upstream: Upstream,
  answer: HttpAnswer,
  signal: AbortSignal,
  topLogprobs: number | undefined,
): AsyncGenerator<readonly Piece[], Finish> {
  let reason: Finish["reason"] | undefined;
  let usage: Usage | undefined;
  return readEvents(eventData(upstream, answer, signal), {
    event(data, pieces) {
      if (data === "[DONE]") return { reason: reason ?? "stop", ...(usage && { usage }) };
      const event = parseObject(upstream, data);
      usage = usageOf(event["usage"]) ?? usage;
      const choice = firstChoice(event);
      const text = choice?.["text"];
      const logprobs = topLogprobs === undefined ? [] : openaiLogprobs(choice?.["logprobs"], topLogprobs);
      if (typeof text === "string" && (text !== "" || logprobs.length > 0))
        pieces.push({ type: "text", text, ...(usage && { usage }), ...(logprobs.length > 0 && { logprobs }) });
      reason = finishReason(choice?.["finish_reason"]) ?? reason;
      return undefined;
    },
    end() {
      if (reason !== undefined) return { reason, ...(usage && { usage }) };
      throw closedEarly(upstream);
    },
  });
}
