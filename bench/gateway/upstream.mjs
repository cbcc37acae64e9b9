/**
 * The mock upstream: an engine that speaks OpenAI's chat completions as vLLM does, on bare sockets, so that the machine is left
 * to the gateway. The model's name says what it answers: `short` and `long` as fast as the connection takes it, each event a
 * write of its own; `paced` a token every ten milliseconds, `max_tokens` of them, each with the time at which it was due.
 */
import { createServer } from "node:net";
import {
  answers,
  closing,
  eventsOf,
  framed,
  interval,
  now,
  specialIds,
  stamp,
  tokenEvent,
  wholeAnswer,
} from "./answers.mjs";

const json = (text) =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
const eventHead =
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n";
const end = "0\r\n\r\n";

const models = json(
  JSON.stringify({ object: "list", data: ["short", "long", "paced"].map((id) => ({ id, object: "model" })) }),
);
const prepared = Object.fromEntries(
  Object.entries(answers).map(([model, answer]) => [
    model,
    {
      whole: Buffer.from(json(wholeAnswer(answer))),
      plain: eventsOf(answer, false).map((event) => Buffer.from(event)),
      withIds: eventsOf(answer, true).map((event) => Buffer.from(event)),
    },
  ]),
);

/** One event a turn of the loop: each leaves as a segment of its own while the other side keeps up. */
function pour(socket, events) {
  let at = 0;
  socket.write(eventHead);
  const next = () => {
    if (socket.destroyed) return;
    if (at === events.length) return void socket.write(end);
    if (socket.write(events[at++])) setImmediate(next);
    else socket.once("drain", next);
  };
  next();
}

/** What a paced event is made of, around the time at which it was due. */
function paced(ids) {
  const [before, after] = framed(tokenEvent(stamp(0), ids)).split(stamp(0));
  return { before, after };
}
const pieces = { plain: paced(false), withIds: paced(true) };

/** The streams under way, by the millisecond of their interval in which their tokens are due. */
const slots = Array.from({ length: interval }, () => new Set());
let ticked = 0;

function pace(socket, tokens, piece) {
  socket.write(eventHead);
  const begin = Math.floor(now() / 1000) + interval;
  const slot = slots[begin % interval];
  slot.add({ socket, piece, begin, tokens, sent: 0 });
  if (ticked > 0) return;
  ticked = begin;
  setInterval(tick, 1);
}

function tick() {
  const time = Math.floor(now() / 1000);
  for (let due = Math.max(ticked + 1, time - interval + 1); due <= time; due++) {
    const slot = slots[due % interval];
    for (const stream of slot) if (stream.begin <= time) send(stream, slot, time);
  }
  ticked = time;
}

/** All that is due by now. */
function send(stream, slot, time) {
  const { socket, piece, begin, tokens } = stream;
  let text = "";
  for (; stream.sent < tokens; stream.sent++) {
    const due = begin + stream.sent * interval;
    if (due > time) break;
    text += piece.before + stamp(due * 1000) + piece.after;
  }
  const ended = stream.sent === tokens;
  if (ended) text += closing(tokens).map(framed).join("") + end;
  if (ended || socket.destroyed) slot.delete(stream);
  if (!socket.destroyed) socket.write(text, "latin1");
}

function answer(socket, head, body) {
  if (head.startsWith("GET")) return void socket.write(models);
  const asked = JSON.parse(body);
  if (head.startsWith("POST /tokenize")) {
    const id = specialIds[asked.prompt];
    return void socket.write(json(JSON.stringify({ tokens: id === undefined ? [100, 101] : [id] })));
  }
  const kind = asked.return_token_ids ? "withIds" : "plain";
  if (asked.model === "paced") return pace(socket, asked.max_tokens, pieces[kind]);
  const { whole, [kind]: events } = prepared[asked.model];
  if (asked.stream) pour(socket, events);
  else socket.write(whole);
}

const server = createServer({ noDelay: true }, (socket) => {
  let received = "";
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  socket.on("data", (text) => {
    received += text;
    const at = received.indexOf("\r\n\r\n");
    if (at === -1) return;
    const head = received.slice(0, at);
    const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    // The bodies are ASCII, so that characters are bytes.
    if (received.length < at + 4 + length) return;
    const body = received.slice(at + 4, at + 4 + length);
    received = received.slice(at + 4 + length);
    answer(socket, head, body);
  });
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () =>
  process.send({ url: `http://127.0.0.1:${server.address().port}` }),
);
