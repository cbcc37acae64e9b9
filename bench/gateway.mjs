/**
 * What the gateway adds to a request, beside other gateways, in one run over loopback: see README.md.
 *
 *   npm run bench:gateway                       all of it, five minutes
 *   npm run bench:gateway -- --quick            shorter rounds and streams, one minute
 *   npm run bench:gateway -- --only load        or streams, or memory
 *   npm run bench:gateway -- --profile DIR      a CPU profile of each gateway of ours
 */
import { ok } from "node:assert";
import { parseArgs } from "node:util";
import { answers } from "./gateway/answers.mjs";
import { ask, cpuOf, memoryOf, start, startGlossa, startLoad, startPortkey, stop } from "./gateway/processes.mjs";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    profile: { type: "string" },
    streams: { type: "string", default: "1000" },
    seconds: { type: "string" },
    subject: { type: "string" },
  },
});
const { quick, only } = options;
const rounds = quick ? 1 : 3;
const seconds = quick ? 1 : 1.5;
const wants = (part) => only === undefined || only === part;

const upstream = await start("upstream.mjs");
const load = startLoad();
const profiled = options.profile ? ["--cpu-prof", `--cpu-prof-dir=${options.profile}`] : [];
const startOurs = (engine) => startGlossa(engine, upstream.url, profiled);

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const figure = (number) =>
  number === undefined ? "" : number.toFixed(Math.abs(number) >= 100 ? 0 : Math.abs(number) >= 10 ? 1 : 2);

/** One round of one subject: what the load generator saw, and what the gateway's process took for it. */
async function round(subject, job) {
  const before = cpuOf(subject.child);
  const { figures } = await ask(load, { job: "load", subject: addressOf(subject), ...job });
  const cpu = cpuOf(subject.child) - before;
  const { tokens } = answers[job.model];
  return {
    count: figures.count,
    perSecond: figures.count / figures.wall,
    p50: figures.p50,
    p99: figures.p99,
    perRequest: cpu / figures.count,
    perEvent: job.stream ? cpu / figures.count / (tokens.length + 3) : undefined,
    memory: memoryOf(subject.child),
  };
}

const addressOf = ({ url, headers, parsed }) => ({ url, headers, parsed });

