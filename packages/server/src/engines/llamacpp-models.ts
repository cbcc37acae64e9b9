import { compileTemplate, TemplateError, type PromptSource } from "@glossa/chat";
import type { Format } from "@glossa/core";
import { ApiError, engineError } from "../error.ts";
import { chatTool } from "./chat-tool.ts";
import type { Model } from "./engine.ts";
import { templateRenderer, type PromptRenderer } from "./prompt-renderer.ts";
import { remoteModels } from "./remote-models.ts";
import { isRecord, requestJson, type Upstream } from "./upstream.ts";

/** A model as the server has it in memory. */
export interface LoadedModel {
  readonly render: PromptRenderer;
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

export function createLlamaCppModels(
  upstream: Upstream,
  {
    format,
    checkpoint,
  }: { readonly format: string | Format | undefined; readonly checkpoint: PromptSource | undefined },
): LlamaCppModels {
  const loaded = new Map<string, LoadedModel>();
  const markers = new Map<string, ReadonlyMap<number, string>>();

  async function ask(id: string, autoload: boolean, signal: AbortSignal | undefined): Promise<LoadedModel> {
    const query = new URLSearchParams({ model: id, autoload: String(autoload) });
    const props = await requestJson(upstream, `/props?${query}`, signal ? { signal } : {});
    const model = readProps(upstream, props, checkpoint, loaded.get(id));
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
        const body = { model: id, content, add_special: false, parse_special: true };
        const answer = await requestJson(upstream, "/tokenize", { body, ...(signal && { signal }) });
        const tokens: unknown = isRecord(answer) ? answer["tokens"] : undefined;
        if (Array.isArray(tokens) && tokens.length === 1) found.set(tokens[0] as number, content);
      }),
    );
    markers.set(id, found);
    return found;
  }

  return {
    async list(signal) {
      const models = await remoteModels(upstream, {
        format,
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

function readProps(
  upstream: Upstream,
  props: unknown,
  checkpoint: PromptSource | undefined,
  before: LoadedModel | undefined,
): LoadedModel {
  const settings = isRecord(props) ? props["default_generation_settings"] : undefined;
  const contextLength = isRecord(settings) ? settings["n_ctx"] : undefined;
  if (!isRecord(props) || typeof contextLength !== "number") {
    throw engineError(`The engine ${upstream.name} does not tell its properties at /props.`, "engine_protocol");
  }
  const text = (key: string): string | undefined => (typeof props[key] === "string" ? props[key] : undefined);
  const template = text("chat_template");
  const path = text("model_path");
  if (before && before.template === template) return { ...before, contextLength, path };
  const source = checkpoint ?? ownTemplates(text);
  const render = source && compiles(source) ? templateRenderer(source) : serverRenderer(upstream);
  return { render, contextLength, template, path };
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
function serverRenderer(upstream: Upstream): PromptRenderer {
  return async ({ model, messages, tools, templateVariables, reasoningEffort }, signal) => {
    const body = {
      model: model.id,
      messages,
      ...(tools.length > 0 && { tools: tools.map(chatTool) }),
      chat_template_kwargs: {
        ...(reasoningEffort !== undefined && { reasoning_effort: reasoningEffort }),
        ...templateVariables,
      },
    };
    const answer = await requestJson(upstream, "/apply-template", { body, signal });
    const prompt = isRecord(answer) ? answer["prompt"] : undefined;
    if (typeof prompt === "string") return prompt;
    throw engineError(`The engine ${upstream.name} answered /apply-template without a prompt.`, "engine_protocol");
  };
}
