import type { Corpus } from "./case.ts";
import { hyCases } from "./hy.ts";

export const hy_v4: Corpus = { format: "hy_v4", cases: hyCases("") };
