import type { PromptSource } from "@glossa/chat";
import type { Format } from "@glossa/core";
import { ApiError, engineError } from "../../error.ts";
import { readChatStream } from "./chat-stream.ts";
import { chatTool } from "../chat-tool.ts";
import { checkpointPrompts } from "../checkpoint-prompts.ts";
import { upstreamEmbeddings } from "./embeddings.ts";
import type { Engine, Finish, GenerateRequest, Model, Piece, Pieces, PromptRequest, Relax } from "../engine.ts";
import { lowerGrammar } from "./lower-grammar.ts";
import { remoteModels } from "./remote-models.ts";
import { laterSystemAsUser } from "../system-messages.ts";
import { telling } from "../special-tokens.ts";
import { underGrammar } from "./under-grammar.ts";
import { createUpstream, isRecord, request, requestJson, type ConnectOptions } from "./upstream.ts";
import { everySampling } from "../sampling.ts";

export interface VllmOptions extends ConnectOptions {
  /** The server's address, with or without `/v1`. */
  readonly url: string;
  /** The models' format, or its name; default: by the models' names. */
  readonly format?: string | Format;
  readonly apiKey?: string;
  readonly name?: string;
  /** Serves models whose format nobody knows as well, for embeddings alone. Default: they are left out. */
  readonly embeddingModels?: boolean;
  /**
   * The model's own files, whose chat template says how a prompt ends where the server does not: Ray Serve's `/tokenize` takes no
   * messages, and some proxies hide it.
   */
  readonly checkpoint?: PromptSource;
  /**
   * What the server's `--structured-outputs-config.backend` is, default `xgrammar`. `guidance` takes no structural tag: it is
   * sent the same thing in Lark, as `structured_outputs: { grammar }`.
   */
  readonly backend?: "xgrammar" | "guidance";
}

/** Milliseconds that `/version` may take. */
const versionTimeout = 2000;

/** `structured_outputs`. */
type Grammar = Readonly<Record<string, string>>;

/**
 * vLLM's chat endpoint, its own parsers off: `vllm serve MODEL`, without `--reasoning-parser`, behind which a grammar would start
 * too late. Held against the real 0.32.0, and its requests against the request models of 0.12 to 0.33; the fields:
 *
 * - `tools` with `tool_choice: "none"`: the template shows the tools, no parser runs and no grammar of vLLM's is attached. Not
 *   with `--exclude-tools-when-tool-choice-none`, which takes the tools out of the prompt. An empty `tools` is refused, so it
 *   is left out.
 * - `skip_special_tokens: false`, `spaces_between_special_tokens: false`: the markup of most formats is special tokens, which
 *   the defaults strip or pad. The end of the turn is not sent even so, unless asked for with `include_stop_str_in_output`.
 * - `structured_outputs: { structural_tag }`: the structural tag as JSON text (the older `guided_*` fields were removed in
 *   0.12). With no reasoning parser configured it holds from the first token, so it has to know whether the prompt ends
 *   inside of reasoning: then the prompt is asked for first (`/tokenize`, which renders, and `/detokenize` of its end).
 * - `return_prompt_text` (newer versions; older ones ignore it): the first event carries the rendered prompt, from which the
 *   parser takes its start. Where it is missing, `/tokenize` and `/detokenize` are asked instead.
 * - `return_token_ids`: the ids of each delta, so that a special token is told from the same characters typed as text. Which
 *   markers are one token, and which, is asked once a model (`/tokenize` without special tokens added).
 * - `stream_options: { include_usage, continuous_usage_stats }`: the latter where the turn may be cut short by us.
 * - `chat_template_kwargs`: the template's variables, `reasoning_effort` among them, since `/tokenize` has no field for it.
 *   `add_generation_prompt` is true by default; with a message that is to go on, it is false and `continue_final_message` true.
 * - `logprobs`, `top_logprobs`: after the grammar's mask, before biases, penalties and temperature (`--logprobs-mode raw_logprobs`,
 *   the default).
 * - `/v1/completions` for a prompt as it is.
 *
 * A grammar that its backend refuses, by a 400 or by an event in place of the first, is sent again with any object for the tools that
 * are not strict. Stop strings are not handed on: vLLM applies them to raw output, reasoning and arguments included. Models of the `openai`
 * format are read by vLLM's chat endpoint itself, whatever its flags, and refused here: `completionsEngine` is for them.
 */
