import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CheckpointError, GgufTruncatedError, readCheckpoint, readGguf, renderPrompt } from "../src/index.ts";
import { loadCheckpoint } from "../src/node.ts";
import { ggufFile } from "./gguf-file.ts";

const json = JSON.stringify;

describe("templates", () => {
  test("in files come before the one in the configuration", () => {
    const config = json({ chat_template: "config" });
    expect(readCheckpoint({ "tokenizer_config.json": config }).templates).toEqual({ default: "config" });
    expect(readCheckpoint({ "tokenizer_config.json": config, "chat_template.jinja": "file" }).templates).toEqual({
      default: "file",
    });
    expect(
      readCheckpoint({
        "tokenizer_config.json": config,
        "chat_template.jinja": new TextEncoder().encode("fílé"),
        "chat_templates/tool_use.jinja": "tools",
        "chat_templates/rag.jinja": "rag",
        "other.jinja": "no",
      }).templates,
    ).toEqual({ default: "fílé", tool_use: "tools", rag: "rag" });
    expect(readCheckpoint({ "chat_template.json": json({ chat_template: "legacy" }) }).templates).toEqual({
      default: "legacy",
    });
    expect(readCheckpoint({}).templates).toEqual({});
  });

  test("may be several in the configuration", () => {
    const named = [
      { name: "default", template: "a" },
      { name: "tool_use", template: "b" },
    ];
    expect(readCheckpoint({ "tokenizer_config.json": json({ chat_template: named }) }).templates).toEqual({
      default: "a",
      tool_use: "b",
    });
    expect(() => readCheckpoint({ "tokenizer_config.json": json({ chat_template: [{ name: "x" }] }) })).toThrow(
      "tokenizer_config.json: chat_template[0] is not {name, template}",
    );
    expect(() => readCheckpoint({ "chat_template.json": json({ chat_template: 5 }) })).toThrow(
      "chat_template.json: chat_template is neither text nor a list",
    );
  });
});

describe("special tokens", () => {
  const tokens = (config: unknown, legacy?: unknown): Readonly<Record<string, string>> =>
    readCheckpoint({
      "tokenizer_config.json": json(config),
      ...(legacy !== undefined && { "special_tokens_map.json": json(legacy) }),
    }).specialTokens;

  test("are text or AddedToken", () => {
    const added = { __type: "AddedToken", content: "<s>", lstrip: false };
    expect(
      tokens({ bos_token: added, eos_token: "</s>", pad_token: null, add_bos_token: true, image_token: "<image>" }),
    ).toEqual({
      bos_token: "<s>",
      eos_token: "</s>",
      image_token: "<image>",
    });
    expect(tokens({ extra_special_tokens: { video_token: "<video>" } })).toEqual({ video_token: "<video>" });
  });

  test("come from the old map only where the configuration is old", () => {
    const map = { bos_token: { content: "B" }, additional_special_tokens: ["x"] };
    expect(tokens({ bos_token: "A" }, map)).toEqual({ bos_token: "B" });
    expect(tokens({ bos_token: "A", added_tokens_decoder: {} }, map)).toEqual({ bos_token: "A" });
  });
});

test("the other files are kept", () => {
  const checkpoint = readCheckpoint({
    "tokenizer.json": '{"model": {}}',
    "tokenizer_config.json": json({ model_max_length: 8 }),
    "generation_config.json": json({ temperature: 0.6 }),
  });
  expect(checkpoint.tokenizer).toBe('{"model": {}}');
  expect(checkpoint.tokenizerConfig).toEqual({ model_max_length: 8 });
  expect(checkpoint.generationConfig).toEqual({ temperature: 0.6 });
  expect(checkpoint.vocabulary).toBeUndefined();
});

test("a file that can't be read is named", () => {
  expect(() => readCheckpoint({ "tokenizer_config.json": "{" })).toThrow(/^tokenizer_config\.json: is not JSON: /);
  expect(() => readCheckpoint({ "generation_config.json": "[]" })).toThrow(
    "generation_config.json: is not a JSON object",
  );
  expect(() => readCheckpoint({ "chat_template.jinja": new Uint8Array([0xff]) })).toThrow(
    "chat_template.jinja: is not UTF-8 text",
  );
});

