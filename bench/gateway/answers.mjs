/** What the upstream's model says, as its server streams it: raw hermes markup, and what a parser has to read in it. */

const city = "Bergen";
const thought = "The user asks how the weather is. I should call get_weather and say so first.";

/** `length`: how often the sentence of the reasoning comes. */
function answer(length) {
  const reasoning = Array.from({ length }, () => thought).join(" ");
  const text = `I'll look up the weather in ${city} for you.`;
  const call = { name: "get_weather", arguments: { city, days: 3, unit: "celsius" } };
  const json = JSON.stringify(call);
  const raw = `<think>\n${reasoning}\n</think>\n\n${text}\n<tool_call>\n${json}\n</tool_call>`;
  return { raw, reasoning, text, call, tokens: tokensOf(raw) };
}

/** The special tokens alone, everything else in pieces of four characters or so, as tokens have. */
function tokensOf(raw) {
  return raw.match(/<\/?think>|<\/?tool_call>|\n+|[^\n<]{1,4}/g);
}

export const answers = { short: answer(1), long: answer(6) };

/** Ids of the tokens that are markup; any other has one that says nothing. */
export const specialIds = { "<think>": 1, "</think>": 2, "<tool_call>": 3, "</tool_call>": 4 };

/** Milliseconds between two tokens of the paced stream. */
export const interval = 10;

/** A piece of the paced stream says when it was due, in microseconds of the machine's monotonic clock, in 16 characters. */
export const stamp = (microseconds) => `@${String(microseconds).padStart(14, "0")} `;
export const now = () => Number(process.hrtime.bigint() / 1000n);

const head = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "m" };
const usage = (completion) => ({ prompt_tokens: 9, completion_tokens: completion, total_tokens: 9 + completion });

/** An event as a chunk of HTTP. */
export function framed(value) {
  const data = `data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`;
  return `${Buffer.byteLength(data).toString(16)}\r\n${data}\r\n`;
}

/** One token's event; with its id where vLLM was asked for ids. */
export const tokenEvent = (content, ids, first = {}) => ({
  ...head,
  ...first,
  choices: [
    {
      index: 0,
      delta: { content },
      logprobs: null,
      finish_reason: null,
      ...(ids && { token_ids: [specialIds[content] ?? 100] }),
    },
  ],
});

/** The events behind the last token's. */
export const closing = (completion) => [
  { ...head, choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: "stop" }] },
  { ...head, choices: [], usage: usage(completion) },
  "[DONE]",
];

/** All of an answer's events, framed. */
export const eventsOf = ({ tokens }, ids) =>
  [
    ...tokens.map((token, index) => tokenEvent(token, ids, index === 0 && ids ? { prompt_text: "assistant\n" } : {})),
    ...closing(tokens.length),
  ].map(framed);

/** The same answer in one object. */
export const wholeAnswer = ({ raw, tokens }) =>
  JSON.stringify({
    ...head,
    object: "chat.completion",
    choices: [{ index: 0, message: { role: "assistant", content: raw }, logprobs: null, finish_reason: "stop" }],
    usage: usage(tokens.length),
  });
