import type { Checkpoint } from "@glossa/chat";
import type { Tokenizer } from "@glossa/chat/tokenizer";
import type { Format } from "@glossa/core";
import { engineError } from "../../error.ts";
import { answerSchema } from "./answer-schema.ts";
import { checkpointPrompts, tokenizerOf } from "../checkpoint-prompts.ts";
import type { Engine, Finish, GenerateRequest, Model, Piece, Pieces, Sampling } from "../engine.ts";
import type { HttpAnswer } from "./http.ts";
import { parseObject } from "./event-object.ts";
import { knownModels } from "./remote-models.ts";
import { endIsMarkup, telling } from "../special-tokens.ts";
import { readEvents } from "./read-events.ts";
import { tokenOfId, tokenOfText, type TokenLogprob, type TokenProbability } from "../token-logprobs.ts";
import { underGrammar } from "./under-grammar.ts";
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

export interface TgiOptions extends ConnectOptions {
  /** The server's address. */
  readonly url: string;
  /** The model's own files: its chat template makes the prompt, its tokenizer knows the markers. */
  readonly checkpoint: Checkpoint;
  /** The model's format, or its name; default: by the chat template, or by the model's name. */
  readonly format?: string | Format;
  readonly apiKey?: string;
  readonly name?: string;
}

interface Grammar {
  readonly type: "json";
  readonly value: unknown;
}

/** How its router says that it takes no such schema. */
const isOfGrammar = /grammar is not (?:valid|supported)|cannot compile regex from schema|'properties' field/;

/**
 * Text Generation Inference, by `/generate_stream`, and what speaks like it (Hugging Face's endpoints). Read from its API
 * documentation as of 3.3 and from the rules by which its router refuses; the fields:
 *
 * - `inputs`: the prompt. The server's tokenizer puts the token that begins a text before it, so that the template's own is left
 *   out. It takes no ids, so that text of a message which spells a control token is that token.
 * - `max_new_tokens: null` where the client sets no limit: older versions would take 20 or 100.
 * - `do_sample`, since a temperature of 0 is refused; `top_p` of 1 and `top_k` below 1 are refused as well, and mean nothing.
 * - `top_n_tokens`: the likeliest tokens of each place, 5 at most where the server's `--max-top-n-tokens` says nothing else. A token's
 *   `logprob` comes in any case; all are after the grammar's mask, penalties, temperature and cuts.
 * - `grammar: { type: "json", value }`: the answer's JSON Schema, where nothing else may stand in the output and the schema has
 *   `properties`, which the server asks for. There is no grammar for calls.
 *
 * What it refuses it refuses by an event `{error, error_type}` inside of a 200. A token comes an event, with its id and its text
 * also where it is special. The token that ends the turn is among them; it is
 * left out here where it is no markup of the format.
 */
export function tgiEngine(options: TgiOptions): Engine {
  const { checkpoint, format, name = "tgi" } = options;
  const upstream = createUpstream(name, options);
  const tokenizer = tokenizerOf(checkpoint);
  const prompts = checkpointPrompts(checkpoint, { tokenizer, controlTokensInText: true });
  const template = checkpoint.templates["default"];

  async function* generate(turn: GenerateRequest, signal: AbortSignal): AsyncGenerator<Pieces, Finish> {
    const inputs = prompts.renderText(turn);
    yield { type: "prompt", text: inputs };
    const schema = answerSchema(turn, inputs);
    const held = isRecord(schema) && isRecord(schema["properties"]);
    const answer = async function* (grammar: Grammar | undefined): AsyncGenerator<readonly Piece[], Finish> {
      const response = await request(upstream, "/generate_stream", {
        body: {
          inputs,
          parameters: {
            ...samplingFields(turn.sampling),
            return_full_text: false,
            ...(turn.topLogprobs !== undefined && turn.topLogprobs > 0 && { top_n_tokens: turn.topLogprobs }),
            ...(grammar && { grammar }),
          },
        },
        accept: "text/event-stream",
        signal,
      });
      const logprobOf = turn.topLogprobs === undefined ? undefined : (event: Event) => tokenLogprob(event, tokenizer);
      return yield* readGenerated(upstream, response, turn.model, signal, logprobOf);
    };
    return yield* underGrammar(held ? { type: "json", value: schema } : undefined, answer, ({ status, message }) => {
      // There is no lesser schema: `constrain` says which field it is.
      if (status === 422 && isOfGrammar.test(message)) turn.constrain?.(inputs, { refusal: message });
      return undefined;
    });
  }

  return {
    name,
    kind: "tgi",
    capabilities: {
      mask: false,
      grammar: "json_schema",
      tokens: true,
      prefill: true,
      rawPrompt: true,
      textOnly: true,
      logprobs: true,
      sampling: ["max_tokens", "temperature", "top_p", "top_k", "seed", "frequency_penalty", "repetition_penalty"],
    },
    async models(signal) {
      const info = await requestJson(upstream, "/info", signal ? { signal } : {});
      if (!isRecord(info)) throw engineError(`The engine ${name} does not tell its model at /info.`, "engine_protocol");
      const contextLength = info["max_total_tokens"];
      const describe = (): object => ({
        ...(template && { template }),
        ...(typeof contextLength === "number" && { contextLength }),
      });
      const models = await knownModels(upstream, [{ id: info["model_id"] }], { format, describe });
      return models.map((model) => ({ ...model, specialTokens: prompts.markers(model.format) }));
    },
    generate,
    ...prompts.abilities,
  };
}

