import type { Checkpoint } from "@glossa/chat";
import type { Format } from "@glossa/core";
import type { ApiError } from "../../error.ts";
import { checkpointPrompts, tokenizerOf } from "../checkpoint-prompts.ts";
import { upstreamEmbeddings } from "./embeddings.ts";
import type { Engine, Finish, GenerateRequest, Model, Piece, Pieces, Relax, Sampling, Usage } from "../engine.ts";
import type { HttpAnswer } from "./http.ts";
import { parseObject } from "./event-object.ts";
import { lowerGrammar } from "./lower-grammar.ts";
import { remoteModels } from "./remote-models.ts";
import { endIsMarkup, telling } from "../special-tokens.ts";
import { readEvents } from "./read-events.ts";
import { createSglangLogprobs, type SglangLogprobs } from "./sglang-logprobs.ts";
import { underGrammar } from "./under-grammar.ts";
import {
  closedEarly,
  createUpstream,
  errorIn,
  eventData,
  isRecord,
  request,
  requestJson,
  type Upstream,
  type ConnectOptions,
} from "./upstream.ts";
import { everySampling } from "../sampling.ts";

export interface SglangOptions extends ConnectOptions {
  /** The server's address, with or without `/v1`. */
  readonly url: string;
  /** The model's own files: its chat template makes the prompt, its tokenizer knows the markers. */
  readonly checkpoint: Checkpoint;
  /** The models' format, or its name; default: by the chat template, or by the models' names. */
  readonly format?: string | Format;
  readonly apiKey?: string;
  readonly name?: string;
  /** What the server's `--grammar-backend` is, default `xgrammar`. `guidance` (llguidance) is sent Lark. */
  readonly backend?: "xgrammar" | "guidance";
  /**
   * Lets text of messages that spells a control token be that token. Default false where the checkpoint has a tokenizer.
   */
  readonly controlTokensInText?: boolean;
}

/** One of the sampling parameters. */
type Grammar = Readonly<Record<string, string>>;

/**
 * SGLang's native `/generate`, which parses nothing and renders nothing. Held against the real 0.5.23, and its sampling parameters
 * against those of 0.5.6 and 0.5.9; a parameter that it does not know is refused. The fields:
 *
 * - `input_ids`: the prompt, tokenised here: text of a message that spells a control token stays text, and nothing is put before
 *   what the template has written. `text` where the checkpoint has no tokenizer.
 * - `skip_special_tokens: false`, `spaces_between_special_tokens: false`: the markup of most formats is special tokens.
 *   Versions that decode many requests at once take the first one's word for all of them: have no others send the defaults.
 * - `no_stop_trim`: true where the token that ends the turn is markup of the format (harmony's closes a call).
 * - `max_new_tokens: null` where the client sets no limit: the default would be 128.
 * - `structural_tag` as JSON text, for `xgrammar`; `ebnf` with Lark for `guidance`, whose structural tags are of the older form.
 * - `sampling_seed`, which is `seed`.
 * - `return_logprob`, `top_logprobs_num`: after the grammar's mask, biases, penalties and temperature, before the cuts. With
 *   `SGLANG_RETURN_ORIGINAL_LOGPROB` in the server's environment, before the temperature. `return_text_in_logprobs` where no tokenizer here
 *   knows the ids.
 *
 * An event holds all of the text so far, or with `--incremental-streaming-output` what has come since the last; which of both is
 * told by the count of its `output_ids`. A grammar that its backend refuses is sent again with any object for the tools that are not
 * strict. Stop strings are not handed on: they would cut reasoning and arguments.
 */
export function sglangEngine(options: SglangOptions): Engine {
  const { checkpoint, format, name = "sglang", backend = "xgrammar", controlTokensInText } = options;
  const upstream = createUpstream(name, options);
  const tokenizer = tokenizerOf(checkpoint);
  const prompts = checkpointPrompts(checkpoint, { tokenizer, controlTokensInText });
  const template = checkpoint.templates["default"];

  async function* generate(turn: GenerateRequest, signal: AbortSignal): AsyncGenerator<Pieces, Finish> {
    const { text, ids } = prompts.render(turn);
    yield { type: "prompt", text };
    const answer = async function* (grammar: Grammar | undefined): AsyncGenerator<readonly Piece[], Finish> {
      const response = await request(upstream, "/generate", {
        body: {
          ...(ids ? { input_ids: ids } : { text }),
          sampling_params: {
            ...samplingFields(turn.sampling),
            skip_special_tokens: false,
            spaces_between_special_tokens: false,
            no_stop_trim: endIsMarkup(turn.model.format),
            ...grammar,
          },
          ...(turn.topLogprobs !== undefined && {
            return_logprob: true,
            top_logprobs_num: turn.topLogprobs,
            return_text_in_logprobs: tokenizer === undefined,
          }),
          stream: true,
        },
        accept: "text/event-stream",
        signal,
      });
      const logprobsOf = turn.topLogprobs === undefined ? undefined : createSglangLogprobs(tokenizer);
      return yield* readGenerated(upstream, response, { model: turn.model, logprobsOf }, signal);
    };
    return yield* underGrammar(grammarOf(turn, text), answer, (error) => {
      const refusal = refusalOf(error);
      return refusal === undefined ? undefined : grammarOf(turn, text, { refusal });
    });
  }

  function grammarOf(turn: GenerateRequest, prompt: string, relax?: Relax): Grammar | undefined {
    if (backend === "xgrammar") {
      const tag = lowerGrammar(turn, prompt, "xgrammar", {}, relax);
      return tag && { structural_tag: JSON.stringify(tag) };
    }
    const specialTokens = [...(turn.model.specialTokens ?? [])].map(([id, text]) => ({ id, text }));
    const lark = lowerGrammar(turn, prompt, "lark", { specialTokens }, relax);
    return lark === undefined ? undefined : { ebnf: lark };
  }

  return {
    name,
    kind: "sglang",
    capabilities: {
      mask: false,
      grammar: backend === "xgrammar" ? "structural_tag" : "lark",
      tokens: true,
      prefill: true,
      rawPrompt: true,
      textOnly: true,
      logprobs: true,
      sampling: everySampling,
    },
    async models(signal) {
      // The model may be served under a name that says nothing.
      const path = await modelPath(upstream, signal);
      const describe = (): object => ({ ...(template && { template }), ...(path && { names: [path] }) });
      const models = await remoteModels(upstream, { format, signal, describe });
      return models.map((model) => ({ ...model, specialTokens: prompts.markers(model.format) }));
    },
    generate,
    ...prompts.abilities,
    embeddings: upstreamEmbeddings(upstream),
  };
}