export function vllmEngine(options: VllmOptions): Engine {
  const { format, name = "vllm", backend = "xgrammar", embeddingModels, checkpoint } = options;
  const upstream = createUpstream(name, options);
  const own =
    checkpoint && Object.keys(checkpoint.templates).length > 0 ? checkpointPrompts(checkpoint, {}) : undefined;
  /** Whether this server is known to leave `return_prompt_text` unanswered. */
  let promptless = false;

  /** What is known of the server, `/version`'s answer. With another, all that has been asked is asked again. */
  let version: string | undefined;
  /** By a model's name and checkpoint. */
  const vocabularies = new Map<string, ReadonlyMap<number, string>>();

  /** Nothing where it does not tell soon, which is no fault: a proxy lets no more through than `/v1`. */
  async function askVersion(given: AbortSignal | undefined): Promise<void> {
    const signal = AbortSignal.any([AbortSignal.timeout(versionTimeout), ...(given ? [given] : [])]);
    const answer = await requestJson(upstream, "/version", { signal }).catch(() => undefined);
    const told = isRecord(answer) && typeof answer["version"] === "string" ? answer["version"] : undefined;
    if (told === version) return;
    version = told;
    promptless = false;
    vocabularies.clear();
  }

  /** The format's markers that are one token of this model's vocabulary. Not knowing them is no fault: the text decides then. */
  async function specialTokens(
    { id, format, checkpoints = [] }: Model,
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<number, string>> {
    const key = JSON.stringify([id, checkpoints]);
    const known = vocabularies.get(key);
    if (known) return known;
    const found = new Map<number, string>();
    let answered = true;
    await Promise.all(
      (format.specialTokens ?? []).map(async (marker) => {
        const body = { model: id, prompt: marker, add_special_tokens: false };
        const answer = await requestJson(upstream, "/tokenize", { body, ...(signal && { signal }) }).catch(
          (error: unknown) => void (answered &&= isMissing(error)),
        );
        const tokens = isRecord(answer) ? answer["tokens"] : undefined;
        if (Array.isArray(tokens) && tokens.length === 1 && Number.isInteger(tokens[0])) found.set(tokens[0], marker);
      }),
    );
    if (answered) vocabularies.set(key, found);
    return found;
  }

  /**
   * The end of the prompt as this server renders it: enough for the last marker and the generation prompt. Where a proxy in front
   * lets no more through than `/v1`, or `/tokenize` takes no messages, as the checkpoint has it; nothing without one.
   */
  async function promptTail(turn: GenerateRequest, signal: AbortSignal): Promise<string | undefined> {
    try {
      const body = { model: turn.model.id, ...conversation(turn) };
      const rendered = await requestJson(upstream, "/tokenize", { body, signal });
      const tokens = isRecord(rendered) && Array.isArray(rendered["tokens"]) ? rendered["tokens"] : [];
      const tail = { model: turn.model.id, tokens: tokens.slice(-64) };
      const text = await requestJson(upstream, "/detokenize", { body: tail, signal });
      return isRecord(text) && typeof text["prompt"] === "string" ? text["prompt"] : undefined;
    } catch (error) {
      if (isMissing(error) || takesNoMessages(error)) return own?.render(turn).text;
      throw error;
    }
  }

  /** The grammar as the backend takes it. A marker that is one token is named by its id: no other tokens may spell it then. */
  function grammarOf(turn: GenerateRequest, prompt: string | undefined, relax?: Relax): Grammar | undefined {
    if (backend === "xgrammar") {
      const tag = lowerGrammar(turn, prompt, "xgrammar", {}, relax);
      return tag && { structural_tag: JSON.stringify(tag) };
    }
    const specialTokens = [...(turn.model.specialTokens ?? [])].map(([id, text]) => ({ id, text }));
    const grammar = lowerGrammar(turn, prompt, "lark", { specialTokens }, relax);
    return grammar === undefined ? undefined : { grammar };
  }

  /** The grammar after the server has refused one; nothing if it refuses something else. */
  function lesserGrammar(turn: GenerateRequest, prompt: string | undefined, error: ApiError): Grammar | undefined {
    // What guidance reads of a structural tag are fields of an older form.
    if (backend === "xgrammar" && error.message.endsWith("'triggers'")) {
      const message = `The engine ${name} runs the guidance backend, which takes no structural tag: --grammar-backend guidance is for it.`;
      throw engineError(message, "grammar_backend", { status: 500, cause: error });
    }
    // xgrammar reads some Lark, and fails at the rest.
    if (
      backend === "guidance" &&
      (error.code === "engine_failed" || error.message === "Invalid grammar specification.")
    ) {
      const message = `The engine ${name} failed at a grammar in Lark, which is for --structured-outputs-config.backend guidance: ${error.message}`;
      throw engineError(message, "grammar_backend", { status: 500, cause: error });
    }
    const refusal = refusalOf(error);
    return refusal === undefined ? undefined : grammarOf(turn, prompt, { refusal });
  }

  async function* generate(turn: GenerateRequest, signal: AbortSignal): AsyncGenerator<Pieces, Finish> {
    if (turn.rawPrompt !== undefined) return yield* complete(turn.rawPrompt, turn, signal);
    const { format, id: model, specialTokens: special } = turn.model;
    const { topLogprobs } = turn;
    if (format.name === "openai") throw harmonyRefused(name, model);
    const asksPrompt = format.reasoning !== undefined;
    let prompted = !asksPrompt;
    let prompt: string | undefined;
    if (asksPrompt && (promptless || turn.constrain)) {
      prompt = await promptTail(turn, signal);
      prompted = true;
      if (prompt !== undefined) yield { type: "prompt", text: prompt };
      // A grammar that does not know whether the prompt ends inside of reasoning would forbid what the model has to write.
      else if (turn.constrain) throw unknownPrompt(name);
    }

    const answer = async function* (grammar: Grammar | undefined): AsyncGenerator<readonly Piece[], Finish> {
      const response = await request(upstream, "/v1/chat/completions", {
        body: {
          model,
          ...conversation(turn),
          ...(turn.tools.length > 0 && { tool_choice: "none" }),
          ...turn.sampling,
          ...(topLogprobs !== undefined && { logprobs: true, top_logprobs: topLogprobs }),
          stream: true,
          stream_options: { include_usage: true, ...(turn.mayBeCut && { continuous_usage_stats: true }) },
          skip_special_tokens: false,
          spaces_between_special_tokens: false,
          ...(special && special.size > 0 && { return_token_ids: true }),
          ...(!prompted && { return_prompt_text: true }),
          ...(grammar && { structured_outputs: grammar }),
        },
        accept: "text/event-stream",
        signal,
      });
      return yield* readChatStream(upstream, response, signal, topLogprobs);
    };
    const pieces = underGrammar(grammarOf(turn, prompt), answer, (error) => lesserGrammar(turn, prompt, error));
    for (;;) {
      const step = await pieces.next();
      if (step.done) return step.value;
      prompted ||= step.value.some(({ type }) => type === "prompt");
      if (!prompted) {
        prompted = promptless = true;
        const tail = await promptTail(turn, signal);
        if (tail !== undefined) yield { type: "prompt", text: tail };
      }
      yield step.value.map((piece) => telling(piece, special));
    }
  }

  async function tokensOf(model: Model, body: object, signal: AbortSignal): Promise<readonly number[]> {
    const answer = await requestJson(upstream, "/tokenize", { body: { model: model.id, ...body }, signal });
    const tokens = isRecord(answer) ? answer["tokens"] : undefined;
    if (Array.isArray(tokens) && tokens.every((id) => Number.isInteger(id))) return tokens as number[];
    throw engineError(`The engine ${name} answered /tokenize without tokens.`, "engine_protocol");
  }

  /** The prompt as it is, by `/v1/completions`, whose events differ in that the text has no message around it. */
  async function* complete(prompt: string, turn: GenerateRequest, signal: AbortSignal): AsyncGenerator<Pieces, Finish> {
    const answer = await request(upstream, "/v1/completions", {
      body: {
        model: turn.model.id,
        prompt,
        ...turn.sampling,
        ...(turn.topLogprobs !== undefined && { logprobs: turn.topLogprobs }),
        stream: true,
        stream_options: { include_usage: true, ...(turn.mayBeCut && { continuous_usage_stats: true }) },
        skip_special_tokens: false,
        spaces_between_special_tokens: false,
      },
      accept: "text/event-stream",
      signal,
    });
    return yield* readChatStream(upstream, answer, signal, turn.topLogprobs);
  }

  return {
    name,
    kind: "vllm",
    capabilities: {
      mask: false,
      grammar: backend === "xgrammar" ? "structural_tag" : "lark",
      tokens: true,
      prefill: true,
      rawPrompt: true,
      textOnly: false,
      logprobs: true,
      sampling: everySampling,
    },
    async models(signal) {
      const [models] = await Promise.all([
        remoteModels(upstream, { format, embeddingModels, signal }),
        askVersion(signal),
      ]);
      // Beside others such a model is listed, and a request for it told why.
      const [first] = models;
      if (first && models.every((model) => model.format.name === "openai")) throw harmonyRefused(name, first.id);
      const known = await Promise.all(models.map((model) => specialTokens(model, signal)));
      const fingerprint = version !== undefined && { fingerprint: `vllm-${version}` };
      return models.map((model, index) => Object.assign({}, model, { specialTokens: known[index], ...fingerprint }));
    },
    generate,
    embeddings: upstreamEmbeddings(upstream),
    tokenizer: {
      promptTokens: (prompt, signal) => tokensOf(prompt.model, conversation(prompt), signal),
      encode: ({ model, text, addSpecialTokens }, signal) =>
        tokensOf(model, { prompt: text, add_special_tokens: addSpecialTokens }, signal),
      async decode({ model, tokens }, signal) {
        const answer = await requestJson(upstream, "/detokenize", { body: { model: model.id, tokens }, signal });
        if (isRecord(answer) && typeof answer["prompt"] === "string") return answer["prompt"];
        throw engineError(`The engine ${name} answered /detokenize without a text.`, "engine_protocol");
      },
    },
  };
}

function harmonyRefused(name: string, model: string): ApiError {
  const message =
    `${model} writes harmony, which vLLM's chat endpoint parses by itself whatever its flags: the engine ${name} gets no raw output. ` +
    "Serve it with --engine completions and --checkpoint, by the same server.";
  return engineError(message, "unsupported_format", { status: 500 });
}

/** An address that the server does not have, or a proxy hides. */
function isMissing(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 404 || error.status === 405);
}

