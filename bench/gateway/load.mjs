/**
 * The load generator: a process of its own, on bare sockets, so that the machine is left to the gateway. A job comes as a message,
 * its figures go back as one. Answers are kept as they came and judged when the time is over.
 */
import { connect } from "node:net";
import { deepStrictEqual, strictEqual } from "node:assert";
import { answers, interval, now } from "./answers.mjs";

const tools = [
  {
    type: "function",
    function: {
      name: "get_weather",
      description: "The weather of the next days.",
      parameters: {
        type: "object",
        properties: { city: { type: "string" }, days: { type: "integer" }, unit: { enum: ["celsius", "fahrenheit"] } },
        required: ["city"],
      },
    },
  },
];
const messages = [
  { role: "system", content: "You are a helpful assistant." },
  { role: "user", content: "What will the weather be like in Bergen?" },
];

function requestText({ url, headers = {} }, fields) {
  const { host } = new URL(url);
  const body = JSON.stringify({ messages, tools, ...fields });
  const lines = Object.entries({ host, "content-type": "application/json", "content-length": body.length, ...headers });
  return `POST /v1/chat/completions HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`;
}

function open({ url }) {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port, noDelay: true });
  return new Promise((resolve, reject) => socket.once("connect", () => resolve(socket)).once("error", reject));
}

/** Asks as soon as the last answer is complete, until the time is over. */
async function closedLoop({ subject, model, stream, connections, seconds, events = Infinity }) {
  const text = requestText(subject, { model, stream });
  const kept = [];
  const times = [];
  const begin = performance.now();
  let left = events;
  const client = async () => {
    const socket = await open(subject);
    const until = begin + seconds * 1000;
    while (performance.now() < until && left > 0) {
      const asked = performance.now();
      const parts = await answerTo(socket, text);
      times.push(performance.now() - asked);
      left -= answers[model].tokens.length;
      // Of a long run every hundredth answer is enough to judge.
      if (events === Infinity || times.length % 100 === 1) kept.push(Buffer.concat(parts));
    }
    socket.destroy();
  };
  await Promise.all(Array.from({ length: connections }, client));
  const wall = (performance.now() - begin) / 1000;
  times.sort((a, b) => a - b);
  return { kept, figures: { count: times.length, wall, p50: at(times, 0.5), p99: at(times, 0.99) } };
}

const at = (sorted, share) => sorted[Math.floor((sorted.length - 1) * share)];

/** The bytes of one answer: its end is its length's, or the last chunk. */
function answerTo(socket, text) {
  return new Promise((resolve, reject) => {
    const parts = [];
    let missing;
    let tail = "";
    const onData = (part) => {
      parts.push(part);
      if (missing === undefined) {
        const head = Buffer.concat(parts).toString("latin1");
        const at = head.indexOf("\r\n\r\n");
        if (at === -1) return;
        const length = /content-length: *(\d+)/i.exec(head.slice(0, at))?.[1];
        missing = length === undefined ? Infinity : Number(length) + at + 4 - head.length;
      } else missing -= part.length;
      tail = (tail + part.latin1Slice(Math.max(0, part.length - 7))).slice(-7);
      if (missing > 0 && (missing < Infinity || tail !== "\r\n0\r\n\r\n")) return;
      socket.off("data", onData).off("close", onClose).off("error", onClose);
      resolve(parts);
    };
    const onClose = () => reject(new Error(`closed after ${Buffer.concat(parts).toString().slice(0, 500)}`));
    socket.on("data", onData).once("close", onClose).once("error", onClose);
    socket.write(text);
  });
}

/** The body of an answer, its chunks put together. */
function bodyOf(bytes) {
  const at = bytes.indexOf("\r\n\r\n");
  const head = bytes.toString("latin1", 0, at);
  strictEqual(head.slice(9, 12), "200", bytes.toString().slice(0, 500));
  let rest = bytes.subarray(at + 4);
  if (!/transfer-encoding: *chunked/i.test(head)) return rest.toString();
  const parts = [];
  for (;;) {
    const line = rest.indexOf("\r\n");
    const length = parseInt(rest.toString("latin1", 0, line), 16);
    if (length === 0) return Buffer.concat(parts).toString();
    parts.push(rest.subarray(line + 2, line + 2 + length));
    rest = rest.subarray(line + 4 + length);
  }
}

