/**
 * What the gateway adds, beside a bare hono proxy and nothing at all, in one run over loopback:
 *
 *   npm run bench:gateway
 *   npm run bench:gateway -- --seconds 5
 *
 * The upstream is a process of its own that streams raw hermes markup, a token an event, each event a write of its own. Every
 * answer is judged: all of its text and, from Glossa, the call parsed. Latency is that of whole answers with so many
 * connections always busy. CPU is the gateway's process alone, from /proc, and so is memory: Linux only.
 */
import { fork } from "node:child_process";
import { ok, strictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { Agent, createServer, request } from "node:http";
import { fileURLToPath } from "node:url";

const self = fileURLToPath(import.meta.url);
const [role, target] = process.argv.slice(2);
const sentence = " The weather in the mountains is fine today and stays so.".repeat(8);
const words = sentence.match(/ \S+/g);
const args = '{"city": "Oslo"}';
const call = `<tool_call>\n{"name": "get_weather", "arguments": ${args}}\n</tool_call>`;
const deltas = [...words, ...call.match(/[^]{1,4}/g)];
const body = JSON.stringify({
  model: "raw",
  stream: true,
  messages: [{ role: "user", content: "?" }],
  tools: [{ type: "function", function: { name: "get_weather", parameters: { type: "object" } } }],
});

const chunk = (delta, finish = null) =>
  `data: ${JSON.stringify({ id: "x", object: "chat.completion.chunk", created: 1, model: "raw", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

const listen = (server) =>
  server.listen(0, "127.0.0.1", () => process.send(`http://127.0.0.1:${server.address().port}`));

const roles = {
  upstream() {
    const events = [...deltas.map((content) => chunk({ content })), chunk({}, "stop"), "data: [DONE]\n\n"];
    const models = JSON.stringify({ object: "list", data: [{ id: "raw", object: "model" }] });
    listen(
      createServer((asked, response) => {
        asked.resume();
        if (asked.method === "GET") return response.setHeader("content-type", "application/json").end(models);
        response.writeHead(200, { "content-type": "text/event-stream" });
        let at = 0;
        const next = () => {
          response.write(events[at++]);
          if (at < events.length) setImmediate(next);
          else response.end();
        };
        next();
      }),
    );
  },
  async glossa() {
    const { openAIChatEngine, serve } = await import("@glossa/server");
    const { url } = await serve({ engine: openAIChatEngine({ url: target, format: "hermes" }), port: 0 });
    process.send(url);
  },
  async hono() {
    const [{ Hono }, { createAdaptorServer }] = await Promise.all([import("hono"), import("@hono/node-server")]);
    const app = new Hono();
    app.post("/v1/chat/completions", async (c) => {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(target + c.req.path, { method: "POST", headers, body: await c.req.text() });
      return new Response(answer.body, { headers: { "content-type": "text/event-stream" } });
    });
    listen(createAdaptorServer({ fetch: app.fetch }));
  },
};

if (roles[role]) await roles[role]();
else await main();

async function start(...options) {
  const child = fork(self, options);
  const [url] = await new Promise((resolve) => child.once("message", (...message) => resolve(message)));
  return { url, child };
}

function ask(url, agent) {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json" };
    request(`${url}/v1/chat/completions`, { method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (data) => (text += data));
      response.on("error", reject).on("end", () => resolve({ text, milliseconds: performance.now() - start }));
    })
      .on("error", reject)
      .end(body);
  });
}

function judge(text, parsed) {
  ok(text.endsWith("data: [DONE]\n\n"), text.slice(-300));
  const events = text.split("\n\n").filter((event) => event !== "" && !event.endsWith("[DONE]"));
  const choices = events.flatMap((event) => JSON.parse(event.slice("data: ".length)).choices);
  const content = choices.map(({ delta }) => delta.content ?? "").join("");
  strictEqual(content, parsed ? sentence : sentence + call);
  if (!parsed) return;
  const calls = choices.flatMap(({ delta }) => delta.tool_calls ?? []);
  strictEqual(calls[0]?.function.name, "get_weather");
  strictEqual(calls.map((each) => each.function.arguments).join(""), args);
  strictEqual(choices.at(-1).finish_reason, "tool_calls");
}

/** Microseconds of CPU so far, in steps of 10,000. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

const memoryOf = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;

async function measure({ url, child }, connections, seconds, parsed) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times = [];
  const run = async (until, keep) => {
    while (performance.now() < until) {
      const { text, milliseconds } = await ask(url, agent);
      judge(text, parsed);
      if (keep) times.push(milliseconds);
    }
  };
  const all = (length, keep) => {
    const until = performance.now() + length * 1000;
    return Promise.all(Array.from({ length: connections }, () => run(until, keep)));
  };
  await all(seconds / 2, false);
  const [cpu, from] = [cpuOf(child.pid), performance.now()];
  await all(seconds, true);
  const wall = (performance.now() - from) / 1000;
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor((times.length - 1) * share)];
  const used = cpuOf(child.pid) - cpu;
  agent.destroy();
  return {
    perSecond: times.length / wall,
    p50: at(0.5),
    p99: at(0.99),
    perEvent: used / times.length / (deltas.length + 2),
    megabytes: memoryOf(child.pid),
  };
}

async function main() {
  const given = process.argv.indexOf("--seconds");
  const seconds = given === -1 ? 3 : Number(process.argv[given + 1]);
  const upstream = await start("upstream");
  const subjects = { "upstream alone": upstream };
  for (const name of ["hono", "glossa"]) subjects[name] = await start(name, upstream.url);
  console.log(`node ${process.version}; ${deltas.length + 2} upstream events an answer\n`);
  console.log(
    "| connections | what | answers/s | p50 ms | p99 ms | added p50 | added p99 | µs CPU/event | MB |\n| -: | - | -: | -: | -: | -: | -: | -: | -: |",
  );
  for (const connections of [1, 8, 32]) {
    let direct;
    for (const [name, subject] of Object.entries(subjects)) {
      const row = await measure(subject, connections, seconds, name === "glossa");
      direct ??= row;
      const cells = [row.perSecond, row.p50, row.p99, row.p50 - direct.p50, row.p99 - direct.p99, row.perEvent];
      const figures = [...cells.map((cell) => cell.toFixed(2)), row.megabytes.toFixed(0)];
      console.log(`| ${connections} | ${name} | ${figures.join(" | ")} |`);
    }
  }
  for (const { child } of Object.values(subjects)) child.kill();
}
