/**
 * What `glossa parse --jsonl` takes for many lines, in a process of its own, from its start to its end.
 *
 *   npm run bench:command -- [lines, default 10000]
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const count = Number(process.argv[2] ?? 10_000);
const raw =
  'Let me see.\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}\n</tool_call>';
const tools = [{ type: "function", function: { name: "get_weather", parameters: { type: "object" } } }];
const lines = Array.from({ length: count }, (_, index) =>
  JSON.stringify({ format: "hermes", raw: `${index} ${raw}`, tools }),
);

const command = fileURLToPath(new URL("../packages/cli/dist/main.js", import.meta.url));
const begin = performance.now();
const { status, stdout } = spawnSync(process.execPath, [command, "parse", "--jsonl", "--cut", "4"], {
  input: lines.join("\n"),
  encoding: "utf8",
  maxBuffer: Infinity,
});
const seconds = (performance.now() - begin) / 1000;
const answers = stdout.trim().split("\n").length;
if (status !== 0 || answers !== count) throw new Error(`status ${status}, ${answers} answers to ${count} lines`);
console.log(`${count} lines in ${seconds.toFixed(2)} s, ${Math.round((seconds * 1e6) / count)} us a line`);
