import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ggufFile } from "../../chat/test/gguf-file.ts";
import { byteLevelTokenizer, chatTokens } from "../../chat/test/small-tokenizers.ts";
import { remedies } from "../src/check/fault.ts";
import { cleanTemplate, mistralTemplate } from "./check-fixtures.ts";
import { runGlossa } from "./run-glossa.ts";

const config = { bos_token: "<s>", eos_token: "<|im_end|>" };
/** As models of this kind have it: the words of calls are no special tokens. */
const tokenizer = byteLevelTokenizer(chatTokens);

let folder = "";
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "glossa-check-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A model's directory; what is no text becomes JSON. */
function model(files: Readonly<Record<string, string | object>>): string {
  const path = join(folder, `model-${count++}`);
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) {
    const isBytes = typeof content === "string" || content instanceof Uint8Array;
    writeFileSync(join(path, name), isBytes ? content : JSON.stringify(content));
  }
  return path;
}

function templateFile(text: string): string {
  const path = join(folder, `template-${count++}.jinja`);
  writeFileSync(path, text);
  return path;
}

async function report(argv: readonly string[]): Promise<any> {
  const { status, stdout, stderr } = await runGlossa(["check", "--json", ...argv]);
  expect(stderr).toBe("");
  return { status, ...JSON.parse(stdout) };
}

const clean = (): string =>
  model({ "chat_template.jinja": cleanTemplate, "tokenizer_config.json": config, "tokenizer.json": tokenizer });