async function loads() {
  const starts = {
    direct: () => upstream,
    hono: () => start("hono.mjs", upstream.url),
    portkey: () => startPortkey(upstream.url),
    "glossa, vllm": () => startOurs("vllm"),
    "glossa, openai-chat": () => startOurs("openai-chat"),
  };
  const subjects = {};
  for (const [name, begin] of Object.entries(starts)) {
    if (options.subject && name !== "direct" && name !== options.subject) continue;
    const subject = await begin();
    if (subject) subjects[name] = subject;
    else process.stderr.write("portkey is not installed: npm run portkey\n");
  }
  const names = Object.keys(subjects);
  const kinds = [
    { model: "short", stream: false },
    { model: "long", stream: true },
  ];
  // Code is compiled by how often it has run, not by how long.
  for (const kind of kinds)
    for (const name of names) await round(subjects[name], { ...kind, connections: 8, seconds: quick ? 2 : 3 });
  const lines = [];
  const faster = [];
  for (const { model, stream } of kinds)
    for (const connections of [1, 8, 32]) {
      const job = { model, stream, connections, seconds };
      const measured = Object.fromEntries(names.map((name) => [name, []]));
      for (const name of names) await round(subjects[name], { ...job, seconds: seconds / 3 });
      for (let index = 0; index < rounds; index++)
        for (const name of names) measured[name].push(await round(subjects[name], job));
      const rate = (name) => median(measured[name].map(({ perSecond }) => perSecond));
      const ours = names.at(-1);
      if (subjects.portkey && ours !== "portkey") faster.push(figure(rate(ours) / rate("portkey")));
      for (const name of names) {
        const of = (key, from) => median(measured[name].map((one, at) => one[key] - (from ? from[at][key] : 0)));
        const added = name === "direct" ? [] : [of("p50", measured.direct), of("p99", measured.direct)];
        const cpu = name === "direct" ? [] : [of("perRequest"), stream ? of("perEvent") : undefined, of("memory")];
        const what = `${stream ? "streamed" : "whole"}, ${answers[model].tokens.length} tokens`;
        const [added50, added99] = added;
        const [perRequest, perEvent, memory] = cpu;
        lines.push([
          what,
          connections,
          name,
          ...[of("perSecond"), of("p50"), of("p99"), added50, added99, perRequest, perEvent, memory].map(figure),
        ]);
        process.stderr.write(`${lines.at(-1).join(" | ")}\n`);
      }
    }
  const head = [
    "answer",
    "connections",
    "through",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "added p50",
    "added p99",
    "µs CPU/request",
    "µs CPU/event",
    "RSS MB",
  ];
  const align = ["-", "-:", "-", "-:", "-:", "-:", "-:", "-:", "-:", "-:", "-:"];
  await Promise.all(names.slice(1).map((name) => stop(subjects[name].child)));
  const table = [head, align, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  const [ours] = names.slice(-1);
  return faster.length === 0
    ? table
    : `${table}\n\nRequests/s of ${ours} by Portkey's, row by row: ${faster.join(", ")}.`;
}

/** Ten seconds are the end of the scale. */
const late = (milliseconds) => (milliseconds >= 10_000 ? "10,000 or more" : milliseconds);

/** Many streams at a model's pace: the mock itself as the measure of what this machine can be held to. */
async function streams() {
  const count = Number(options.streams);
  const lines = [];
  for (const [name, subject, length] of [
    ["direct", upstream, quick ? 5 : 10],
    ["glossa, openai-chat", await startOurs("openai-chat"), Number(options.seconds ?? (quick ? 10 : 60))],
  ]) {
    const processes = { gateway: subject.child, upstream: upstream.child, client: load };
    const before = Object.values(processes).map(cpuOf);
    const begin = performance.now();
    const memory = [];
    const sampler = setInterval(() => memory.push(memoryOf(subject.child)), 1000);
    const { figures } = await ask(load, { job: "streams", subject: addressOf(subject), count, seconds: length });
    clearInterval(sampler);
    const wall = (performance.now() - begin) * 1000;
    const cores = Object.entries(processes).map(([, child], index) => (cpuOf(child) - before[index]) / wall);
    const { events, lost, errors, p50, p99, max } = figures;
    const share = name === "direct" ? "" : `gateway ${cores[0].toFixed(2)} cores, `;
    const perEvent = name === "direct" ? "" : `${((cores[0] * wall) / events).toFixed(1)} µs CPU an event; `;
    const rss = [0.1, 0.5, 0.99].map((part) => memory[Math.floor(part * memory.length)]?.toFixed(0)).join(", ");
    lines.push(
      `${count} streams of 100 tokens/s for ${length} s, ${name}: ${events} events, lost ${lost}, failed streams ${errors}; ` +
        `late by p50 ${late(p50)} ms, p99 ${late(p99)} ms, at most ${late(max)} ms; ${perEvent}` +
        `${share}mock ${cores[1].toFixed(2)}, client ${cores[2].toFixed(2)}` +
        (name === "direct" ? "" : `; RSS near the start, in the middle, at the end: ${rss} MB`),
    );
    process.stderr.write(`${lines.at(-1)}\n`);
    if (subject !== upstream) await stop(subject.child);
  }
  return lines.join("\n\n");
}

/** A million events through one process: what is left of them after a collection. */
async function memory() {
  const subject = await startOurs("openai-chat");
  const job = { model: "long", stream: true, connections: 32 };
  const mega = (bytes) => (bytes / 2 ** 20).toFixed(1);
  const lines = [];
  for (const events of [100_000, quick ? 200_000 : 1_000_000]) {
    const { count } = await round(subject, { ...job, seconds: 3600, events });
    ok(count * answers.long.tokens.length >= events, `${count} answers`);
    // The connections of this load are closed by now on both sides.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { heapUsed, external, rss } = await ask(subject.child, "memory");
    lines.push(
      `after ${events} events more: heap ${mega(heapUsed)} MB, external ${mega(external)} MB, RSS ${mega(rss)} MB`,
    );
  }
  await stop(subject.child);
  return `One process, collected: ${lines.join("; ")}.`;
}

const parts = [];
if (wants("load")) parts.push(await loads());
if (wants("streams")) parts.push(await streams());
if (wants("memory")) parts.push(await memory());
console.log(`node ${process.version}${quick ? ", --quick" : ""}\n\n${parts.join("\n\n")}`);
process.exit();
