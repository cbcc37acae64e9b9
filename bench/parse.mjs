/**
 * Microseconds per delta of four characters, for one hermes call with 10 KB to 10 MB of arguments: @glossa/core beside
 * the hermes stream parser of @ai-sdk-tool/parser, in the same run, on the same text, with equal results.
 *
 *   npm run bench            every size
 *   npm run bench -- 1000000 sizes up to that many characters
 */
import { deepStrictEqual } from "node:assert";
import { hermesProtocol } from "@ai-sdk-tool/parser";
import { createParser, getFormat } from "@glossa/core";
import { do_not_optimize, measure } from "mitata";

const DELTA = 4;
const sizes = [10_000, 100_000, 1_000_000, 10_000_000];
/** Ten times more would take the peer an hour. */
const PEER_LIMIT = 100_000;

const toolName = "write_file";
const schema = { type: "object", properties: { path: { type: "string" }, lines: { type: "array" } } };

/** Arguments of about `size` characters as a model writes them: strings with escapes, numbers, nesting. */
function makeArguments(size) {
  const lines = [];
  for (let length = 0; length < size;) {
    const line = {
      number: lines.length,
      text: `const s = "naïve \\n ${lines.length}"; // {tricky}\t→`,
      done: lines.length % 2 === 0,
    };
    lines.push(line);
    length += JSON.stringify(line).length + 2;
  }
  return { path: "src/main.ts", lines };
}

function cutIntoDeltas(text) {
  const deltas = [];
  for (let start = 0; start < text.length; start += DELTA) deltas.push(text.slice(start, start + DELTA));
  return deltas;
}

function runGlossa(deltas) {
  const parser = createParser(getFormat("hermes"), { tools: [{ name: toolName, parameters: schema }] });
  let events = 0;
  let text = "";
  const take = (list) => {
    events += list.length;
    for (const event of list) if (event.type === "call-arguments") text += event.delta;
  };
  for (const delta of deltas) take(parser.push(delta));
  take(parser.end());
  do_not_optimize(events);
  return text;
}

async function runPeer(deltas) {
  const stream = hermesProtocol().createStreamParser({
    tools: [{ type: "function", name: toolName, inputSchema: schema }],
  });
  const writer = stream.writable.getWriter();
  const written = (async () => {
    for (const delta of deltas) await writer.write({ type: "text-delta", id: "0", delta });
    await writer.write({ type: "finish", finishReason: { unified: "stop", raw: "stop" }, usage: {} });
    await writer.close();
  })();
  let input = "";
  const reader = stream.readable.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (value.type === "tool-call") input = value.input;
  }
  await written;
  return input;
}

/** The floor under the peer's figures: its deltas through a stream that does nothing. */
async function runStreamAlone(deltas) {
  const stream = new TransformStream();
  const writer = stream.writable.getWriter();
  const written = (async () => {
    for (const delta of deltas) await writer.write({ type: "text-delta", id: "0", delta });
    await writer.close();
  })();
  const reader = stream.readable.getReader();
  let count = 0;
  while (!(await reader.read()).done) count++;
  await written;
  return count;
}

/** Median microseconds a delta; passes of seconds are timed three times and not as often as mitata would. */
async function microseconds(pass, deltas) {
  const options = deltas.length > 300_000 ? { min_samples: 3, max_samples: 3, min_cpu_time: 0, warmup_samples: 0 } : {};
  const { p50 } = await measure(pass, options);
  return p50 / 1e3 / deltas.length;
}

/** The peer's pass over one size: timed once where it takes half a minute, and judged. */
async function peerMicroseconds(deltas, source) {
  const start = performance.now();
  const input = await runPeer(deltas);
  const once = ((performance.now() - start) * 1e3) / deltas.length;
  deepStrictEqual(JSON.parse(input), source, "the peer's arguments are not those of the source");
  return deltas.length > 10_000 ? once : microseconds(async () => do_not_optimize(await runPeer(deltas)), deltas);
}

const format = (value) => (value === undefined ? "-" : value.toFixed(3)).padStart(12);
const limit = Number(process.argv[2] ?? Infinity);
const rows = [];
console.log(
  `node ${process.version}, ${process.arch}; microseconds per delta of ${DELTA} characters (median), hermes, one call`,
);
console.log(
  `${"arguments".padStart(12)}${"deltas".padStart(12)}${"ours".padStart(12)}${"peer".padStart(12)}${"stream".padStart(12)}${"peer/ours".padStart(12)}`,
);
for (const size of sizes.filter((each) => each <= limit)) {
  const source = makeArguments(size);
  const text = JSON.stringify(source);
  const deltas = cutIntoDeltas(`<tool_call>\n{"name": "${toolName}", "arguments": ${text}}\n</tool_call>`);
  if (runGlossa(deltas) !== text) throw new Error(`@glossa/core: the arguments of ${size} are not those of the source`);
  const ours = await microseconds(() => do_not_optimize(runGlossa(deltas)), deltas);
  const floor = await microseconds(async () => do_not_optimize(await runStreamAlone(deltas)), deltas);
  const peer = size <= PEER_LIMIT ? await peerMicroseconds(deltas, source) : undefined;
  rows.push({ size, ours, peer });
  const ratio = peer === undefined ? "-" : `${(peer / ours).toFixed(0)}x`;
  console.log(
    `${String(size).padStart(12)}${String(deltas.length).padStart(12)}${format(ours)}${format(peer)}${format(floor)}${ratio.padStart(12)}`,
  );
}

console.log(
  "\npeer: @ai-sdk-tool/parser 4.1.26; its figure holds that of `stream`, a TransformStream that does nothing.",
);
console.log(
  `It is measured up to ${PEER_LIMIT} characters, beyond 10,000 deltas in one pass: its time a delta grows with the text before.`,
);
for (const column of ["ours", "peer"]) {
  const measured = rows.filter((row) => row[column] !== undefined);
  const [first, last] = [measured[0], measured.at(-1)];
  if (!first || first === last) continue;
  console.log(`${column}, from ${first.size} to ${last.size}: ${(last[column] / first[column]).toFixed(2)}x a delta`);
}
