import type { Corpus } from "./case.ts";
import { dsmlCases } from "./dsml.ts";

export const deepseek_v32: Corpus = { format: "deepseek_v32", cases: dsmlCases("function_calls") };
