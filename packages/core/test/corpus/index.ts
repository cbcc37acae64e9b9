import { apertus } from "./apertus.ts";
import type { Corpus } from "./case.ts";
import { deepseek_r1 } from "./deepseek_r1.ts";
import { deepseek_v31 } from "./deepseek_v31.ts";
import { deepseek_v32 } from "./deepseek_v32.ts";
import { deepseek_v4 } from "./deepseek_v4.ts";
import { functionary_v3_1 } from "./functionary_v3_1.ts";
import { gemma4 } from "./gemma4.ts";
import { glm45 } from "./glm45.ts";
import { granite } from "./granite.ts";
import { hermes } from "./hermes.ts";
import { inkling } from "./inkling.ts";
import { internlm } from "./internlm.ts";
import { kimi_k2 } from "./kimi_k2.ts";
import { llama3_json } from "./llama3_json.ts";
import { minicpm3 } from "./minicpm3.ts";
import { mistral } from "./mistral.ts";
import { mistral_json } from "./mistral_json.ts";
import { openai } from "./openai.ts";
import { pythonic } from "./pythonic.ts";
import { qwen3_coder } from "./qwen3_coder.ts";

/** Every format's cases; a new format adds its file here. */
export const corpora: readonly Corpus[] = [
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
