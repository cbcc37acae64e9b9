import { type Format } from "@glossa/core";
import type { Checkpoint, PromptSource } from "@glossa/chat";
import { engineError } from "../../error.ts";
import { upstreamEmbeddings } from "./embeddings.ts";
import type { DecodeRequest, Engine, Finish, GenerateRequest, Piece, Pieces, Sampling, Usage } from "../engine.ts";
import type { HttpAnswer } from "./http.ts";
import { parseObject } from "./event-object.ts";
import { createLlamaCppModels, tokenize } from "./llamacpp-models.ts";
import { lowerGrammar } from "./lower-grammar.ts";
import { telling } from "../special-tokens.ts";
import { readEvents } from "./read-events.ts";
import { listedLogprobs } from "../token-logprobs.ts";
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
import { promptTooLong } from "../prompt-too-long.ts";
import { everySampling } from "../sampling.ts";

export interface LlamaCppOptions extends ConnectOptions {
  /** The server's address, with or without `/v1`. */
  readonly url: string;
  /** The models' format, or its name; default: by the models' chat templates, or their names. */
  readonly format?: string | Format;
  readonly apiKey?: string;
  readonly name?: string;
  /** Serves models whose format nobody knows as well, for embeddings alone. Default: they are left out. */
  readonly embeddingModels?: boolean;
  /** The chat template to use in place of the model's own, and the tokenizer, which has to be the same, if it has one. */
  readonly checkpoint?: PromptSource | Checkpoint;
  /** Lets text of messages that spells a control token be that token. Default false where the checkpoint has a tokenizer. */
  readonly controlTokensInText?: boolean;
}

/**
 * llama.cpp's server, `llama-server -m MODEL` or its router of many models, by its own completions. Read from its README as of
 * 0.7 (`tools/server`) and tried against that version; the fields:
 *
 * - `/props`: the model's chat template, which is rendered here as transformers would; only where it can't be
 *   (`/apply-template`) does the server render, whose defaults are its own.
 * - The prompt goes out as ids, so that no token is put before what the template has written, and it is known beforehand
 *   whether it fits. With a checkpoint that has a tokenizer they are made here, and text of a message that spells a control
 *   token stays text; without one by `/tokenize` (`add_special: false`), which makes tokens of all that spells them.
 * - `/completion` with `stream`, `return_tokens` and `preserved_tokens`: the format's markers, which a control token's text
 *   is otherwise left out of `content`, whether or not the server runs with `--special`. A version that does not know
 *   `preserved_tokens` sends an empty text with the id, and the marker's text is put back here.
 * - `grammar`: GBNF, the same from the first token on. Not lazily: a grammar costs nothing until a token breaks it, and a lazy
 *   one would hold no text before the first call. Not `json_schema`: the server's own reading of schemas is another one.
 * - `n_predict` is `max_tokens`, `repeat_penalty` is `repetition_penalty`.
 * - `n_probs`: the log probabilities of the model's own logits, before all else. A character of several tokens is told as one, with
 *   the log probability of the last.
 * - `response_fields`: the last event would repeat prompt and grammar.
 *
 * Stop strings are not handed on: they would cut reasoning and arguments.
 */
