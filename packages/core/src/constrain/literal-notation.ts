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

export interface LiteralNotation {
  readonly words: LiteralStyle["words"];
  readonly separator: Piece;
  /** What stands around all arguments. */
  readonly around: readonly [open: string, close: string];
  /** The name of an argument with what stands between it and its value. */
  readonly argument: (name: string) => readonly Piece[];
  /** The same for a key of a nested object. */
  readonly key: (name: string) => readonly Piece[];
  readonly string: (schema: SchemaObject, path: string) => Format;
  /** The ways of writing one value. */
  readonly constant: (value: unknown, path: string) => readonly Format[];
  readonly anyValue: Format;
  readonly anyObject: Format;
  readonly anyArguments: readonly Piece[];
}

const literal = (value: unknown, style: LiteralStyle): string => literalText(readJsonText(JSON.stringify(value)), style);

/** Half of a character, which no JSON reader likes, has no escape. */
const pythonEscape = String.raw`\\(?:["'\\nrtbf]|u(?:[0-9a-cA-Ce-fE-F][0-9a-fA-F]|[dD][0-7])[0-9a-fA-F]{2}|x[0-9a-fA-F]{2})`;

/** One character of a Python string in quotes of that kind, or an escape. */
const pythonCharacter = (quote: string): string => `(?:[^${quote}\\\\\\n\\r]|${pythonEscape})`;

/** A string in single or in double quotes. */
function pythonStringGrammar(schema: SchemaObject, path: string): Format {
  const { pattern, least, most } = stringLimits(schema, path);
  if (pattern !== undefined) return sequence("'", { type: "regex", pattern: narrowed(pattern, "'\"\\\n\r", path) }, "'");
  const times = least === 0 && most === undefined ? "*" : `{${least},${most ?? ""}}`;
  return { type: "regex", pattern: ["'", '"'].map((quote) => `${quote}${pythonCharacter(quote)}${times}${quote}`).join("|") };
}

/** `'Paris'`, and `"Paris"` where that needs no other escapes. */
function pythonSpellings(text: string): readonly Piece[] {
  const single = pythonString(text);
  const double = `"${single.slice(1, -1)}"`;
  return [single, ...(single.startsWith("'") && !/["']/.test(single.slice(1, -1)) ? [double] : [])];
}

const python: LiteralNotation = {
  words: pythonStyle.words,
  separator: { type: "regex", pattern: ", ?" },
  around: ["", ""],
  argument: (name) => [`${name}=`],
  key: (name) => [oneOf(pythonSpellings(name).map((key) => sequence(key, ": ")))],
  string: pythonStringGrammar,
  constant: (value) =>
    (typeof value === "string" ? pythonSpellings(value) : [literal(value, pythonStyle)]).map((each) => sequence(each)),
  anyValue: { type: "grammar", grammar: pythonGrammar("value") },
  anyObject: { type: "grammar", grammar: pythonGrammar("object") },
  anyArguments: [{ type: "grammar", grammar: pythonGrammar("arguments") }],
};

const gemma = (quote: string): LiteralNotation => {
  const style = gemmaStyle(quote);
  return {
    words: style.words,
    separator: style.separator,
    around: ["{", "}"],
    argument: (name) => [style.key(name)],
    key: (name) => [style.key(name)],
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
  return notation.kind === "gemma" ? gemma(notation.quote) : undefined;
}
