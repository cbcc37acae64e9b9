import { existsSync, readFileSync } from "node:fs";
import { renderPrompt } from "@glossa/chat";
import { detect } from "@glossa/core";
import { describe, expect, test } from "vitest";
import { bundledProfiles } from "../src/index.ts";

// Templates of models belong to their makers and are not in the repository.
const file = new URL("../../../../shared/data/chat_templates/templates.jsonl", import.meta.url);
const present = existsSync(file);

interface Source {
  readonly id: string;
  readonly template: string;
  readonly bos_token: string;
  readonly eos_token: string;
}

/** Which profile says something of which template. */
const judged = {
  "qwen2.5": "qwen2.5",
  "qwq-32b": "qwq-32b",
  qwen3: "qwen3",
  "qwen3-thinking-2507": "qwen3-thinking",
  "qwen3-coder": "qwen3-coder",
  "qwen3.5": "qwen3.5",
  "llama-3.1": "llama-3.1",
  "llama-3.2": "llama-3.2",
  "mistral-7b-v0.3": "mistral-7b-v0.3",
  "mistral-nemo": "mistral-nemo",
  "deepseek-r1-0528": "deepseek-r1",
  "deepseek-v3-npm": "deepseek-v3",
  "deepseek-v3.1": "deepseek-v3.1",
  "glm-4.5": "glm-4.5",
  "glm-4.7": "glm-4.7",
  "gpt-oss": "gpt-oss",
  "seed-oss": "seed-oss",
  "minimax-m2": "minimax-m2",
  "kimi-k2.5": "kimi-k2-thinking",
  "seed-hermes3": "hermes-3",
  "hermes-2-pro": "hermes-2-pro",
  "hammer-2.1": "hammer-2.1",
  smollm3: "smollm3",
  "lfm2.5-vl": "lfm2.5",
  "gemma-3": "gemma-3",
  "gemma-4-31b": "gemma-4",
  "nemotron-3-nano": "nemotron-3",
  "seed-internlm2.5": "internlm2.5",
  "seed-minicpm3": "minicpm3",
  "seed-toolace": "toolace",
  "arch-function": "arch-function",
  "granite-4": "granite-4",
  "granite-3": "granite-3",
} as const;

/** Templates that are there and say nothing of a profile, and why. */
const unjudged = {
  "deepseek-v3.2": "its carrier wrote it anew in V3.1's markup; the makers ship none",
  "command-r-v01": "of a model that has no profile",
  "command-r-plus-rag": "of a model that has no profile",
  "functionary-v2.2": "of a model that has no profile",
  "seed-llama-3.1": "a variant with faults; the makers' own is judged",
  "seed-mistral-7b": "a variant; the makers' own is judged",
};

/** Formats that a template's markup alone does not tell. */
const undetected: Readonly<Record<string, string>> = {
  "gemma-3": "its template has no markup for calls",
};

const tool = (name: string): object => ({
  type: "function",
  function: { name, description: name, parameters: { type: "object", properties: { city: { type: "string" } } } },
});
const tools = [tool("get_weather"), tool("get_time")];
const user = { role: "user", content: "What is the weather?" };

describe.skipIf(!present)(
  `what profiles say of templates${present ? "" : " (skipped: ../shared/data/chat_templates is not there)"}`,
  () => {
    const sources = (present ? readFileSync(file, "utf8").trimEnd().split("\n") : []).map(
      (line) => JSON.parse(line) as Source,
    );

    test("is judged on every template there is", () => {
      expect(sources.map(({ id }) => id).sort()).toEqual([...Object.keys(judged), ...Object.keys(unjudged)].sort());
    });

    describe.each(Object.entries(judged))("%s: %s", (id, name) => {
      const source = sources.find((each) => each.id === id)!;
      const profile = bundledProfiles.find((each) => each.name === name)!;

      /** The prompt, or nothing where the template refuses. */
      function prompt(messages: readonly object[], offered?: readonly object[], kwargs?: object): string | undefined {
        const { template, bos_token, eos_token } = source;
        try {
          return renderPrompt(messages, {
            checkpoint: { templates: { default: template }, specialTokens: { bos_token, eos_token } },
            ...(offered && { tools: offered }),
            addGenerationPrompt: true,
            ...(kwargs && { chatTemplateKwargs: kwargs as Record<string, unknown> }),
          });
        } catch {
          return undefined;
        }
      }

      /** A message with calls and their results behind the user's. */
      function history(...names: readonly string[]): readonly object[] {
        const id = (index: number): string => (name.startsWith("kimi") ? `functions.x:${index}` : `call0000${index}`);
        return [
          user,
          {
            role: "assistant",
            content: "",
            tool_calls: names.map((name, i) => ({
              id: id(i),
              type: "function",
              function: { name, arguments: { city: `Zürich${i}` } },
            })),
          },
          ...names.map((name, i) => ({ role: "tool", tool_call_id: id(i), name, content: `RESULT${i}` })),
        ];
      }

      test("the format is the one that detection sees", () => {
        const detected = detect({ template: source.template })?.format.name;
        expect(detected).toBe(id in undetected ? undefined : profile.format);
      });

      test("tools, calls, several calls and results appear as it says", () => {
        const one = prompt(history("get_weather"), tools);
        const two = prompt(history("get_weather", "get_time"), tools);
        const seen = {
          offered: prompt([user], tools)?.includes("get_weather") ?? false,
          calls: one?.includes("Zürich0") ?? false,
          parallel: (two?.includes("Zürich0") && two.includes("Zürich1")) ?? false,
          results: one?.includes("RESULT0") ?? false,
        };
        expect(seen).toEqual(profile.tools);
      });

      test("reasoning is switched by the variable that it names, and by no other", () => {
        const { mode, kwarg, values = [], default: usual } = profile.reasoning;
        const known = ["enable_thinking", "thinking", "reasoning_effort", "thinking_budget"];
        const effective = known.filter((variable) => {
          const prompts = [true, false, "low", "high", 0, 512].map((value) =>
            prompt([user], undefined, { [variable]: value }),
          );
          return new Set(prompts.filter((each) => each !== undefined)).size > 1;
        });
        expect(effective).toEqual(mode === "switch" || mode === "level" ? [kwarg] : []);
        if (kwarg === undefined) return;
        const prompts = values.map((value) => prompt([user], undefined, { [kwarg]: value }));
        expect(new Set(prompts).size).toBe(values.length);
        // Carriers have sprinkled white space over some templates, differently where a variable is set.
        const words = (text: string | undefined): string[] | undefined => text?.trim().split(/\s+/);
        if (usual !== undefined) expect(words(prompts[values.indexOf(usual)])).toEqual(words(prompt([user])));
      });
    });
  },
);
