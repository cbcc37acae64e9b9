import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jsonl, records, runGlossa } from "./run-glossa.ts";

const model = fileURLToPath(new URL("../../demo-engine/model", import.meta.url));
const template =
  "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<a>{% endif %}";
const messages = [{ role: "user", content: "Hi" }];

let folder = "";
const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "glossa-prompt-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("glossa prompt", () => {
  test("writes the prompt to the letter, with a model's template", async () => {
    const outcome = await runGlossa(["prompt", "-m", model, "-g"], JSON.stringify(messages));
    expect(outcome).toEqual({
      status: 0,
      stderr: "",
      stdout: "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",
    });
    const { stdout } = await runGlossa(
      ["prompt", "-m", join(model, "glossa-demo.Q8_0.gguf"), "-g"],
      JSON.stringify({ messages }),
    );
    expect(stdout).toBe(outcome.stdout);
  });

  test("takes everything from files and options", async () => {
    const source =
      "{{ bos_token }}{{ eos_token }}{{ tools }}{{ documents }}{{ x }}{{ strftime_now('%d.%m.') }}{{ messages[0].content }}";
    const argv = ["prompt", file("messages.json", '[{"role": "user", "content": [1.0, {"2": 3, "1": 4}]}]')];
    argv.push("--template", file("template.jinja", source), "-t", file("tools.json", '[{"name": "f"}]'));
    argv.push("--documents", file("documents.json", '[{"title": "d"}]'), "--kwargs", '{"x": 2.0}');
    argv.push("--bos-token", "<s>", "--eos-token", "</s>", "--now", "2025-07-15T12:00:00");
    const { status, stdout, stderr } = await runGlossa(argv);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toBe("<s></s>[{'name': 'f'}][{'title': 'd'}]2.015.07.[1.0, {'2': 3, '1': 4}]");
  });

  test("leaves the last message open", async () => {
    const open = [...messages, { role: "assistant", content: "So" }];
    const argv = [
      "prompt",
      "--template",
      file("open.jinja", "{% for m in messages %}[{{ m.content }}]{% endfor %}"),
      "--continue-final-message",
    ];
    expect((await runGlossa(argv, JSON.stringify(open))).stdout).toBe("[Hi][So");
  });

  test.each([
    [
      "no template",
      ["prompt"],
      JSON.stringify(messages),
      "glossa: template: found nothing, expected template or model_dir",
    ],
    ["no messages", ["prompt", "-m", model], "{}", "glossa: messages: found nothing, expected an array of messages"],
    ["no JSON", ["prompt", "-m", model], "[", "glossa: file: standard input is not JSON"],
    [
      "a word",
      ["prompt", "-m", model],
      '"x"',
      "glossa: file: is neither an array of messages nor an object with messages",
    ],
    ["no model", ["prompt", "-m", "/nowhere"], "[]", "glossa: --model: /nowhere: there is no such file or directory"],
    [
      "a model of the Hub that nobody fetched",
      ["prompt", "-m", "hf:org/name-that-nobody-has"],
      "[]",
      "glossa: --model: hf:org/name-that-nobody-has: is not in the cache",
    ],
    ["no name of the Hub", ["prompt", "-m", "hf:a/b/c", "--download"], "[]", "is no name of a model such as hf:"],
    ["a path to download", ["prompt", "-m", model, "--download"], "[]", "is no model of the Hub"],
    [
      "a bad time",
      ["prompt", "-m", model, "--now", "noon"],
      "[]",
      'glossa: --now: found "noon", expected a local time such as',
    ],
    [
      "bad variables",
      ["prompt", "-m", model, "--kwargs", "[]"],
      "[]",
      "glossa: --kwargs: found an array, expected an object",
    ],
  ])("says what is wrong: %s", async (_, argv, input, message) => {
    const { status, stdout, stderr } = await runGlossa(argv, input);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  });

  test("says what a template says, and where", async () => {
    const refusing = file("refusing.jinja", "a\n{{ raise_exception('Roles must alternate') }}");
    const { status, stderr } = await runGlossa(["prompt", "--template", refusing], JSON.stringify(messages));
    expect({ status, stderr }).toEqual({ status: 2, stderr: "glossa: template line 2: Roles must alternate\n" });
  });
});

describe("glossa prompt --jsonl", () => {
  test("answers each line, in order", async () => {
    const input = jsonl(
      { template, messages, bos_token: "<s>", add_generation_prompt: true },
      { model_dir: model, messages, add_generation_prompt: true },
      { template: "{{ raise_exception('No: ' ~ messages|length) }}", messages },
      { template: "{{ messages[0].content.x.y }}", messages },
      "",
      { template: "{% if %}", messages },
      { template, messages: "Hi" },
      { messages },
      { template, messages, bos_token: 5 },
      { model_dir: "/nowhere", messages },
      '{"template": "{{ messages[0].content }} {{ n }} {{ strftime_now(\'%H:%M\') }}", "messages": [{"content": {"b": 1.0, "1": 1e2}}], "chat_template_kwargs": {"n": 12345678901234567890}, "now": "2025-01-01 08:30"}',
    );
    const { status, stdout, stderr } = await runGlossa(["prompt", "--jsonl"], input);
    expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
    const error = (line: number, field: string | null, message: string): unknown => ({
      error: { line, field, message },
    });
    expect(records(stdout)).toEqual([
      { prompt: "<s><user>Hi<a>" },
      { prompt: "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n" },
      error(3, "template line 1", "No: 1"),
      error(4, "template line 1", "'str object' has no attribute 'x'"),
      error(6, "template line 1", "Expected an expression, got 'end of statement block'"),
      error(7, "messages", 'found "Hi", expected an array of messages'),
      error(8, "template", "found nothing, expected template or model_dir"),
      error(9, "bos_token", "found 5, expected a string"),
      error(10, "model_dir", "/nowhere: there is no such file or directory"),
      { prompt: "{'b': 1.0, '1': 100.0} 12345678901234567890 08:30" },
    ]);
  });

  test("takes from the options what a line does not say", async () => {
    const input = jsonl({ messages }, { messages, template: "own", add_generation_prompt: false });
    const argv = ["prompt", "--jsonl", "-g", "--template", file("common.jinja", template)];
    const { status, stdout } = await runGlossa(argv, input);
    expect(status).toBe(0);
    expect(records(stdout)).toEqual([{ prompt: "<user>Hi<a>" }, { prompt: "own" }]);
  });
});