function samplingFields({ max_tokens, temperature, top_p, top_k, ...rest }: Sampling): Record<string, unknown> {
  const greedy = temperature === 0;
  const { seed, frequency_penalty, repetition_penalty } = rest;
  return {
    max_new_tokens: max_tokens ?? null,
    do_sample: !greedy,
    ...(temperature !== undefined && !greedy && { temperature }),
    ...(top_p !== undefined && top_p < 1 && !greedy && { top_p }),
    ...(top_k !== undefined && top_k > 0 && !greedy && { top_k }),
    ...(seed !== undefined && { seed }),
    ...(frequency_penalty !== undefined && { frequency_penalty }),
    ...(repetition_penalty !== undefined && { repetition_penalty }),
  };
}

type Event = Readonly<Record<string, unknown>>;

/** The token of an event with the likeliest at its place. A token's id tells its bytes, where the tokenizer is known. */
function tokenLogprob(event: Event, tokenizer: Tokenizer | undefined): TokenLogprob | undefined {
  const told = (token: unknown): TokenProbability | undefined => {
    const { id, text, logprob } = isRecord(token) ? token : {};
    if (typeof logprob !== "number" || typeof text !== "string") return undefined;
    return (typeof id === "number" && tokenOfId(tokenizer, id, logprob)) || tokenOfText(text, logprob);
  };
  const token = told(event["token"]);
  const likeliest = Array.isArray(event["top_tokens"]) ? event["top_tokens"].flatMap((each) => told(each) ?? []) : [];
  return token && { ...token, top: likeliest };
}

function readGenerated(
  upstream: Upstream,
  answer: HttpAnswer,
  { format, specialTokens }: Model,
  signal: AbortSignal,
  logprobOf: ((event: Event) => TokenLogprob | undefined) | undefined,
): AsyncGenerator<readonly Piece[], Finish> {
  return readEvents(eventData(upstream, answer, signal), {
    event(data, pieces) {
      if (data === "[DONE]") throw closedEarly(upstream);
      const event = parseObject(upstream, data);
      const token = isRecord(event["token"]) ? event["token"] : {};
      const details = isRecord(event["details"]) ? event["details"] : undefined;
      const reason = details?.["finish_reason"];
      const { id, text } = token;
      const isEnd = reason === "eos_token" && !endIsMarkup(format);
      const logprob = logprobOf?.(event);
      if (typeof text === "string" && (text !== "" || logprob) && !isEnd) {
        const ids = typeof id === "number" && { tokens: [id] };
        pieces.push(telling({ type: "text", text, ...ids, ...(logprob && { logprobs: [logprob] }) }, specialTokens));
      }
      if (!details) return undefined;
      const { input_length: promptTokens, generated_tokens: completionTokens } = details;
      const counted = typeof promptTokens === "number" && typeof completionTokens === "number";
      return {
        reason: reason === "length" ? "length" : "stop",
        ...(counted && { usage: { promptTokens, completionTokens } }),
      };
    },
    end() {
      throw closedEarly(upstream);
    },
  });
}
