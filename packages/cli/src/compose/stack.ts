import { findProfile, parseProfile, ProfileError, profileFinder, type ProfileFinder } from "@glossa/models";
import * as v from "valibot";
import { found, InputError } from "../input-error.ts";

export const engineKinds = ["vllm", "sglang", "llamacpp"] as const;
export type EngineKind = (typeof engineKinds)[number];

/** What the weights are, whether the checkpoint has them so or the engine makes them so. */
export const quantizations = ["bf16", "fp8", "int8", "int4", "mxfp4", "q8_0", "q4_k_m"] as const;
export type Quantization = (typeof quantizations)[number];

/** A card, by the number that `nvidia-smi` gives it. */
export interface Gpu {
  readonly id: string;
  /** GiB. */
  readonly memory: number;
}

/** A model to serve, and how. */
export interface StackModel {
  /** Its name on the Hub, and the one that clients ask for. */
  readonly model: string;
  readonly aliases: readonly string[];
  readonly engine: EngineKind;
  /** Default: what the checkpoint's name and its profile say. */
  readonly quantization?: Quantization;
  /** Tokens of one conversation. Default 16384, or what the model holds if that is less. */
  readonly context?: number;
  /** Conversations of full length that there must be room for at once. Default 4. */
  readonly sequences: number;
  /** Engines that serve it. Default 1. */
  readonly replicas: number;
  /** Its share of the requests where it has several engines, per engine. Default 1. */
  readonly weight: number;
  /** The ids of the cards, for its first replica alone if it has several. Default: wherever there is room. */
  readonly gpus?: readonly string[];
  /** llamacpp: a repository of the Hub, `:TAG` behind it for a quantisation. Default: the profile's. */
  readonly gguf?: string;
  /** More flags for the engine, as they are. */
  readonly flags: readonly string[];
}

/** All there is to serve, and what there is to serve it on. */
export interface Stack {
  /** The project's name. */
  readonly name: string;
  readonly gpus: readonly Gpu[];
  /** GiB of the machine, for engines without a card. Not given: not checked. */
  readonly ram?: number;
  /** The gateway's address on this machine. Default 127.0.0.1:8080. */
  readonly listen: string;
  readonly models: readonly StackModel[];
}

const text = v.pipe(v.string(), v.nonEmpty("a text that is not empty"));
const count = v.pipe(v.number(), v.integer("a whole number"), v.minValue(1, "a number from 1"));
const gib = v.pipe(v.number(), v.gtValue(0, "a number above 0"));
const id = v.pipe(
  v.union([v.string(), v.number()]),
  v.transform(String),
  v.regex(/^(?:\d+|(?:GPU|MIG)-[\w/-]+)$/, "a card's number or UUID"),
);
const gguf = v.pipe(v.string(), v.regex(/^[\w.-]+\/[\w.-]+(?::[\w.-]+)?$/, "OWNER/NAME or OWNER/NAME:QUANTISATION"));
const address = v.pipe(
  v.string(),
  v.regex(/^(?:[\w.-]+|\[[\da-fA-F:]+\]):\d{1,5}$/, "HOST:PORT"),
  v.check((text) => Number(text.slice(text.lastIndexOf(":") + 1)) <= 65_535, "a port up to 65535"),
);
const projectName = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9_-]*$/, "small letters, digits, dashes and underscores"),
);

const model = v.strictObject({
  model: v.pipe(v.string(), v.regex(/^[\w.-]+(?:\/[\w.-]+)?$/, "a model's name on the Hub, such as Qwen/Qwen3-8B")),
  aliases: v.optional(v.array(text), []),
  engine: v.optional(v.picklist(engineKinds), "vllm"),
  quantization: v.optional(v.picklist(quantizations)),
  context: v.optional(count),
  sequences: v.optional(count, 4),
  replicas: v.optional(count, 1),
  weight: v.optional(count, 1),
  gpus: v.optional(v.pipe(v.array(id), v.nonEmpty("a list that is not empty"))),
  gguf: v.optional(gguf),
  flags: v.optional(v.array(text), []),
});

const file = v.strictObject({
  name: v.optional(projectName, "glossa"),
  gpus: v.optional(v.array(v.strictObject({ id: v.optional(id), memory: gib })), []),
  ram: v.optional(gib),
  listen: v.optional(address, "127.0.0.1:8080"),
  profiles: v.optional(v.array(v.unknown()), []),
  models: v.pipe(v.array(model), v.nonEmpty("a list that is not empty")),
});

/** Checks a stack that somebody wrote, every field and no other. `profiles` are those of models that have none with us. */
export function parseStack(value: unknown): { readonly stack: Stack; readonly findProfile: ProfileFinder } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputError(null, `found ${found(value)}, expected an object with the fields ${fields(file)}`);
  }
  const result = v.safeParse(file, value, { abortEarly: true });
  if (!result.success) throw explain(result.issues[0]);
  const { profiles, gpus, ...rest } = result.output;
  const own = profiles.map((profile, index) => {
    try {
      return parseProfile(profile);
    } catch (error) {
      if (!(error instanceof ProfileError)) throw error;
      throw new InputError(`profiles[${index}]`, error.message, error);
    }
  });
  const stack = { ...rest, gpus: gpus.map((gpu, index) => ({ ...gpu, id: gpu.id ?? String(index) })) } as Stack;
  checkNames(stack);
  const findOwn = profileFinder(own);
  return { stack, findProfile: (name) => findOwn(name) ?? findProfile(name) };
}

/** What is named twice, and what is named and not there. */
function checkNames({ gpus, models }: Stack): void {
  const ids = gpus.map((gpu) => gpu.id);
  const twice = ids.findIndex((each, index) => ids.indexOf(each) < index);
  if (twice !== -1) throw new InputError(`gpus[${twice}].id`, `found ${found(ids[twice])} a second time`);
  const names = new Map<string, string>();
  for (const [index, model] of models.entries()) {
    const here = [
      ["model", model.model] as const,
      ...model.aliases.map((alias, i) => [`aliases[${i}]`, alias] as const),
    ];
    for (const [field, name] of here) {
      const path = `models[${index}].${field}`;
      if (names.has(name))
        throw new InputError(path, `found ${found(name)}, which ${names.get(name)} is called already`);
      names.set(name, path);
    }
    for (const [i, each] of (model.gpus ?? []).entries()) {
      if (ids.includes(each) && model.gpus!.indexOf(each) === i) continue;
      const known = ids.length === 0 ? "no gpus are given" : `one of gpus, ${ids.join(", ")}, and each once`;
      throw new InputError(`models[${index}].gpus[${i}]`, `found ${found(each)}, expected ${known}`);
    }
  }
}

function fields({ entries }: { readonly entries: object }): string {
  return Object.keys(entries).join(", ");
}

function explain(issue: v.BaseIssue<unknown>): InputError {
  let path = "";
  for (const { key } of issue.path ?? []) {
    path += typeof key === "number" ? `[${key}]` : `${path === "" ? "" : "."}${String(key)}`;
  }
  if (issue.expected === "never") {
    const known = path.startsWith("models[") ? fields(model) : path.startsWith("gpus[") ? "id, memory" : fields(file);
    return new InputError(path, `there is no such field; there are ${known}`);
  }
  if (issue.input === undefined) return new InputError(path, "found nothing, and it is required");
  const expected = issue.kind === "validation" ? issue.message : (issue.expected ?? "something else");
  return new InputError(
    path,
    `found ${found(issue.input)}, expected ${expected.replaceAll(" | ", ", ").replaceAll(/[()]/g, "")}`,
  );
}
