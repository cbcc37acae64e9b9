import { getFormat } from "@glossa/core";
import type { Engine } from "../engine.ts";
import { tokenEngine } from "./token-engine.ts";

/** The engine that is always there: our own tiny model, in pure TypeScript. Its weights are read here, and only here. */
export async function demoEngine(): Promise<Engine> {
  const { loadDemoEngine } = await import("@glossa/demo-engine");
  const engine = await loadDemoEngine();
  return tokenEngine({
    name: "demo",
    kind: "demo",
    model: {
      id: engine.model,
      format: getFormat("qwen3"),
      owner: "glossa",
      description: "a demo model: tiny, made to show tool calls, not to know anything",
      fingerprint: "fp_glossa_demo_model",
    },
    engine,
  });
}
