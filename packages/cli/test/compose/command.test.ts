import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { runGlossa } from "../run-glossa.ts";

let directory: string;
beforeAll(async () => void (directory = await mkdtemp(join(tmpdir(), "glossa-compose-"))));
afterAll(() => rm(directory, { recursive: true }));

describe("glossa compose", () => {
  test("says what models take, and writes nothing unless asked to", async () => {
    const { status, stdout } = await runGlossa(["compose", "-m", "Qwen/Qwen3-8B", "-g", "48"]);
    expect(status).toBe(0);
    expect(stdout.split("\n")[0]).toMatch(/^MODEL +ENGINE +CARDS +WEIGHTS +CACHE +OVERHEAD +NEEDS +MAY TAKE$/);
    expect(stdout).toMatch(
      /^Qwen\/Qwen3-8B +vllm +0 +15\.3 GiB bf16 +9\.0 GiB = 4 x 16384 tokens +2\.0 GiB +26\.3 GiB +0\.9 of 48 GiB$/m,
    );
  });

  test("tells the sums of what does not fit, and then what it is", async () => {
    const { status, stdout, stderr } = await runGlossa(["compose", "-m", "Qwen/Qwen3-32B", "-g", "24"]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^ {2}Qwen\/Qwen3-32B on one card: weights 61\.1 GiB/);
    expect(stderr).toMatch(/card 0: 24 GiB x 0\.9 = 21\.6 GiB\n/);
    expect(stderr.trimEnd().split("\n").at(-1)).toBe("glossa: models[0]: Qwen/Qwen3-32B does not fit");
  });

  test("writes a project, the same again without a word, and no other over it", async () => {
    const out = join(directory, "project");
    const argv = ["compose", "-m", "Qwen/Qwen3-8B", "Qwen/Qwen3-4B", "-g", "2x48", "--context", "8192", "-o", out];
    const first = await runGlossa(argv);
    expect(first.stdout).toContain(join(out, "grafana", "dashboards", "glossa.json"));
    const text = await readFile(join(out, "compose.yaml"), "utf8");
    expect(Object.keys(parse(text).services)).toEqual(["glossa", "qwen3-8b", "qwen3-4b", "prometheus", "grafana"]);
    expect((await runGlossa(argv)).status).toBe(0);

    await writeFile(join(out, "glossa.config.yaml"), "models: []\n");
    const refused = await runGlossa(argv);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain(
      `glossa: --out: ${join(out, "glossa.config.yaml")} is there and says something else`,
    );
    expect((await runGlossa([...argv, "--force"])).status).toBe(0);
    expect(await readFile(join(out, "glossa.config.yaml"), "utf8")).toContain("Qwen/Qwen3-8B");
  });

  test("takes YAML and JSON, and tells where either is wrong", async () => {
    const json = join(directory, "stack.json");
    await writeFile(json, JSON.stringify({ gpus: [{ memory: 48 }], models: [{ model: "Qwen/Qwen3-8B" }] }));
    expect((await runGlossa(["compose", json])).status).toBe(0);
    const yaml = join(directory, "stack.yaml");
    await writeFile(yaml, "models:\n  - model: Qwen/Qwen3-8B\n  engine: [\n");
    const broken = await runGlossa(["compose", yaml]);
    expect(broken.status).toBe(2);
    expect(broken.stderr).toMatch(/^glossa: file: .*stack\.yaml: .* at line \d+/);
    await writeFile(yaml, "models:\n  - model: Qwen/Qwen3-8B\n    contxt: 5\n");
    const wrong = await runGlossa(["compose", yaml]);
    expect(wrong.stderr).toMatch(/^glossa: models\[0\]\.contxt: there is no such field; there are model, /);
  });

  test.each([
    [["compose"], "glossa: --model: found nothing, expected the models to serve, or a file that says so\n"],
    [["compose", "x.yaml", "-g", "80"], "glossa: --gpu: the file x.yaml says that; expected one or the other\n"],
    [["compose", "-m", "Qwen/Qwen3-8B", "-g", "big"], /-g, --gpu <GiB\.\.\.>.*Allowed: GiB of a card, or NUMBERxGIB/],
    [["compose", "-m", "Qwen/Qwen3-8B", "--context", "-1"], /Allowed: a whole number from 1/],
    [["compose", "-m", "Qwen/Qwen3-8B", "-e", "tgi"], /Allowed choices are vllm, sglang, llamacpp/],
    [["compose", "nowhere.yaml"], /^glossa: file: /],
  ])("%j is refused in one line", async (argv, message) => {
    const { status, stderr } = await runGlossa(argv);
    expect(status).toBe(2);
    if (typeof message === "string") expect(stderr).toBe(message);
    else expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n").length).toBe(1);
  });
});

describe("glossa models", () => {
  test("lists every profile, and shows one by any name of a model", async () => {
    const { stdout } = await runGlossa(["models"]);
    const list = JSON.parse((await runGlossa(["models", "--json"])).stdout);
    expect(list.length).toBeGreaterThan(50);
    for (const { name } of list) expect(stdout).toMatch(new RegExp(`^${name.replaceAll(".", "\\.")} `, "m"));
    const shown = await runGlossa(["models", "/models/Qwen3-8B-Q4_K_M.gguf"]);
    expect(shown.stdout).toContain("reasoning      enable_thinking: true, false (not given: true)\n");
    expect(shown.stdout).toMatch(/^Qwen\/Qwen3-8B +8\.19B +bf16 +40960 +10 +144 KiB$/m);
    const json = JSON.parse((await runGlossa(["models", "gpt-oss", "--json"])).stdout);
    expect(json).toMatchObject({ name: "gpt-oss", format: "openai" });
  });

  test.each(["arch-function", "deephermes-3", "deepseek-v4", "kimi-k2", "qwq-32b", "seed-oss"])(
    "shows %s",
    async (name) => {
      const { status, stdout } = await runGlossa(["models", name]);
      expect(status).toBe(0);
      expect(stdout).not.toMatch(/undefined|NaN|\[object/);
      expect(stdout).toMatch(/^from: https:/m);
    },
  );

  test("says where the model is not listed and only its family is known", async () => {
    const note = "note: me/Qwen2.5-7B-Tuned is not listed; this is of its family\n";
    expect((await runGlossa(["models", "me/Qwen2.5-7B-Tuned"])).stdout).toContain(note);
    for (const listed of ["qwen2.5", "qwen2.5:7b-instruct"])
      expect((await runGlossa(["models", listed])).stdout).not.toContain("is not listed");
  });

  test("says where there is none", async () => {
    const { status, stderr } = await runGlossa(["models", "klingon"]);
    expect(status).toBe(2);
    expect(stderr).toBe('glossa: name: there is no profile of "klingon"; `glossa models` lists what there is\n');
  });
});
