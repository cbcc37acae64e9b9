import type { PromptSource } from "../render-prompt.ts";
import type { GgufHeader, GgufValue } from "./gguf.ts";

/** A GGUF file's vocabulary, as its header has it (`tokenizer.ggml.*`). */
export interface GgufVocabulary {
  /** The kind: `gpt2` for byte-level BPE, `llama` for SentencePiece, … */
  readonly model: string | undefined;
  /** How text is cut before merging, by llama.cpp's names: `qwen2`, `llama-bpe`, … */
  readonly pre: string | undefined;
  /** The tokens by id. */
  readonly tokens: readonly string[];
  /** By id: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte. */
  readonly types: readonly number[];
  readonly scores: readonly number[];
  /** BPE merges in order, two pieces with a blank between. */
  readonly merges: readonly string[];
  /** Ids by role: `bos`, `eos`, `eot`, `unknown`, `padding`, … */
  readonly ids: Readonly<Record<string, number>>;
  readonly addBos: boolean | undefined;
  readonly addEos: boolean | undefined;
  /** SentencePiece puts a blank before a text, unless this is false. */
  readonly addSpacePrefix: boolean | undefined;
}

export function ggufVocabulary({ metadata }: GgufHeader): GgufVocabulary | undefined {
  const get = (name: string): GgufValue | undefined => metadata.get(`tokenizer.ggml.${name}`);
  const tokens = strings(get("tokens"));
  if (tokens.length === 0) return undefined;
  const ids: Record<string, number> = {};
  for (const [key, value] of metadata) {
    const role = /^tokenizer\.ggml\.(.+)_token_id$/.exec(key)?.[1];
    if (role !== undefined && typeof value === "number") ids[role] = value;
  }
  return {
    model: text(get("model")),
    pre: text(get("pre")),
    tokens,
    types: numbers(get("token_type")),
    scores: numbers(get("scores")),
    merges: strings(get("merges")),
    ids,
    addBos: boolean(get("add_bos_token")),
    addEos: boolean(get("add_eos_token")),
    addSpacePrefix: boolean(get("add_space_prefix")),
  };
}

/** The roles by the names that transformers has for them. */
const tokenNames: Readonly<Record<string, string>> = {
  bos: "bos_token",
  eos: "eos_token",
  unknown: "unk_token",
  separator: "sep_token",
  // As the format spells it.
  seperator: "sep_token",
  padding: "pad_token",
  cls: "cls_token",
  mask: "mask_token",
};

/** The templates, `tokenizer.chat_template` and `tokenizer.chat_template.NAME`, and the special tokens as text. */
export function ggufPrompt(header: GgufHeader): PromptSource {
  const templates: Record<string, string> = {};
  for (const [key, value] of header.metadata) {
    const match = /^tokenizer\.chat_template(?:\.(.+))?$/.exec(key);
    if (match && typeof value === "string") templates[match[1] ?? "default"] = value;
  }
  const specialTokens: Record<string, string> = {};
  const vocabulary = ggufVocabulary(header);
  for (const [role, id] of Object.entries(vocabulary?.ids ?? {})) {
    const name = tokenNames[role];
    const token = vocabulary!.tokens[id];
    if (name !== undefined && token !== undefined) specialTokens[name] = token;
  }
  return { templates, specialTokens };
}

function text(value: GgufValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function boolean(value: GgufValue | undefined): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

function strings(value: GgufValue | undefined): readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : [];
}

function numbers(value: GgufValue | undefined): readonly number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number") ? value : [];
}
