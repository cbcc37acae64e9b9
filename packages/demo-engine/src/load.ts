/** Reads the model that lies beside the package. The only file here that needs Node. */
import { readFile } from "node:fs/promises";
import { DemoEngine } from "./engine.ts";

export async function loadDemoEngine(): Promise<DemoEngine> {
  const path = (name: string): URL => new URL(`../model/${name}`, import.meta.url);
  const [config, tokenizer, weights] = await Promise.all([
    readFile(path("config.json"), "utf8"),
    readFile(path("tokenizer.json"), "utf8"),
    readFile(path("weights.bin")),
  ]);
  return DemoEngine.fromFiles({ config, tokenizer, weights });
}
