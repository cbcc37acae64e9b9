import { compileTemplate, TemplateError, type Checkpoint, type PromptSource } from "@glossa/chat";
import type { Tokenizer } from "@glossa/chat/tokenizer";
import type { Format } from "@glossa/core";
import { ApiError, engineError } from "../../error.ts";
import { chatTool } from "../chat-tool.ts";
import { laterSystemAsUser } from "../system-messages.ts";
import { checkpointPrompts, splitStarted, tokenizerOf, type Prompt, type TurnPrompt } from "../checkpoint-prompts.ts";
import type { Model } from "../engine.ts";
import { remoteModels } from "./remote-models.ts";
import { isRecord, requestJson, type Upstream } from "./upstream.ts";

/** A model as the server has it in memory. */
export interface LoadedModel {
  prompt(turn: TurnPrompt, signal: AbortSignal): Promise<Required<Prompt>>;
  readonly contextLength: number;
  readonly template: string | undefined;
  readonly path: string | undefined;
}

/** What the server says of its models: one model, or those of its router, of which few are in memory. */
export interface LlamaCppModels {
  list(signal?: AbortSignal): Promise<readonly Model[]>;
  /** Has the router load the model if it is not in memory. */
  load(id: string, signal: AbortSignal): Promise<LoadedModel>;
}

interface LlamaCppModelsOptions {
  readonly format: string | Format | undefined;
  readonly checkpoint: PromptSource | Checkpoint | undefined;
  readonly controlTokensInText: boolean | undefined;
  readonly embeddingModels: boolean | undefined;
}

