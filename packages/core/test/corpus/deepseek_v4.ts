import type { Corpus } from "./case.ts";
import { dsmlCases } from "./dsml.ts";

export const deepseek_v4: Corpus = { format: "deepseek_v4", cases: dsmlCases("tool_calls") };
