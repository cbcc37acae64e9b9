import { spawn } from "node:child_process";
import { on } from "node:events";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { builtCommand, jsonl, records, runBuilt, runGlossa } from "./run-glossa.ts";

const raw =
  'Let me see.\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}\n</tool_call>';
const tools = [{ type: "function", function: { name: "get_weather", parameters: { type: "object" } } }];

describe("the command as a process", () => {
  test("parses, and renders what it parsed", async () => {
    const parsed = await runBuilt(["parse", "-f", "hermes"], raw);
    expect(parsed).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(parsed.stdout).tool_calls).toMatchObject([{ name: "get_weather", status: "complete" }]);
    const rendered = await runBuilt(["render", "-f", "hermes"], parsed.stdout);
    expect(rendered).toEqual({ status: 0, stdout: raw, stderr: "" });
  });

  test("10,000 lines, each answered in its place", async () => {
    const lines = jsonl(
      ...Array.from({ length: 10_000 }, (_, index) => ({ format: "hermes", raw: `${index} ${raw}`, tools })),
    );
    const { status, stdout } = await runBuilt(["parse", "--jsonl", "--cut", "4"], lines);
    expect(status).toBe(0);
    const results = records(stdout);
    expect(results.length).toBe(10_000);
    expect(results.every(({ content }, index) => content.startsWith(`${index} `))).toBe(true);
  });

  test("answers each line as it comes, not when the input ends", async () => {
    const child = spawn(process.execPath, [builtCommand, "parse", "--jsonl", "-f", "hermes"]);
    const exit = new Promise((resolve) => child.once("close", resolve));
    const output = on(child.stdout, "data", { close: ["end"] });
    for (const text of ["one", "two"]) {
      child.stdin.write(jsonl({ raw: text }));
      const { value } = await output.next();
      expect(records(String(value))[0].content).toBe(text);
    }
    child.stdin.end();
    expect(await exit).toBe(0);
  });

  test("a reader that leaves early is no fault", async () => {
    const child = spawn(process.execPath, [builtCommand, "parse", "--jsonl", "-f", "hermes"]);
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin.on("error", () => undefined);
    child.stdout.once("data", () => child.stdout.destroy());
    const timer = setInterval(() => child.stdin.write(jsonl({ raw: "x".repeat(10_000) })), 1);
    const status = await new Promise((resolve) => child.once("close", resolve));
    clearInterval(timer);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("bad usage exits with 2 and says so on standard error alone", async () => {
    expect(await runBuilt(["parse", "-f", "klingon"], raw)).toEqual({
      status: 2,
      stdout: "",
      stderr: expect.stringMatching(/^glossa: --format: unknown format "klingon"; known: .*\n$/),
    });
  });
});

describe("help and version", () => {
  test.each([[], ["parse"], ["render"], ["constrain"], ["accepts"], ["prompt"], ["check"], ["formats"], ["serve"]])(
    "glossa %s --help",
    async (...command) => {
      const { status, stdout, stderr } = await runGlossa([...command, "--help"]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toMatch(new RegExp(`^Usage: glossa ${command.join(" ")}`));
    },
  );

  test("--version is the package's", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    expect(await runGlossa(["--version"])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  test("without a command it prints the help and exits with 2", async () => {
    const { status, stderr } = await runGlossa([]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^Usage: glossa/);
  });

  test("an unknown command is refused in one line", async () => {
    const { status, stderr } = await runGlossa(["prase"]);
    expect(status).toBe(2);
    expect(stderr).toBe("glossa: unknown command 'prase' (Did you mean parse?)\n");
    const { stderr: other } = await runGlossa(["translate"]);
    expect(other).toBe("glossa: unknown command 'translate'; --help lists what there is\n");
  });
});
