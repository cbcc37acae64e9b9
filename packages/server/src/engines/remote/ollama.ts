import type { Checkpoint } from "@glossa/chat";
import type { Format } from "@glossa/core";
import { ApiError, engineError, invalidRequest } from "../../error.ts";
import { answerSchema } from "./answer-schema.ts";
import { checkpointPrompts, tokenizerOf } from "../checkpoint-prompts.ts";
import { upstreamEmbeddings } from "./embeddings.ts";
import type { Engine, Finish, GenerateRequest, Piece, Pieces, Sampling, Usage } from "../engine.ts";
import type { HttpAnswer } from "./http.ts";
import { parseObject } from "./event-object.ts";
import { ollamaSchema } from "./ollama-schema.ts";
import { knownModels, type Described } from "./remote-models.ts";
import { readEvents } from "./read-events.ts";
import { listedLogprobs } from "../token-logprobs.ts";
import {
  closedEarly,
  createUpstream,
  isRecord,
  lines,
  request,
  requestJson,
  type Upstream,
  type ConnectOptions,
} from "./upstream.ts";
import { everySampling } from "../sampling.ts";

export interface OllamaOptions extends ConnectOptions {
  /** The server's address: `http://127.0.0.1:11434`. */
  readonly url: string;
  /** The model's own files: Ollama's templates are Go's, and say less than the model's own. */
  readonly checkpoint: Checkpoint;
  /** The models' format, or its name; default: by the chat template, or by the models' names. */
  readonly format?: string | Format;
  readonly apiKey?: string;
  readonly name?: string;
}

/**
 * Ollama's `/api/generate`, raw. Read from its API documentation as of 0.40, tried against the real server of 0.17.4; the fields:
 *
 * - `raw: true`: the prompt as it is. The server puts the token that begins a text before it, so that the template's own is
 *   left out. It takes no ids, so that text of a message which spells a control token is that token.
 * - `think: false`: models that can think are taken to do so, and their `<think>` would be cut out of the text. Whether the
 *   model thinks is for the prompt to say.
 * - `truncate: false`, `shift: false`: a prompt that does not fit is an error, and an answer that does not ends. Otherwise the
 *   prompt's beginning, its tools perhaps, would be dropped without a word; older versions do so even so.
 * - `format`: the answer's JSON Schema, where nothing else may stand in the output, as far as the server survives it
 *   (`ollamaSchema`). There is no grammar for calls.
 * - `options`: sampling, `num_predict` being `max_tokens` and `repeat_penalty` `repetition_penalty`. The model file's own options
 *   hold otherwise, its stop strings among them.
 * - `logprobs`, `top_logprobs` (0.12.11 and newer; older ones ignore them): of the model's own logits, before all else.
 *
 * Tokens that the model's file marks as control tokens are not in the text of all versions; there is no way to ask for them.
 */