/** Throws `CheckpointError` if the checkpoint has a tokenizer that is not known. */
export function createLlamaCppModels(
  upstream: Upstream,
  { format, checkpoint, controlTokensInText = false, embeddingModels }: LlamaCppModelsOptions,
): LlamaCppModels {
  // Where spelled tokens are meant, the server's own tokenizer is as good.
  const tokenizer = checkpoint && !controlTokensInText ? tokenizerOf(checkpoint) : undefined;
  const loaded = new Map<string, LoadedModel>();
  const markers = new Map<string, ReadonlyMap<number, string>>();

  async function ask(id: string, autoload: boolean, signal: AbortSignal | undefined): Promise<LoadedModel> {
    const query = new URLSearchParams({ model: id, autoload: String(autoload) });
    const props = await requestJson(upstream, `/props?${query}`, signal ? { signal } : {});
    const known = loaded.get(id);
    const told = readProps(upstream, props);
    const same = known?.template === told.template && known?.path === told.path;
    if (!same) markers.delete(id);
    if (tokenizer && !same) await compareTokens(upstream, id, tokenizer, signal);
    const model = same
      ? { ...known!, ...told }
      : { ...told, prompt: promptOf(upstream, id, { ...told, checkpoint, tokenizer }) };
    loaded.set(id, model);
    return model;
  }

  /** Of the router's models those that are in memory: the others are known by their names, and not loaded for being listed. */
  async function routed(
    id: string,
    status: unknown,
    signal: AbortSignal | undefined,
  ): Promise<LoadedModel | undefined> {
    if (status !== "loaded" && status !== "sleeping") return undefined;
    try {
      return await ask(id, false, signal);
    } catch (error) {
      // Dropped since it was listed, or its process is gone; the others are none the worse for it.
      if (error instanceof ApiError) return undefined;
      throw error;
    }
  }

  /** The format's markers that are one token of the model's vocabulary. */
  async function specialTokens(
    { id, format: { specialTokens: texts = [] } }: Model,
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<number, string>> {
    const known = markers.get(id);
    if (known) return known;
    const found = new Map<number, string>();
    await Promise.all(
      texts.map(async (content) => {
        const ids = await tokenize(upstream, id, content, { addSpecialTokens: false }, signal);
        if (ids.length === 1) found.set(ids[0]!, content);
      }),
    );
    markers.set(id, found);
    return found;
  }

  return {
    async list(signal) {
      const models = await remoteModels(upstream, {
        format,
        embeddingModels,
        signal,
        async describe(id, { status }) {
          const known = await (isRecord(status) ? routed(id, status["value"], signal) : ask(id, false, signal));
          if (!known) return {};
          const { template, path, contextLength } = known;
          return { contextLength, ...(template && { template }), ...(path && { names: [path] }) };
        },
      });
      return Promise.all(
        models.map(async (model) =>
          loaded.has(model.id) ? { ...model, specialTokens: await specialTokens(model, signal) } : model,
        ),
      );
    },
    load: async (id, signal) => loaded.get(id) ?? (await ask(id, true, signal)),
  };
}

/** What `/props` tells. */
interface Told extends Pick<LoadedModel, "contextLength" | "template" | "path"> {
  readonly own: PromptSource | undefined;
}

function readProps(upstream: Upstream, props: unknown): Told {
  const settings = isRecord(props) ? props["default_generation_settings"] : undefined;
  const contextLength = isRecord(settings) ? settings["n_ctx"] : undefined;
  if (!isRecord(props) || typeof contextLength !== "number") {
    throw engineError(`The engine ${upstream.name} does not tell its properties at /props.`, "engine_protocol");
  }
  const text = (key: string): string | undefined => (typeof props[key] === "string" ? props[key] : undefined);
  return { contextLength, template: text("chat_template"), path: text("model_path"), own: ownTemplates(text) };
}

interface PromptParts extends Told {
  readonly checkpoint: PromptSource | undefined;
  readonly tokenizer: Tokenizer | undefined;
}

/** By the checkpoint's template or the model's own, and by the server where neither can be rendered here. */
function promptOf(
  upstream: Upstream,
  model: string,
  { own, checkpoint, tokenizer }: PromptParts,
): LoadedModel["prompt"] {
  const source = checkpoint ?? own;
  const prompts = source && compiles(source) ? checkpointPrompts(source, { tokenizer }) : undefined;
  const beginning = own?.specialTokens["bos_token"];
  return async (turn, signal) => {
    const { rawPrompt } = turn;
    if (rawPrompt !== undefined && !(prompts && tokenizer)) {
      // As every completions endpoint takes a text: the token that begins one goes before it, once.
      const addSpecialTokens = beginning === undefined || beginning === "" || !rawPrompt.startsWith(beginning);
      return { text: rawPrompt, ids: await tokenize(upstream, model, rawPrompt, { addSpecialTokens }, signal) };
    }
    const prompt = prompts ? prompts.render(turn) : { text: await renderThere(upstream, turn, signal) };
    const { text, ids = await tokenize(upstream, model, text, { addSpecialTokens: false }, signal) } = prompt as Prompt;
    return { text, ids };
  };
}

/** The tokens of a text; control tokens that it spells are themselves. */
export async function tokenize(
  upstream: Upstream,
  model: string,
  content: string,
  { addSpecialTokens }: { readonly addSpecialTokens: boolean },
  signal: AbortSignal | undefined,
): Promise<readonly number[]> {
  const body = { model, content, add_special: addSpecialTokens, parse_special: true };
  const answer = await requestJson(upstream, "/tokenize", { body, ...(signal && { signal }) });
  const tokens = isRecord(answer) ? answer["tokens"] : undefined;
  if (Array.isArray(tokens) && tokens.every(Number.isInteger)) return tokens as number[];
  throw engineError(`The engine ${upstream.name} answered /tokenize without tokens.`, "engine_protocol");
}

/**
 * Another model's ids would be read as other words. Not compared by what clients send: whoever found a text on which two
 * tokenizers differ could turn off what keeps text from being control tokens.
 */
async function compareTokens(
  upstream: Upstream,
  model: string,
  tokenizer: Tokenizer,
  signal: AbortSignal | undefined,
): Promise<void> {
  const text = `${[...tokenizer.specialTokens.values()].slice(0, 100).join(" a")}Hello, wörld!\n\n{"n": [1234, -5.6]} 你好 👋`;
  const ids = await tokenize(upstream, model, text, { addSpecialTokens: false }, signal);
  const own = tokenizer.encode(text);
  if (ids.length === own.length && ids.every((id, index) => id === own[index])) return;
  const message =
    `The checkpoint's tokenizer is not the one of the model ${model} behind the engine ${upstream.name}: give the model's own files, ` +
    "or let text spell control tokens (--control-tokens-in-text), and the server tokenises.";
  throw engineError(message, "tokenizer_mismatch", { status: 500 });
}

/** The template that the server has of the model, as a checkpoint would have it. */
function ownTemplates(text: (key: string) => string | undefined): PromptSource | undefined {
  const template = text("chat_template");
  if (!template) return undefined;
  const [toolUse, bos, eos] = [text("chat_template_tool_use"), text("bos_token"), text("eos_token")];
  return {
    templates: { default: template, ...(toolUse && { tool_use: toolUse }) },
    specialTokens: { ...(bos !== undefined && { bos_token: bos }), ...(eos !== undefined && { eos_token: eos }) },
  };
}

function compiles({ templates }: PromptSource): boolean {
  try {
    for (const template of Object.values(templates)) compileTemplate(template);
    return true;
  } catch (error) {
    if (error instanceof TemplateError) return false;
    throw error;
  }
}

/** Lets the server render, for templates that are none of Jinja as transformers has it. */
async function renderThere(upstream: Upstream, turn: TurnPrompt, signal: AbortSignal): Promise<string> {
  const { model, tools, templateVariables, reasoningEffort } = turn;
  const { messages, answerStart } = splitStarted(turn);
  const body = {
    model: model.id,
    messages: laterSystemAsUser(messages),
    ...(tools.length > 0 && { tools: tools.map(chatTool) }),
    chat_template_kwargs: {
      ...(reasoningEffort !== undefined && { reasoning_effort: reasoningEffort }),
      ...templateVariables,
    },
  };
  const answer = await requestJson(upstream, "/apply-template", { body, signal });
  const prompt = isRecord(answer) ? answer["prompt"] : undefined;
  if (typeof prompt === "string") return prompt + answerStart;
  throw engineError(`The engine ${upstream.name} answered /apply-template without a prompt.`, "engine_protocol");
}
