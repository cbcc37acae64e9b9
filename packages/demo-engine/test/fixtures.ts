import { readFileSync } from "node:fs";
import type { DemoEngine, GenerateOptions, GenerateResult, PromptTool } from "../src/index.ts";

/** The rows that training/fixtures.py wrote with the Python libraries. */
export function fixture<Row>(name: string): Row[] {
  const text = readFileSync(new URL(`./fixtures/${name}.jsonl`, import.meta.url), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
}

export const WEATHER: PromptTool[] = [
  {
    function: {
      name: "get_weather",
      description: "Get the current weather",
      parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    },
  },
];

export interface Generated extends GenerateResult {
  text: string;
  ids: number[];
}

export async function collect(engine: DemoEngine, prompt: number[], options: GenerateOptions = {}): Promise<Generated> {
  const steps = engine.generate(prompt, options);
  let text = "";
  const ids: number[] = [];
  for (;;) {
    const step = await steps.next();
    if (step.done) return { ...step.value, text, ids };
    text += step.value.text;
    ids.push(...step.value.ids);
  }
}
