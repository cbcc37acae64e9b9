import type { Format } from "../format.ts";
import { apertus } from "./apertus.ts";
import { deepseek_r1, deepseek_v31, deepseek_v32, deepseek_v4 } from "./deepseek.ts";
import { gemma4 } from "./gemma4.ts";
import { glm45 } from "./glm45.ts";
import { granite } from "./granite.ts";
import { hermes } from "./hermes.ts";
import { inkling } from "./inkling.ts";
import { internlm } from "./internlm.ts";
import { kimi_k2 } from "./kimi.ts";
import { functionary_v3_1, llama3_json } from "./llama3.ts";
import { minicpm3 } from "./minicpm3.ts";
import { mistral, mistral_json } from "./mistral.ts";
import { openai } from "./openai.ts";
import { pythonic } from "./pythonic.ts";
import { qwen3_coder } from "./qwen3_coder.ts";

/** Every format, in the order of the documentation. */
export const formats: readonly Format[] = [
  hermes,
  qwen3_coder,
  mistral_json,
  mistral,
  llama3_json,
  functionary_v3_1,
  pythonic,
  deepseek_r1,
  deepseek_v31,
  deepseek_v32,
  deepseek_v4,
  kimi_k2,
  glm45,
  openai,
  gemma4,
  granite,
  internlm,
  minicpm3,
  apertus,
  inkling,
];

const byName: ReadonlyMap<string, Format> = new Map(
  formats.flatMap((format) => [format.name, ...(format.aliases ?? [])].map((name) => [name, format] as const)),
);

export class UnknownFormatError extends Error {
  override name = "UnknownFormatError";
  constructor(name: string) {
    super(`unknown format ${JSON.stringify(name)}; known: ${[...byName.keys()].toSorted().join(", ")}`);
  }
}

/** The format of that name or alias. Throws `UnknownFormatError`, which lists the names. */
export function getFormat(name: string): Format {
  const format = byName.get(name);
  if (!format) throw new UnknownFormatError(name);
  return format;
}