describe("glossa check", () => {
  test("a model without a fault", async () => {
    const path = clean();
    const { status, stdout, stderr } = await runGlossa(["check", path]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^model {7}\S.*\ntemplate {4}the model's own\nformat {6}hermes \(certain\): /);
    expect(stdout).toContain("\nread back   9 of 9 messages as they were\n");
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("no faults");
    expect(await report([path])).toMatchObject({
      status: 0,
      ok: true,
      model: path,
      template: null,
      format: { name: "hermes", confidence: "certain" },
      faults: [],
      compared: 0,
      differences: [],
    });
  });

  test("a fault, what was seen of it, and what to do", async () => {
    const path = model({ "chat_template.jinja": `{{ bos_token }}${cleanTemplate}`, "tokenizer_config.json": config });
    const { status, stdout } = await runGlossa(["check", path]);
    expect(status).toBe(1);
    expect(stdout).toContain(
      `\ndoubled-bos\n    seen  a plain question: the prompt begins with <s> twice: "<s><s><|im_start|>user\\nW"…\n    do    ${remedies["doubled-bos"]}\n`,
    );
    expect(stdout).toMatch(/\n1 fault\n$/);
  });

  test("allowed faults are told and do not count", async () => {
    const path = model({ "chat_template.jinja": `{{ bos_token }}${cleanTemplate}`, "tokenizer_config.json": config });
    const { status, stdout } = await runGlossa(["check", path, "--allow", "single-call, doubled-bos"]);
    expect(status).toBe(0);
    expect(stdout).toContain("\ndoubled-bos (allowed)\n");
    expect(stdout).toMatch(/\nno faults, and 1 allowed\n$/);
    expect(await report([path, "--allow", "single-call", "--allow", "doubled-bos"])).toMatchObject({
      status: 0,
      ok: true,
      faults: [{ code: "doubled-bos", allowed: true, remedy: remedies["doubled-bos"] }],
    });
  });

  test("the beginning of a text that the tokenizer writes as well", async () => {
    const postProcessor = {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
      pair: [],
      special_tokens: { "<s>": { id: "<s>", ids: [idOf("<s>")], tokens: ["<s>"] } },
    };
    const files = { "chat_template.jinja": cleanTemplate, "tokenizer_config.json": config };
    const path = model({ ...files, "tokenizer.json": { ...tokenizer, post_processor: postProcessor } });
    expect(await codes(path)).toEqual(["doubled-bos-tokenizer"]);
    expect(await codes(model({ ...files, "tokenizer_config.json": { ...config, add_bos_token: true } }))).toEqual([
      "doubled-bos-tokenizer",
    ]);
  });

  test("markers that are special tokens", async () => {
    const tokens = [...chatTokens, { content: "[TOOL_CALLS]", special: true }];
    const path = model({
      "chat_template.jinja": mistralTemplate,
      "tokenizer_config.json": { bos_token: "<s>", eos_token: "</s>" },
      "tokenizer.json": byteLevelTokenizer(tokens),
    });
    const { status, faults } = await report([path]);
    expect(status).toBe(1);
    expect(faults).toMatchObject([
      { code: "special-markers", seen: "[TOOL_CALLS] is a special token, gone where the engine skips those" },
    ]);
    const listed = { added_tokens_decoder: { "7": { content: "<tool_call>", special: true } } };
    const other = model({ "chat_template.jinja": cleanTemplate, "tokenizer_config.json": { ...config, ...listed } });
    expect(await codes(other)).toEqual(["special-markers"]);
  });

  test("a GGUF file", async () => {
    const tokens = ["<s>", "<|im_end|>", "<tool_call>"];
    const bytes = ggufFile({
      "tokenizer.chat_template": cleanTemplate,
      "tokenizer.ggml.model": "gpt2",
      "tokenizer.ggml.tokens": tokens,
      "tokenizer.ggml.token_type": [3, 3, 3],
      "tokenizer.ggml.bos_token_id": 0,
      "tokenizer.ggml.eos_token_id": 1,
      "tokenizer.ggml.add_bos_token": true,
    });
    const path = join(model({ "model.gguf": bytes }), "model.gguf");
    expect(await codes(path)).toEqual(["doubled-bos-tokenizer", "special-markers"]);
  });
});

describe("a template of one's own", () => {
  test("the same one is the same", async () => {
    const { status, stdout } = await runGlossa(["check", clean(), "--template", templateFile(cleanTemplate)]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/\ncompared {4}(\d+) of \1 prompts as the model's own template has them\n/);
  });

  test("is compared token by token", async () => {
    const other = templateFile(cleanTemplate.replaceAll('<|im_end|>\\n"', '<|im_end|>"'));
    const { status, stdout } = await runGlossa(["check", clean(), "--template", other]);
    expect(status).toBe(1);
    expect(stdout).toContain("\ndiffers\n");
    const all = await report([clean(), "--template", other]);
    const { conversation, character, token, both, own, other: changed } = all.differences[0];
    const before = "<s><|im_start|>user\nWhich ferries leave before noon?<|im_end|>";
    expect({ conversation, character }).toEqual({ conversation: "a plain question", character: before.length });
    expect(both.at(-1)).toBe("<|im_end|>");
    expect(own.pieces.slice(0, 3)).toEqual(["\n", "<|im_start|>", "assistant"]);
    expect(changed.pieces.slice(0, 2)).toEqual(["<|im_start|>", "assistant"]);
    // <s>, <|im_start|>, user, the line break, and what the question has.
    expect(token).toBeGreaterThan(10);
    expect(stdout).toMatch(
      new RegExp(`\\na plain question: character ${character}, token ${token}, and \\d+ more like it\\n`),
    );
    expect(stdout).toContain("\n    own   ⏎|<|im_start|>|assistant|⏎…\n    this  <|im_start|>|assistant|⏎…\n");
  });

  test("is compared by words where there is no tokenizer", async () => {
    const path = model({ "chat_template.jinja": cleanTemplate, "tokenizer_config.json": config });
    const other = templateFile(
      cleanTemplate.replace("These functions can be called:", "These functions may be called:"),
    );
    const { status, differences, notes } = await report([path, "--template", other]);
    expect(status).toBe(1);
    expect(notes).toContain("there is no tokenizer: prompts were compared by words");
    expect(differences[0]).toMatchObject({
      conversation: "tools offered",
      both: expect.arrayContaining(["functions", " "]),
    });
    expect(differences[0].own.pieces[0]).toBe("can");
    expect(differences[0].other.pieces[0]).toBe("may");
    expect(differences[0]).not.toHaveProperty("token");
    expect((await report([path, "--template", other, "--allow", "differs"])).status).toBe(0);
  });

  test("one template refuses what the other writes", async () => {
    const refusing = cleanTemplate.replace(
      '{%- elif message.role == "tool" %}',
      '{%- elif message.role == "tool" %}{{ raise_exception("no such role") }}',
    );
    const { differences, faults } = await report([clean(), "--template", templateFile(refusing)]);
    expect(faults.map(({ code }: { code: string }) => code)).toEqual(["results-dropped", "differs"]);
    expect(differences[0]).toMatchObject({ both: [], other: { error: "no such role" } });
    expect(differences[0].own.pieces[0]).toBe("<s>");
  });

  test("tells which faults are the model's own, and which are mended", async () => {
    const path = model({
      "chat_template.jinja": cleanTemplate
        .replace("{{- bos_token }}", "{{- bos_token }}{{ bos_token }}")
        .replace("message.tool_calls or []", "(message.tool_calls or [])[:1]"),
      "tokenizer_config.json": config,
    });
    const other = templateFile(cleanTemplate.replace("message.tool_calls or []", "(message.tool_calls or [])[:1]"));
    const { faults, mended } = await report([path, "--template", other]);
    expect(faults).toMatchObject([
      { code: "single-call", inherited: true },
      { code: "differs", inherited: false },
    ]);
    expect(mended).toMatchObject([{ code: "doubled-bos" }]);
    const { stdout } = await runGlossa(["check", path, "--template", other]);
    expect(stdout).toContain("\nsingle-call (the model's own template has it too)\n");
    expect(stdout).toContain("\nmended      doubled-bos: ");
  });

  test("is enough where the model has none", async () => {
    const path = model({ "tokenizer_config.json": config });
    const { status, compared, notes } = await report([path, "--template", templateFile(cleanTemplate)]);
    expect({ status, compared }).toEqual({ status: 0, compared: 0 });
    expect(notes).toContain("the model has no template of its own to compare with");
  });
});

describe("the format", () => {
  test("can be given, and is what calls are read back with", async () => {
    const path = clean();
    const { status, format, faults } = await report([path, "--format", "llama3_json"]);
    expect(status).toBe(1);
    expect(format).toEqual({ name: "llama3_json", confidence: "certain", reason: "it was given" });
    expect(faults.map(({ code }: { code: string }) => code)).toContain("round-trip");
  });

  test("may be unknown", async () => {
    const path = model({ "chat_template.jinja": cleanTemplate.replaceAll("tool_call>", "use>") });
    const { format, round_trips: roundTrips, notes } = await report([path]);
    expect({ format, roundTrips }).toEqual({ format: null, roundTrips: [] });
    expect(notes.join("\n")).toContain("name one with --format");
  });

  test("special tokens that the files don't name are told", async () => {
    const { notes } = await report([model({ "chat_template.jinja": mistralTemplate })]);
    expect(notes).toContain("the template has bos_token, which the files of the model don't name");
    expect(notes).toContain("the template has eos_token, which the files of the model don't name");
  });

  test("a tokenizer that can't be read is told, and does no harm", async () => {
    const files = { "chat_template.jinja": cleanTemplate, "tokenizer_config.json": config };
    const { status, notes } = await report([model({ ...files, "tokenizer.json": "{" })]);
    expect(status).toBe(0);
    expect(notes.join("\n")).toContain("the tokenizer can't be read: tokenizer.json: ");
  });

  test("a response_template that can't be read is told, and does no harm", async () => {
    const path = model({
      "chat_template.jinja": cleanTemplate,
      "tokenizer_config.json": { ...config, response_template: { fields: 3 } },
    });
    const { format, notes } = await report([path]);
    expect(format.name).toBe("hermes");
    expect(notes.join("\n")).toContain("the response_template of tokenizer_config.json can't be read: ");
  });
});

describe("what can't be checked exits with 2", () => {
  test.each([
    ["no such directory", () => [join(folder, "nothing")], /^glossa: model: .*there is no such file or directory\n$/],
    [
      "no template",
      () => [model({ "tokenizer_config.json": config })],
      /^glossa: model: .* has no chat template, and --template names none\n$/,
    ],
    [
      "a template that is none",
      () => [clean(), "--template", templateFile("a\n{% if %}")],
      /^glossa: --template: line 2: /,
    ],
    [
      "a model's template that is none",
      () => [model({ "chat_template.jinja": "{{ a" })],
      /^glossa: model: the template default: line 1: /,
    ],
    [
      "a fault that there is not",
      () => [clean(), "--allow", "single-calls"],
      /^glossa: --allow: found "single-calls", expected /,
    ],
    [
      "a format that there is not",
      () => [clean(), "--format", "klingon"],
      /^glossa: --format: unknown format "klingon"/,
    ],
    ["no model", () => [], /^glossa: missing required argument 'model'\n$/],
  ])("%s", async (_, argv, message) => {
    const { status, stdout, stderr } = await runGlossa(["check", ...argv()]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });
});

async function codes(path: string): Promise<string[]> {
  const { faults } = await report([path]);
  return faults.map(({ code }: { code: string }) => code);
}

function idOf(content: string): number {
  const { added_tokens: added } = tokenizer as { readonly added_tokens: readonly { id: number; content: string }[] };
  return added.find((token) => token.content === content)!.id;
}
