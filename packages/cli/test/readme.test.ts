import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { formats } from "@glossa/core";
import { afterEach, describe, expect, test, vi } from "vitest";
import { describeFormat } from "../src/describe-format.ts";
import { runGlossa } from "./run-glossa.ts";

const root = new URL("../../../", import.meta.url);
const readme = readFileSync(new URL("README.md", root), "utf8");

describe("README", () => {
  test("says first how to start and how to test", () => {
    const commands = [...readme.matchAll(/^ {4}(npm ci && npm \w+)/gm)].map(([, command]) => command);
    expect(commands).toEqual(["npm ci && npm start", "npm ci && npm test"]);
    expect(readme.indexOf("npm ci && npm test")).toBeLessThan(300);
  });

  test.each(formats.map((format) => [format.name, format] as const))("has %s in the table of formats", (_, format) => {
    expect(readme.split("\n")).toContain(formatRow(format));
  });

  test("has every engine that `glossa serve` offers", async () => {
    const { stdout } = await runGlossa(["serve", "--help"]);
    const choices = [.../choices:\s+([^)]*)\)/.exec(stdout)![1]!.matchAll(/"([^"]+)"/g)].map(([, name]) => name);
    expect(choices.length).toBeGreaterThan(3);
    for (const name of choices) expect(readme).toContain(`\n| \`${name}\` | `);
  });

  test("links to files that are there", () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path!);
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
  });
});

describe("the examples of README", () => {
  const files = readdirSync(new URL("examples/", root)).filter((name) => name.endsWith(".ts"));
  const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!);

  afterEach(() => {
    vi.restoreAllMocks();
    delete process.env["VLLM_URL"];
  });

  /** Runs an example and returns what it printed. */
  async function runExample(name: string): Promise<any[]> {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    await import(new URL(`examples/${name}`, root).href);
    return log.mock.calls.map(([value]) => value);
  }

  test("are the files in examples, to the letter", () => {
    const texts = files.map((name) => readFileSync(new URL(`examples/${name}`, root), "utf8"));
    expect(blocks.toSorted()).toEqual(texts.toSorted());
    expect(files.length).toBe(3);
  });

  test("parse-stream.ts prints the events and the parts", async () => {
    const printed = await runExample("parse-stream.ts");
    expect(printed.slice(0, -1).map(({ type }) => type)).toEqual(
      expect.arrayContaining(["reasoning", "text", "call-start", "call-end"]),
    );
    expect(printed.at(-1)).toMatchObject([
      { type: "reasoning", text: "The user wants the weather." },
      { type: "text", text: expect.stringMatching(/^Let me see\./) },
      { type: "call", name: "get_weather", arguments: '{"city": "Zürich"}', status: "complete" },
    ]);
  });

  test("serve-vllm.ts prints the call that the model wrote", async () => {
    const vllm = createServer((request, response) => void answerAsVllm(request, response));
    await new Promise<void>((resolve) => vllm.listen(0, "127.0.0.1", resolve));
    process.env["VLLM_URL"] = `http://127.0.0.1:${(vllm.address() as AddressInfo).port}`;
    try {
      const [calls] = await runExample("serve-vllm.ts");
      expect(calls).toMatchObject([
        { type: "function", function: { name: "get_weather", arguments: '{"city": "Zürich"}' } },
      ]);
    } finally {
      vllm.close();
    }
  });

  test("constrain.ts prints a structural tag", async () => {
    const [request, coverage] = await runExample("constrain.ts");
    const tag = JSON.parse(request.structured_outputs.structural_tag);
    expect(tag.type).toBe("structural_tag");
    expect(JSON.stringify(tag)).toContain("get_weather");
    expect(coverage).toBeDefined();
  });
});

/** The row of the README's table for a format. */
function formatRow(format: (typeof formats)[number]): string {
  const { name, aliases, models, reasoning, notation } = describeFormat(format);
  const code = (texts: readonly string[]): string =>
    texts.map((text) => `\`${text.replaceAll("|", "\\|")}\``).join(", ");
  const families = [...new Set(models.map((model) => model.split("/").pop()!.replaceAll(/-?\*/g, "")))];
  return `| ${code([name])} | ${code(aliases)} | ${families.join(", ")} | ${code(reasoning)} | ${notation.join(", ")} |`;
}

/** As much of vLLM's server as one chat completion takes. */
async function answerAsVllm(request: IncomingMessage, response: ServerResponse): Promise<void> {
  for await (const _ of request);
  if (request.url === "/v1/models") {
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify({ object: "list", data: [{ id: "Qwen/Qwen3-8B", object: "model", owned_by: "vllm" }] }),
    );
    return;
  }
  response.setHeader("content-type", "text/event-stream");
  const send = (chunk: object): boolean => response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  send({ prompt_text: "<|im_start|>assistant\n", choices: [] });
  for (const content of [
    '<tool_call>\n{"name": "get_weather", "argu',
    'ments": {"city": "Zürich"}}\n</tool',
    "_call>",
  ]) {
    send({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
  }
  send({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
  response.end("data: [DONE]\n\n");
}