/** Ray Serve LLM declares its `/tokenize` for a `prompt`: FastAPI refuses the `messages` for the lack of one. */
function takesNoMessages(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return error.status === 422 || (error.status === 400 && /prompt\b.*\b(?:required|missing)/is.test(error.message));
}

/** What the server says of a grammar that it does not take, without the excerpt; nothing if it refuses something else. */
function refusalOf({ status, param, message }: ApiError): string | undefined {
  const ofGrammar = param === "structured_outputs" || /grammar|structural.tag/i.test(message);
  return status === 400 && ofGrammar ? message.split(/\n +\d+ \| /)[0] : undefined;
}

function unknownPrompt(name: string): ApiError {
  const message = `The engine ${name} does not tell its prompt, which this request's grammar has to know: let /tokenize and /detokenize through, or name the model's own files (--checkpoint).`;
  return engineError(message, "prompt_unknown");
}

/** What the template renders; the same for a completion and for `/tokenize`. */
function conversation({
  messages,
  tools,
  templateVariables,
  reasoningEffort,
  continueFinalMessage,
}: PromptRequest): Record<string, unknown> {
  const variables = {
    ...(reasoningEffort !== undefined && { reasoning_effort: reasoningEffort }),
    ...templateVariables,
  };
  return {
    messages: laterSystemAsUser(messages),
    ...(continueFinalMessage && { continue_final_message: true, add_generation_prompt: false }),
    ...(tools.length > 0 && { tools: tools.map(chatTool) }),
    ...(Object.keys(variables).length > 0 && { chat_template_kwargs: variables }),
  };
}
