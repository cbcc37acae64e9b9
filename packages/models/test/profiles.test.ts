import { readdirSync, readFileSync } from "node:fs";
import { detect, formats } from "@glossa/core";
import { toJsonSchema } from "@valibot/to-json-schema";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { bundledProfiles, findProfile, parseProfile, profileSchema } from "../src/index.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const files = readdirSync(new URL("models/", root)).filter((name) => name.endsWith(".json"));
const schema = JSON.parse(read("docs/model-profile.schema.json"));
const fits = new Ajv2020({ allErrors: true, strict: true }).compile(schema);

describe.each(files)("models/%s", (file) => {
  const value = JSON.parse(read(`models/${file}`));
  const profile = parseProfile(value);

  test("is a profile, by the code and by the published schema", () => {
    expect(profile.name).toBe(file.slice(0, -".json".length));
    expect(value.$schema).toBe("../docs/model-profile.schema.json");
    expect(fits(value), JSON.stringify(fits.errors)).toBe(true);
  });

  test("is found by the names of its checkpoints, as files and tags have them", () => {
    for (const size of profile.sizes) {
      const file = `/models/${size.model.split("/")[1]}-Q4_K_M.gguf`;
      for (const name of [size.model, size.model.toLowerCase(), file, ...(size.aliases ?? [])]) {
        expect(findProfile(name), name).toMatchObject({ profile: { name: profile.name }, size: { model: size.model } });
      }
    }
  });

  test("covers its checkpoints by its patterns", () => {
    for (const { model } of profile.sizes) {
      const covering = profile.models.some((pattern) =>
        new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", ".*")}$`).test(model),
      );
      expect(covering, model).toBe(true);
    }
  });

  test("names the format that its models' names speak for", () => {
    for (const { model } of profile.sizes) {
      const detected = detect({ model });
      if (detected && detected.confidence !== "guess") expect(detected.format.name, model).toBe(profile.format);
    }
  });

  test("has layers whose heads divide", () => {
    for (const { attention } of profile.sizes) {
      for (const group of attention?.layers ?? []) {
        if ("kvHeads" in group) expect(attention!.heads % group.kvHeads).toBe(0);
      }
    }
  });
});

describe("the bundled profiles", () => {
  const values = files.map((file) => JSON.parse(read(`models/${file}`)));

  test("are the files, and the schema is the code's (else run `npm run models`)", () => {
    const profiles = values.map(parseProfile).sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(bundledProfiles).toEqual(profiles);
    expect(toJsonSchema(profileSchema, { target: "draft-2020-12" })).toEqual(schema);
  });

  test("name formats and no aliases, and no checkpoint twice", () => {
    const known = formats.map(({ name }) => name);
    for (const { format } of bundledProfiles) if (format !== undefined) expect(known).toContain(format);
    const models = bundledProfiles.flatMap(({ sizes }) => sizes.map(({ model }) => model));
    expect(new Set(models).size).toBe(models.length);
    expect(new Set(bundledProfiles.flatMap((profile) => profile.models)).size).toBe(
      bundledProfiles.flatMap((profile) => profile.models).length,
    );
  });

  test.each([
    ["NousResearch/Hermes-3-Llama-3.1-8B", "hermes-3"],
    ["hermes3:8b", "hermes-3"],
    ["qwen3:8b", "qwen3"],
    ["Qwen/Qwen3-8B-AWQ", "qwen3"],
    ["Qwen/Qwen3-4B-Instruct-2507-FP8", "qwen3-instruct"],
    ["Qwen/Qwen3-235B-A22B-Thinking-2507", "qwen3-thinking"],
    ["Qwen3-Coder-30B-A3B-Instruct-Q4_K_M.gguf", "qwen3-coder"],
    ["meta-llama/Meta-Llama-3.1-8B-Instruct", "llama-3.1"],
    ["unsloth/Llama-3.2-3B-Instruct", "llama-3.2"],
    ["mistralai/Mistral-7B-Instruct-v0.3", "mistral-7b-v0.3"],
    ["mistralai/Mistral-Small-3.2-24B-Instruct-2506", "mistral-small-3.2"],
    ["deepseek-ai/DeepSeek-V3.1-Terminus", "deepseek-v3.1"],
    ["deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "deepseek-r1-distill"],
    ["ggml-org/gpt-oss-20b-GGUF", "gpt-oss"],
    ["zai-org/GLM-4.6-FP8", "glm-4.5"],
    ["allenai/Olmo-3-32B-Think", "olmo-3-think"],
    ["LiquidAI/LFM2.5-1.2B-Instruct", "lfm2.5"],
    ["qwen3:latest", "qwen3"],
    ["somebody/Qwen3-8B-tuned", "qwen3"],
    // Other families, whose templates and contexts are others.
    ["Qwen/Qwen3-Next-80B-A3B-Thinking", undefined],
    ["Qwen/Qwen3-VL-8B-Instruct", undefined],
    ["google/gemma-3n-E4B-it", undefined],
    ["somebody/a-model-of-their-own", undefined],
    ["x".repeat(10_000), undefined],
  ])("find %s", (name, profile) => {
    expect(findProfile(name)?.profile.name).toBe(profile);
  });

  test.each([
    ["llama3.1:8b", "meta-llama/Llama-3.1-8B-Instruct"],
    ["qwen2.5:7b", "Qwen/Qwen2.5-7B-Instruct"],
    ["gemma3:27b", "google/gemma-3-27b-it"],
    ["deepseek-r1:14b", "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B"],
    ["mistral-nemo:latest", "mistralai/Mistral-Nemo-Instruct-2407"],
    ["llama3.1:8b-instruct-q4_K_M", "meta-llama/Llama-3.1-8B-Instruct"],
    // The full R1 is another model than its distills, and a tune is not the checkpoint.
    ["deepseek-ai/DeepSeek-R1-0528", "deepseek-ai/DeepSeek-R1-0528"],
    ["qwen2.5-coder:7b", undefined],
  ])("know %s, Ollama's tags among the names", (name, model) => {
    expect(findProfile(name)?.size?.model).toBe(model);
  });

  test("tell what a server asks: the context and the tools to warn at", () => {
    expect(findProfile("qwen3:8b")).toMatchObject({ contextLength: 40960, toolsSoftCap: 10 });
    expect(findProfile("NousResearch/Hermes-2-Pro-Llama-3-8B")?.contextLength).toBe(8192);
    // Of a checkpoint that is not listed, the family tells what is safe to assume.
    const unlisted = findProfile("Qwen/Qwen2.5-Coder-7B-Instruct");
    expect(unlisted).toMatchObject({ toolsSoftCap: 10 });
    expect(unlisted).not.toHaveProperty("contextLength");
    expect(findProfile("openai/gpt-oss-120b")?.toolsSoftCap).toBe(20);
  });
});