export function llamaCppEngine(options: LlamaCppOptions): Engine {
  const { format, name = "llamacpp", checkpoint, controlTokensInText, embeddingModels } = options;
  const upstream = createUpstream(name, options);
  const models = createLlamaCppModels(upstream, { format, checkpoint, controlTokensInText, embeddingModels });

  async function* generate(turn: GenerateRequest, signal: AbortSignal): AsyncGenerator<Pieces, Finish> {
    const { contextLength, ...loaded } = await models.load(turn.model.id, signal);
    const { text, ids: prompt } = await loaded.prompt(turn, signal);
    const room = contextLength - prompt.length;
    if (room < 1) throw promptTooLong(turn, prompt.length, contextLength);
    yield { type: "prompt", text };

    const { topLogprobs } = turn;
    const gbnf = lowerGrammar(turn, text, "gbnf");
    const answer = await request(upstream, "/completion", {
      body: {
        model: turn.model.id,
        prompt,
        ...samplingFields(turn.sampling),
        ...(gbnf && { grammar: gbnf.grammar }),
        stream: true,
        cache_prompt: true,
        return_tokens: true,
        // Without any of the likeliest it tells none at all.
        ...(topLogprobs !== undefined && { n_probs: Math.max(topLogprobs, 1) }),
        preserved_tokens: turn.model.format.specialTokens ?? [],
        response_fields: [...answerFields, ...(topLogprobs === undefined ? [] : ["completion_probabilities"])],
      },
      accept: "text/event-stream",
      signal,
    });
    return yield* readCompletion(upstream, answer, turn, signal);
  }

  return {
    name,
    kind: "llamacpp",
    capabilities: {
      mask: false,
      grammar: "gbnf",
      tokens: true,
      prefill: true,
      rawPrompt: true,
      textOnly: true,
      logprobs: true,
      sampling: everySampling,
    },
    models: (signal) => models.list(signal),
    generate,
    tokenizer: {
      async promptTokens(turn, signal) {
        const { prompt } = await models.load(turn.model.id, signal);
        return (await prompt(turn, signal)).ids;
      },
      encode: ({ model, text, addSpecialTokens }, signal) =>
        tokenize(upstream, model.id, text, { addSpecialTokens }, signal),
      decode: (request, signal) => detokenize(upstream, request, signal),
    },
    embeddings: upstreamEmbeddings(upstream),
  };
}

function samplingFields({ max_tokens, repetition_penalty, ...rest }: Sampling): Record<string, unknown> {
  return {
    ...rest,
    ...(max_tokens !== undefined && { n_predict: max_tokens }),
    ...(repetition_penalty !== undefined && { repeat_penalty: repetition_penalty }),
  };
}

async function detokenize(upstream: Upstream, { model, tokens }: DecodeRequest, signal: AbortSignal): Promise<string> {
  const answer = await requestJson(upstream, "/detokenize", { body: { model: model.id, tokens }, signal });
  const text = isRecord(answer) ? answer["content"] : undefined;
  if (typeof text === "string") return text;
  throw engineError(`The engine ${upstream.name} answered /detokenize without a text.`, "engine_protocol");
}

const answerFields = ["content", "stop", "stop_type", "tokens_predicted", "tokens_evaluated", "timings"];

function readCompletion(
  upstream: Upstream,
  answer: HttpAnswer,
  { model: { specialTokens: special }, topLogprobs }: GenerateRequest,
  signal: AbortSignal,
): AsyncGenerator<readonly Piece[], Finish> {
  return readEvents(eventData(upstream, answer, signal), {
    event(data, pieces) {
      const event = parseObject(upstream, data);
      const usage = usageOf(event);
      const tokens = Array.isArray(event["tokens"]) ? (event["tokens"] as number[]) : [];
      const content = typeof event["content"] === "string" ? event["content"] : "";
      // A control token without its text, from a version that does not know `preserved_tokens`.
      const text = content === "" ? (special?.get(tokens[0] ?? -1) ?? "") : content;
      const logprobs = topLogprobs === undefined ? [] : listedLogprobs(event["completion_probabilities"], topLogprobs);
      if (text !== "") {
        const told = { ...(usage && { usage }), ...(logprobs.length > 0 && { logprobs }) };
        pieces.push(telling({ type: "text", text, tokens, ...told }, special));
      }
      if (event["stop"] !== true) return undefined;
      return { reason: event["stop_type"] === "limit" ? "length" : "stop", ...(usage && { usage }) };
    },
    end() {
      throw closedEarly(upstream);
    },
  });
}

function usageOf(event: Readonly<Record<string, unknown>>): Usage | undefined {
  const { tokens_evaluated: promptTokens, tokens_predicted: completionTokens, timings } = event;
  if (typeof promptTokens !== "number" || typeof completionTokens !== "number") return undefined;
  const cachedTokens = isRecord(timings) ? timings["cache_n"] : undefined;
  return { promptTokens, completionTokens, ...(typeof cachedTokens === "number" && { cachedTokens }) };
}