export function ollamaEngine(options: OllamaOptions): Engine {
  const { checkpoint, format, name = "ollama" } = options;
  const upstream = createUpstream(name, options);
  const prompts = checkpointPrompts(checkpoint, { tokenizer: tokenizerOf(checkpoint), controlTokensInText: true });
  const template = checkpoint.templates["default"];

  /**
   * How much the model is loaded with, as its file says or, of one that is loaded, the server; what it was trained on says
   * nothing.
   */
  async function describe(id: string, loaded: unknown, signal: AbortSignal | undefined): Promise<Described> {
    const shown = await requestJson(upstream, "/api/show", { body: { model: id }, ...(signal && { signal }) });
    const parameters = isRecord(shown) ? shown["parameters"] : undefined;
    const written = typeof parameters === "string" ? /^num_ctx\s+(\d+)/m.exec(parameters)?.[1] : undefined;
    const contextLength = typeof loaded === "number" ? loaded : written === undefined ? undefined : Number(written);
    return { ...(template && { template }), ...(contextLength !== undefined && { contextLength }) };
  }

  async function* generate(turn: GenerateRequest, signal: AbortSignal): AsyncGenerator<Pieces, Finish> {
    const prompt = prompts.renderText(turn);
    yield { type: "prompt", text: prompt };
    const schema = answerSchema(turn, prompt);
    const held = schema === undefined ? undefined : ollamaSchema(schema);
    const answer = await ask(
      {
        model: turn.model.id,
        prompt,
        raw: true,
        think: false,
        truncate: false,
        shift: false,
        stream: true,
        ...(turn.topLogprobs !== undefined && { logprobs: true, top_logprobs: turn.topLogprobs }),
        options: samplingFields(turn.sampling),
        ...(held && { format: held }),
      },
      signal,
    );
    return yield* readGenerated(upstream, answer, signal, turn.topLogprobs);
  }

  async function ask(body: object, signal: AbortSignal): Promise<HttpAnswer> {
    try {
      return await request(upstream, "/api/generate", { body, accept: "application/x-ndjson", signal });
    } catch (error) {
      const tooLong =
        error instanceof ApiError && error.status === 400 && error.message.includes("exceeds the context");
      throw tooLong ? invalidRequest(error.message, "messages", "context_length_exceeded") : error;
    }
  }

  return {
    name,
    kind: "ollama",
    capabilities: {
      mask: false,
      grammar: "json_schema",
      tokens: false,
      prefill: true,
      rawPrompt: true,
      textOnly: true,
      logprobs: true,
      sampling: everySampling.filter((name) => name !== "logit_bias"),
    },
    async models(signal) {
      const init = signal ? { signal } : {};
      const [tags, running] = await Promise.all([
        requestJson(upstream, "/api/tags", init),
        // The running models, each with what it was loaded with; versions before that know no such path.
        requestJson(upstream, "/api/ps", init).catch(() => undefined),
      ]);
      const listed = isRecord(tags) ? tags["models"] : undefined;
      if (!Array.isArray(listed)) throw engineError(`The engine ${name} lists no models.`, "engine_protocol");
      const data = listed.filter(isRecord).map((entry) => ({ id: entry["name"], owned_by: "ollama" }));
      const loaded = new Map(
        (isRecord(running) && Array.isArray(running["models"]) ? running["models"] : [])
          .filter(isRecord)
          .map((entry) => [entry["name"], entry["context_length"]]),
      );
      return knownModels(upstream, data, { format, describe: (id) => describe(id, loaded.get(id), signal) });
    },
    generate,
    embeddings: upstreamEmbeddings(upstream),
    ...prompts.abilities,
  };
}

function samplingFields({ max_tokens, repetition_penalty, ...rest }: Sampling): Record<string, unknown> {
  return {
    ...rest,
    ...(max_tokens !== undefined && { num_predict: max_tokens }),
    ...(repetition_penalty !== undefined && { repeat_penalty: repetition_penalty }),
  };
}

function readGenerated(
  upstream: Upstream,
  answer: HttpAnswer,
  signal: AbortSignal,
  topLogprobs: number | undefined,
): AsyncGenerator<readonly Piece[], Finish> {
  let last: string | undefined;
  let repeats = 0;
  return readEvents(lines(upstream, answer, signal), {
    event(line, pieces) {
      const event = parseObject(upstream, line);
      // A version that parses reasoning even so.
      const { thinking, response: text, done } = event;
      if (typeof thinking === "string" && thinking !== "") pieces.push({ type: "reasoning", text: thinking });
      const logprobs = topLogprobs === undefined || thinking ? [] : listedLogprobs(event["logprobs"], topLogprobs);
      if (typeof text === "string" && (text !== "" || logprobs.length > 0))
        pieces.push({ type: "text", text, ...(logprobs.length > 0 && { logprobs }) });
      if (typeof text === "string" && text !== "") {
        repeats = text.trim() === last ? repeats + 1 : 0;
        last = text.trim();
      }
      if (done !== true) return undefined;
      const usage = usageOf(event);
      return { reason: event["done_reason"] === "length" ? "length" : "stop", ...(usage && { usage }) };
    },
    end() {
      if (repeats >= maxRepeats) return { reason: "length" };
      throw closedEarly(upstream);
    },
  });
}

/** A model that writes one token more often than that in a row is stopped, and its answer closed without its last line. */
const maxRepeats = 30;

function usageOf(event: Readonly<Record<string, unknown>>): Usage | undefined {
  const { prompt_eval_count: promptTokens, eval_count: completionTokens } = event;
  if (typeof completionTokens !== "number") return undefined;
  // A prompt that was in the cache is left out of the counts by some versions.
  return { promptTokens: typeof promptTokens === "number" ? promptTokens : 0, completionTokens };
}
