import type { Case, Corpus } from "./case.ts";
import { dsmlCases } from "./dsml.ts";

/** V4's cases with a blank behind every sentinel. */
const spaced = JSON.stringify(dsmlCases("calls")).replaceAll("｜DSML｜", "｜DSML｜ ");

export const deepseek_v41: Corpus = { format: "deepseek_v41", cases: JSON.parse(spaced) as Case[] };