describe("a GGUF file", () => {
  const metadata = {
    "general.name": "Test",
    "general.size": 2n ** 60n,
    "tokenizer.chat_template": "{{ bos_token }}{{ messages[0].content }}",
    "tokenizer.chat_template.tool_use": "tools",
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "qwen2",
    "tokenizer.ggml.tokens": ["<s>", "</s>", "é"],
    "tokenizer.ggml.token_type": [3, 3, 1],
    "tokenizer.ggml.scores": new Float32Array([0, 0.5, -1]),
    "tokenizer.ggml.merges": [],
    "tokenizer.ggml.bos_token_id": 0,
    "tokenizer.ggml.eos_token_id": 1,
    "tokenizer.ggml.padding_token_id": 7,
    "tokenizer.ggml.add_bos_token": true,
    nested: [[1, 2], [3]],
    rate: 0.5,
  };

  test.each([2, 3])("of version %i has templates, special tokens and a vocabulary", (version) => {
    const checkpoint = readCheckpoint({ "model.gguf": ggufFile(metadata, version) });
    expect(checkpoint.templates).toEqual({ default: metadata["tokenizer.chat_template"], tool_use: "tools" });
    expect(checkpoint.specialTokens).toEqual({ bos_token: "<s>", eos_token: "</s>" });
    expect(checkpoint.vocabulary).toEqual({
      model: "gpt2",
      pre: "qwen2",
      tokens: ["<s>", "</s>", "é"],
      types: [3, 3, 1],
      scores: [0, 0.5, -1],
      merges: [],
      ids: { bos: 0, eos: 1, padding: 7 },
      addBos: true,
      addEos: undefined,
      addSpacePrefix: undefined,
    });
    expect(renderPrompt([{ role: "user", content: "x" }], { checkpoint })).toBe("<s>x");
  });

  test("gives its values as they are", () => {
    const { metadata: read } = readGguf(ggufFile(metadata));
    expect([read.get("general.size"), read.get("nested"), read.get("rate")]).toEqual([2n ** 60n, [[1, 2], [3]], 0.5]);
  });

  test("leaves the word to the files beside it", () => {
    const files = {
      "model.gguf": ggufFile(metadata),
      "chat_template.jinja": "mine",
      "tokenizer_config.json": json({ bos_token: "B" }),
    };
    const { templates, specialTokens } = readCheckpoint(files);
    expect({ templates, specialTokens }).toEqual({
      templates: { default: "mine" },
      specialTokens: { bos_token: "B", eos_token: "</s>" },
    });
  });

  test("cut off anywhere in its header is told from one that is none", () => {
    const bytes = ggufFile({ "a.b": "text", list: ["x", "y"], flag: true });
    for (let end = 0; end < bytes.length; end++)
      expect(() => readGguf(bytes.subarray(0, end))).toThrow(GgufTruncatedError);
    expect(readGguf(bytes).metadata.size).toBe(3);
    expect(() => readGguf(new TextEncoder().encode("GGML1234"))).toThrow("does not begin with GGUF");
    expect(() => readGguf(ggufFile({}, 1))).toThrow("is GGUF version 1; 2 and 3 are supported");
    const unknown = ggufFile({ a: true });
    unknown[unknown.length - 5] = 99;
    expect(() => readGguf(unknown)).toThrow("a value of the unknown type 99");
  });
});

describe("on the disk", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "glossa-chat-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function write(path: string, content: string | Uint8Array): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }

  test("a directory of a model", async () => {
    write("tokenizer_config.json", json({ bos_token: "<s>" }));
    write("chat_template.jinja", "a");
    write("chat_templates/rag.jinja", "b");
    write("chat_templates/notes.txt", "c");
    write("weights.safetensors", "no");
    const { templates, specialTokens } = await loadCheckpoint(root);
    expect({ templates, specialTokens }).toEqual({
      templates: { default: "a", rag: "b" },
      specialTokens: { bos_token: "<s>" },
    });
  });

  test("a directory of the Hugging Face cache, with its links", async () => {
    write("blobs/abc", "from main");
    write("snapshots/111/chat_template.jinja", "old");
    mkdirSync(join(root, "snapshots/222"), { recursive: true });
    symlinkSync("../../blobs/abc", join(root, "snapshots/222/chat_template.jinja"));
    write("refs/main", "222");
    write("refs/pr/1", "111\n");
    const of = async (revision?: string): Promise<string | undefined> =>
      (await loadCheckpoint(root, { revision })).templates["default"];
    expect(await of()).toBe("from main");
    expect(await of("pr/1")).toBe("old");
    expect(await of("111")).toBe("old");
    await expect(of("v9")).rejects.toThrow('has no snapshot of "v9"; its snapshots are 111, 222');
  });

  test("a cache that has lost its refs", async () => {
    write("snapshots/111/chat_template.jinja", "only");
    expect((await loadCheckpoint(root)).templates).toEqual({ default: "only" });
    write("snapshots/222/chat_template.jinja", "other");
    await expect(loadCheckpoint(root)).rejects.toThrow('has no snapshot of "main"');
  });

  test("a GGUF file whose header is longer than the first read", async () => {
    const tokens = Array.from({ length: 400_000 }, (_, index) => `token-${index}`);
    write("model.gguf", ggufFile({ "tokenizer.chat_template": "t", "tokenizer.ggml.tokens": tokens }));
    const checkpoint = await loadCheckpoint(join(root, "model.gguf"));
    expect(checkpoint.vocabulary?.tokens.length).toBe(400_000);
    expect((await loadCheckpoint(root)).templates).toEqual({ default: "t" });
    write("cut.gguf", ggufFile({ a: "b" }).subarray(0, 30));
    await expect(loadCheckpoint(join(root, "cut.gguf"))).rejects.toThrow("ends within the GGUF header");
  });

  test("the demo model, by its directory and by its GGUF file", async () => {
    const model = fileURLToPath(new URL("../../demo-engine/model/", import.meta.url));
    const template = readFileSync(join(model, "chat_template.jinja"), "utf8");
    const checkpoint = await loadCheckpoint(join(model, "glossa-demo.Q8_0.gguf"));
    expect(checkpoint.templates["default"]?.trim()).toBe(template.trim());
    const { model: tokenizer } = JSON.parse((await loadCheckpoint(model)).tokenizer!) as {
      model: { vocab: Record<string, number> };
    };
    for (const [token, id] of Object.entries(tokenizer.vocab)) expect(checkpoint.vocabulary?.tokens[id]).toBe(token);
  });

  test("what is no checkpoint", async () => {
    await expect(loadCheckpoint(join(root, "nothing"))).rejects.toThrow("there is no such file or directory");
    await expect(loadCheckpoint(root)).rejects.toThrow(CheckpointError);
    await expect(loadCheckpoint(root)).rejects.toThrow("has none of tokenizer.json, ");
    await expect(loadCheckpoint(root, { revision: "main" })).rejects.toThrow(
      "is no directory of the Hugging Face cache",
    );
    write("notes.txt", "x");
    await expect(loadCheckpoint(join(root, "notes.txt"))).rejects.toThrow("is neither a directory nor a .gguf file");
    expect((await loadCheckpoint({ "chat_template.jinja": "x" })).templates).toEqual({ default: "x" });
  });
});