/** Throws unless the answer is complete and says what the model said; from Glossa, with reasoning and call told apart. */
function judge(bytes, { model, stream, parsed }) {
  const { raw, reasoning, text, call } = answers[model];
  const body = bodyOf(bytes);
  const message = { content: "", reasoning_content: "", tool_calls: [] };
  let finish;
  if (stream) {
    strictEqual(body.slice(-14), "data: [DONE]\n\n");
    for (const event of body.slice(0, -16).split("\n\n")) {
      const [choice] = JSON.parse(event.slice("data: ".length)).choices;
      if (choice) add(message, choice.delta);
      finish = choice?.finish_reason ?? finish;
    }
  } else {
    const [choice] = JSON.parse(body).choices;
    add(message, choice.message);
    finish = choice.finish_reason;
  }
  if (!parsed) return void deepStrictEqual([message.content, finish], [raw, "stop"]);
  deepStrictEqual([message.reasoning_content, message.content, finish], [reasoning, text, "tool_calls"]);
  strictEqual(message.tool_calls.length, 1);
  deepStrictEqual({ name: message.tool_calls[0].name, arguments: JSON.parse(message.tool_calls[0].arguments) }, call);
}

function add(message, { content, reasoning_content: thought, tool_calls: calls = [] }) {
  message.content += content ?? "";
  message.reasoning_content += thought ?? "";
  for (const { index = 0, function: called } of calls) {
    const known = (message.tool_calls[index] ??= { name: called.name, arguments: "" });
    known.arguments += called.arguments;
  }
}

/** A tenth of a millisecond each, ten seconds of them. */
const buckets = 100_000;

/** Many streams at once, each for as long: how late its events come, and whether all of them do. */
async function streams({ subject, count, seconds }) {
  const tokens = (seconds * 1000) / interval;
  const text = requestText(subject, { model: "paced", stream: true, max_tokens: tokens, tools: undefined });
  const late = new Uint32Array(buckets);
  const stamps = /@(\d{14}) /g;
  let [events, lost, errors] = [0, 0, 0];

  async function one() {
    const socket = await open(subject);
    let [rest, seen, last] = ["", 0, 0];
    let [start, failed] = [];
    socket.setEncoding("latin1");
    await new Promise((resolve) => {
      socket.on("data", (data) => {
        const time = now();
        const all = rest + data;
        start ??= all;
        let end = 0;
        stamps.lastIndex = 0;
        for (let match = stamps.exec(all); match; match = stamps.exec(all)) {
          end = stamps.lastIndex;
          const due = Number(match[1]);
          // The next in order, or something before it is missing.
          if (seen > 0 && due !== last + interval * 1000) lost++;
          last = due;
          seen++;
          late[Math.min(buckets - 1, Math.max(0, Math.floor((time - due) / 100)))]++;
        }
        rest = all.slice(Math.max(end, all.length - 32));
        if (rest.endsWith("\r\n0\r\n\r\n")) resolve();
      });
      socket.on("close", resolve).on("error", (error) => (failed = error.message));
      socket.write(text);
    });
    if (!rest.includes("[DONE]")) {
      errors++;
      process.stderr.write(`after ${seen} events: ${failed ?? ""} ${start ?? "nothing"}\n`);
    }
    socket.destroy();
    events += seen;
    lost += tokens - seen;
  }

  const running = [];
  for (let index = 0; index < count; index++) {
    running.push(one());
    if (index % 20 === 19) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await Promise.all(running);
  return { events, lost, errors, p50: share(late, 0.5), p99: share(late, 0.99), max: share(late, 1) };
}

/** Milliseconds that this share of the events are late at most. */
function share(late, part) {
  const all = late.reduce((sum, each) => sum + each, 0);
  let [index, sum] = [-1, 0];
  while (sum < part * all) sum += late[++index];
  return (index + 1) / 10;
}

const jobs = {
  async load(job) {
    const { kept, figures } = await closedLoop(job);
    for (const bytes of kept) judge(bytes, { ...job, parsed: job.subject.parsed });
    return figures;
  },
  streams,
};

process.on("message", async ({ job, ...options }) => {
  try {
    process.send({ figures: await jobs[job](options) });
  } catch (error) {
    process.send({ failed: String(error?.stack ?? error) });
  }
});
process.on("disconnect", () => process.exit());
