import {
  CheckpointError,
  Dict,
  parseLocalTime,
  renderPrompt,
  TemplateError,
  type Checkpoint,
  type LocalTime,
  type PromptOptions,
  type PromptSource,
  type Value,
} from "@glossa/chat";
import { loadCheckpoint, type LoadCheckpointOptions } from "@glossa/chat/node";
import { isGiven, readBoolean, readString } from "./fields.ts";
import { found, InputError, wrong } from "./input-error.ts";

/** What comes from the command line, for every prompt that does not say otherwise. */
export type PromptDefaults = Omit<PromptOptions, "checkpoint"> & {
  readonly checkpoint: PromptSource | undefined;
  readonly bosToken: string | undefined;
  readonly eosToken: string | undefined;
};

export type PromptFields = (name: string) => Value | undefined;

/** Checkpoints by their path and what goes with it: a run over many lines reads each once. */
const checkpoints = new Map<string, Promise<Checkpoint>>();

export async function readCheckpointField(
  path: string,
  field: string,
  options: LoadCheckpointOptions = {},
): Promise<Checkpoint> {
  const key = JSON.stringify([path, options]);
  let checkpoint = checkpoints.get(key);
  if (!checkpoint) checkpoints.set(key, (checkpoint = loadCheckpoint(path, options)));
  try {
    return await checkpoint;
  } catch (error) {
    checkpoints.delete(key);
    if (!(error instanceof CheckpointError)) throw error;
    throw new InputError(field, error.message, error);
  }
}

/** The prompt that a request asks for: fields by their names in `--jsonl`, those of the defaults where there are none. */
export async function promptOf(fields: PromptFields, defaults: PromptDefaults): Promise<string> {
  const given = <Result>(name: string, read: (value: unknown, field: string) => Result): Result | undefined => {
    const value = fields(name);
    return isGiven(value) ? read(value, name) : undefined;
  };
  const messages = fields("messages");
  if (!Array.isArray(messages)) throw wrong("messages", plain(messages), "an array of messages");
  const path = given("model_dir", readString);
  const checkpoint = path === undefined ? defaults.checkpoint : await readCheckpointField(path, "model_dir");
  const template = given("template", readString) ?? defaults.template;
  if (!checkpoint && template === undefined)
    throw new InputError("template", "found nothing, expected template or model_dir");
  const bos = given("bos_token", readString) ?? defaults.bosToken;
  const eos = given("eos_token", readString) ?? defaults.eosToken;
  const options: PromptOptions = {
    checkpoint: {
      templates: checkpoint?.templates ?? {},
      specialTokens: {
        ...checkpoint?.specialTokens,
        ...(bos !== undefined && { bos_token: bos }),
        ...(eos !== undefined && { eos_token: eos }),
      },
    },
    template,
    tools: given("tools", readList) ?? defaults.tools,
    documents: given("documents", readList) ?? defaults.documents,
    addGenerationPrompt: given("add_generation_prompt", readBoolean) ?? defaults.addGenerationPrompt,
    continueFinalMessage: given("continue_final_message", readField) ?? defaults.continueFinalMessage,
    enableThinking: given("enable_thinking", readBoolean) ?? defaults.enableThinking,
    reasoningEffort: given("reasoning_effort", readString) ?? defaults.reasoningEffort,
    chatTemplateKwargs: given("chat_template_kwargs", readVariables) ?? defaults.chatTemplateKwargs,
    now: given("now", readNow) ?? defaults.now,
  };
  try {
    return renderPrompt(messages, options);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new InputError(error.line === undefined ? null : `template line ${error.line}`, error.message, error);
  }
}

/** A value of a template as messages about it name it. */
function plain(value: unknown): unknown {
  return value instanceof Dict ? {} : value;
}

function readList(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(field, plain(value), "an array");
  return value;
}

function readField(value: unknown, field: string): boolean | string {
  if (typeof value !== "boolean" && typeof value !== "string")
    throw wrong(field, plain(value), "true, false or the name of a field");
  return value;
}

export function readVariables(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (!(value instanceof Dict)) throw wrong(field, value, "an object");
  return Object.fromEntries(value.entries()) as Record<string, unknown>;
}

export function readNow(value: unknown, field: string): LocalTime {
  const now = typeof value === "string" ? parseLocalTime(value) : undefined;
  if (now) return now;
  throw new InputError(field, `found ${found(plain(value))}, expected a local time such as "2025-07-15T12:00:00"`);
}
