/** What Python's literals and Gemma's notation differ in, as pieces of a grammar. */
import type { Notation } from "../format.ts";
import { gemmaStyle, literalText, pythonStyle, pythonString, type LiteralStyle } from "../render/literal-text.ts";
import { readJsonText } from "../values/json-tree.ts";
import { ConstrainError } from "./constrain-error.ts";
import { gemmaGrammar, pythonGrammar } from "./literal-ebnf.ts";
import { narrowed } from "./pattern.ts";
import { oneOf, sequence, tag, type Piece } from "./pieces.ts";
import { rawText, stringLimits } from "./raw-text.ts";
import type { SchemaObject } from "./schema.ts";
import type { Format } from "./structural-tag.ts";

export type WriteKey = (name: string) => readonly Piece[] | undefined;

export interface LiteralNotation {
  readonly words: LiteralStyle["words"];
  readonly separator: Piece;
  readonly sorted: boolean;
  /** What stands around all arguments. */
  readonly around: readonly [open: string, close: string];
  /** The name of an argument with what stands between it and its value; undefined for one that cannot be written. */
  readonly argument: WriteKey;
  /** The same for a key of a nested object. */
  readonly key: WriteKey;
  /** The same for an argument, or a key, of any name. */
  readonly anyArgument: Piece;
  readonly anyKey: Piece;
  readonly string: (schema: SchemaObject, path: string) => Format;
  /** The ways of writing one value. */
  readonly constant: (value: unknown, path: string) => readonly Format[];
  readonly anyValue: Format;
  readonly anyObject: Format;
  readonly anyArguments: readonly Piece[];
}

const literal = (value: unknown, style: LiteralStyle): string =>
  literalText(readJsonText(JSON.stringify(value)), style);

/** Half of a character, which no JSON reader likes, has no escape. */
const pythonEscape = String.raw`\\(?:["'\\nrtbf]|u(?:[0-9a-cA-Ce-fE-F][0-9a-fA-F]|[dD][0-7])[0-9a-fA-F]{2}|x[0-9a-fA-F]{2})`;

/** One character of a Python string in quotes of that kind, or an escape. */
const pythonCharacter = (quote: string): string => `(?:[^${quote}\\\\\\n\\r]|${pythonEscape})`;

/** A string in single or in double quotes. */
function pythonStringGrammar(schema: SchemaObject, path: string): Format {
  const { pattern, least, most } = stringLimits(schema, path);
  if (pattern !== undefined) {
    return sequence("'", { type: "regex", pattern: narrowed(pattern, "'\"\\\n\r", path) }, "'");
  }
  const quoted = (quote: string): string => `${quote}${pythonCharacter(quote)}*${quote}`;
  if (least === 0 && most === undefined) return { type: "regex", pattern: `${quoted("'")}|${quoted('"')}` };
  return oneOf(
    ["'", '"'].map((quote) => {
      const character: Format = { type: "regex", pattern: pythonCharacter(quote) };
      return sequence(quote, { type: "repeat", min: least, max: most ?? -1, content: character }, quote);
    }),
  );
}

/** What Python takes for the name of an argument. */
const identifier = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/** `'Paris'`, and `"Paris"` where that needs no other escapes. */
function pythonSpellings(text: string): readonly Piece[] {
  const single = pythonString(text);
  const double = `"${single.slice(1, -1)}"`;
  return [single, ...(single.startsWith("'") && !/["']/.test(single.slice(1, -1)) ? [double] : [])];
}

const python: LiteralNotation = {
  words: pythonStyle.words,
  separator: { type: "regex", pattern: ", ?" },
  sorted: pythonStyle.sorted,
  around: ["", ""],
  argument: (name) => (identifier.test(name) ? [`${name}=`] : undefined),
  key: (name) => [oneOf(pythonSpellings(name).map((key) => sequence(key, ": ")))],
  anyArgument: { type: "regex", pattern: "[a-zA-Z_][a-zA-Z0-9_]*=" },
  anyKey: sequence(pythonStringGrammar({}, ""), ": "),
  string: pythonStringGrammar,
  constant: (value) =>
    (typeof value === "string" ? pythonSpellings(value) : [literal(value, pythonStyle)]).map((each) => sequence(each)),
  anyValue: { type: "grammar", grammar: pythonGrammar("value") },
  anyObject: { type: "grammar", grammar: pythonGrammar("object") },
  anyArguments: [{ type: "grammar", grammar: pythonGrammar("arguments") }],
};

const gemmaKeyOf =
  (quote: string, style: LiteralStyle): WriteKey =>
  (name) =>
    name.includes(quote) ? undefined : [style.key(name)];

const gemmaKey: Format = { type: "regex", pattern: "[a-zA-Z0-9_.+\\-]+:" };

const gemma = (quote: string, sorted: boolean): LiteralNotation => {
  const style = gemmaStyle(quote, sorted);
  return {
    words: style.words,
    separator: style.separator,
    sorted,
    around: ["{", "}"],
    argument: gemmaKeyOf(quote, style),
    key: gemmaKeyOf(quote, style),
    anyArgument: gemmaKey,
    anyKey: gemmaKey,
    string: (schema, path) => tag(quote, ...rawText(schema, [quote], path), quote),
    constant: (value, path) => {
      if (typeof value === "string" && value.includes(quote)) {
        throw new ConstrainError(path, `the value ${JSON.stringify(value)} holds the quote ${quote}`);
      }
      return [sequence(literal(value, style))];
    },
    anyValue: { type: "grammar", grammar: gemmaGrammar(quote, "value") },
    anyObject: { type: "grammar", grammar: gemmaGrammar(quote, "object") },
    anyArguments: [{ type: "grammar", grammar: gemmaGrammar(quote, "entries") }],
  };
};

/** The pieces of a notation that is built from literals; undefined for the others. */
export function literalNotation(notation: Notation): LiteralNotation | undefined {
  if (notation.kind === "python") return python;
  return notation.kind === "gemma" ? gemma(notation.quote, notation.sorted ?? false) : undefined;
}
