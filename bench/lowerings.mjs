/**
 * Writes, for every format and the kinds of requests that matter, what each lowering of its constraint is, texts, and which of
 * them the tag itself accepts: a line of JSON each, for `check_lowerings.py` and `check-gbnf.mjs` to put before the engines.
 *
 *     npm run build && node bench/lowerings.mjs > lowerings.jsonl
 *
 * Names of formats as arguments leave out the others.
 */
import { constrain, formats, lower, LoweringError, render } from "@glossa/core";
import { compileGrammar } from "@glossa/grammar";

const object = (properties, required) => ({ type: "object", properties, required, additionalProperties: false });
const tools = [
  {
    name: "get_weather",
    strict: true,
    parameters: object(
      {
        city: { type: "string" },
        days: { type: "integer", minimum: 1, maximum: 14 },
        unit: { enum: ["c", "f"] },
        tags: { type: "array", items: { type: "string" } },
      },
      ["city"],
    ),
  },
  { name: "get_time", strict: true, parameters: object({ tz: { type: "string" } }, ["tz"]) },
];
const loose = tools.map(({ name, parameters }) => ({ name, parameters }));
const schema = object({ answer: { type: "string" }, sure: { type: "boolean" } }, ["answer"]);
const responseFormat = { type: "json_schema", schema };

const cells = {
  required: { tools, toolChoice: "required", reasoning: "off" },
  named: { tools, toolChoice: { name: "get_weather" }, reasoning: "off" },
  auto: { tools, reasoning: "off" },
  "auto, not strict": { tools: loose, reasoning: "off" },
  "one call": { tools, toolChoice: "required", parallelToolCalls: false, reasoning: "off" },
  "required, reasoning": { tools, toolChoice: "required", reasoning: "optional" },
  "auto, reasoning": { tools, reasoning: "optional" },
  "response format": { responseFormat, reasoning: "off" },
  "calls or response format": { tools, responseFormat, reasoning: "off" },
};

function textsOf(format) {
  const { kind, prefix, length } = format.ids;
  const id = kind === "random" ? prefix + "a1B2c3D4e5F6g7H8i9J0k1L2".slice(0, length) : "0";
  const call = (name, args) => ({ type: "call", id, name, arguments: args, status: "complete" });
  const text = (value) => ({ type: "text", text: value });
  const thought = { type: "reasoning", text: "Rain or shine?" };
  const paris = call("get_weather", '{"city": "Paris", "days": 3}');
  const odd = call("get_weather", '{"city": "São \\"P\\" <b>", "unit": "c", "tags": ["a", "b"]}');
  const time = call("get_time", '{"tz": "CET"}');
  const messages = [
    [paris],
    [odd],
    [time],
    ...(format.calls.parallel ? [[paris, time]] : []),
    [text("I will look."), paris],
    [text("I will look.")],
    [text('{"answer": "yes", "sure": true}')],
    [text('{"answer": 1}')],
    ...(format.reasoning
      ? [
          [thought, paris],
          [thought, text("So."), paris],
          [thought, text('{"answer": "yes"}')],
        ]
      : []),
  ];
  // Each spelling of the section as if it were the only one; it is read by the format's own nodes.
  const spellings = (format.calls.spellings ?? []).map((nodes) => ({ ...format, calls: { ...format.calls, nodes } }));
  const written = [format, ...spellings].flatMap((way) =>
    messages.map((parts) => render(way, { parts }, { tools, verify: way === format })),
  );
  const wrong = written.flatMap((whole) => [
    ...[0.2, 0.4, 0.5, 0.6, 0.8, 0.9, 0.97].flatMap((share) => {
      const at = Math.floor(whole.length * share);
      const [before, after] = [whole.slice(0, at), whole.slice(at)];
      return [
        before,
        before + after.slice(1),
        `${before}x${after}`,
        `${before} ${after}`,
        before + whole.slice(at - 3),
      ];
    }),
    whole.replace("get_weather", "get_rain"),
    whole.replace("3", "99"),
    whole.replace("3", "2.5"),
    whole.replace("city", "town"),
    `${whole}x`,
  ]);
  return [...new Set([...written, ...wrong])];
}

const targets = {
  ebnf: (tag) => lower(tag, "ebnf").lowered,
  gbnf: (tag) => lower(tag, "gbnf").lowered.grammar,
  lark: (tag) => lower(tag, "lark").lowered,
  "xgrammar@0.1.28": (tag) => lower(tag, "xgrammar", { version: "0.1.28" }).lowered,
  "xgrammar@0.1.33": (tag) => lower(tag, "xgrammar", { version: "0.1.33" }).lowered,
  "xgrammar@0.2.3": (tag) => lower(tag, "xgrammar", { version: "0.2.3" }).lowered,
  xgrammar: (tag) => lower(tag, "xgrammar").lowered,
};

function loweringOf(write, tag) {
  try {
    return write(tag);
  } catch (error) {
    if (!(error instanceof LoweringError)) throw error;
    return { refused: error.message };
  }
}

const names = process.argv.slice(2);
for (const format of formats.filter(({ name }) => names.length === 0 || names.includes(name))) {
  const texts = textsOf(format);
  for (const [cell, request] of Object.entries(cells)) {
    const { structuralTag } = constrain(format, request);
    if (!structuralTag) continue;
    const grammar = compileGrammar(structuralTag);
    const lowerings = Object.entries(targets).map(([target, write]) => [target, loweringOf(write, structuralTag)]);
    const judged = texts.map((text) => [text, grammar.accepts(text)]);
    console.log(JSON.stringify({ format: format.name, cell, lowerings: Object.fromEntries(lowerings), texts: judged }));
  }
}