async function modelPath(upstream: Upstream, signal: AbortSignal | undefined): Promise<string | undefined> {
  const info = await requestJson(upstream, "/get_model_info", signal ? { signal } : {}).catch(() => undefined);
  const path = isRecord(info) ? info["model_path"] : undefined;
  return typeof path === "string" ? path : undefined;
}

function samplingFields({ max_tokens, seed, ...rest }: Sampling): Record<string, unknown> {
  return { ...rest, max_new_tokens: max_tokens ?? null, ...(seed !== undefined && { sampling_seed: seed }) };
}

function readGenerated(
  upstream: Upstream,
  answer: HttpAnswer,
  { model: { specialTokens }, logprobsOf }: { readonly model: Model; readonly logprobsOf: SglangLogprobs | undefined },
  signal: AbortSignal,
): AsyncGenerator<readonly Piece[], Finish> {
  /** How much of what an event holds has been read: all of the text so far is in it, or none. */
  let textRead = 0;
  let tokensRead = 0;
  let incremental = false;
  return readEvents(eventData(upstream, answer, signal), {
    event(data, pieces) {
      if (data === "[DONE]") throw closedEarly(upstream);
      const event = parseObject(upstream, data);
      const meta = isRecord(event["meta_info"]) ? event["meta_info"] : {};
      const usage = usageOf(meta);
      const finish = meta["finish_reason"];
      const abort = isRecord(finish) && finish["type"] === "abort" ? finish : undefined;
      // A request that it refuses gets an answer all the same, of a token that nobody wrote.
      if (abort?.["status_code"] === 400) throw aborted(upstream, abort);
      const ids = Array.isArray(event["output_ids"]) ? (event["output_ids"] as number[]) : [];
      const whole = typeof event["text"] === "string" ? event["text"] : "";
      // With fewer ids than there have been tokens, it holds what is new.
      incremental ||= ids.length > 0 && usage !== undefined && ids.length < usage.completionTokens;
      const text = incremental ? whole : whole.slice(textRead);
      const tokens = incremental ? ids : ids.slice(tokensRead);
      if (!incremental) [textRead, tokensRead] = [Math.max(textRead, whole.length), Math.max(tokensRead, ids.length)];
      const logprobs = logprobsOf?.(meta) ?? [];
      if (text !== "" || logprobs.length > 0) {
        const told = { ...(usage && { usage }), ...(logprobs.length > 0 && { logprobs }) };
        pieces.push(telling({ type: "text", text, tokens, ...told }, specialTokens));
      }
      if (abort) throw aborted(upstream, abort);
      if (!isRecord(finish)) return undefined;
      return { reason: finish["type"] === "length" ? "length" : "stop", ...(usage && { usage }) };
    },
    end() {
      throw closedEarly(upstream);
    },
  });
}

/** What the server says of a grammar that it does not take, without the place in its own sources; nothing if it refuses something else. */
function refusalOf({ status, message }: ApiError): string | undefined {
  const [, words] = /^Failed to compile \w+ grammar: (?:\[[\d:]+\] \S+:\d+: )?(.*)$/s.exec(message) ?? [];
  return status === 400 ? words?.trim() : undefined;
}

/** The server gave up: a request that does not fit, a grammar that does not compile, a fault of its own. */
function aborted(upstream: Upstream, finish: Readonly<Record<string, unknown>>): Error {
  const status = typeof finish["status_code"] === "number" ? finish["status_code"] : 502;
  return errorIn(upstream, { message: finish["message"] }, status);
}

function usageOf(meta: Readonly<Record<string, unknown>>): Usage | undefined {
  const { prompt_tokens: promptTokens, completion_tokens: completionTokens, cached_tokens: cachedTokens } = meta;
  if (typeof promptTokens !== "number" || typeof completionTokens !== "number") return undefined;
  return { promptTokens, completionTokens, ...(typeof cachedTokens === "number" && { cachedTokens }) };
}
