import type { StructuralFormat } from "@glossa/core";
import type { CharAutomaton } from "../automata/char-automaton.ts";
import type { Escapes } from "../automata/escaped-chars.ts";
import { choice, literal, type Node, sequence } from "../ir.ts";
import { regexAutomaton } from "../regex/automaton.ts";

type Style = NonNullable<Extract<StructuralFormat, { readonly type: "json_schema" }>["style"]>;

/** What a value is, as the notations tell it: text as it stands, or JSON of a type. */
export type ValueKind = "string" | "number" | "boolean" | "null" | "array" | "object";

/** A notation of one level: tags around each argument, and in the tags text or JSON. As xgrammar 0.2.8 has them. */
export interface ParameterStyle {
  /** Up to the key. */
  readonly open: string;
  readonly close: string;
  /** Between key and value. Where the notation says what the value is, it depends on that. */
  readonly afterKey: (kind: ValueKind, gap: Node) => Node;
  /** Whether `afterKey` tells text from JSON, so that both can be told apart when read. */
  readonly tells: boolean;
  /** Whether white space may stand around a constrained text that is not its own. */
  readonly padsText: boolean;
  /** A key that contains one of these can't be written. */
  readonly reserved: RegExp;
  /** How characters of keys are written that can't stand there as they are. */
  readonly escapes?: Escapes;
}

/** Keys that no schema names. */
export const variableName: CharAutomaton = regexAutomaton("[a-zA-Z_][a-zA-Z0-9_]*", false, "", "key");

/** DSML: DeepSeek's marker, between fullwidth bars. */
const dsml = "｜DSML｜";

function deepseek(parameter: string): ParameterStyle {
  return {
    open: `<${dsml}${parameter} name="`,
    close: `</${dsml}${parameter}>`,
    afterKey: (kind) => literal(`" string="${kind === "string"}">`),
    tells: true,
    padsText: false,
    reserved: /"/,
  };
}

export const parameterStyles: { readonly [style in Style]?: ParameterStyle } = {
  qwen_xml: {
    open: "<parameter=",
    close: "</parameter>",
    afterKey: () => literal(">"),
    tells: false,
    padsText: true,
    reserved: />/,
  },
  minimax_xml: {
    open: '<parameter name="',
    close: "</parameter>",
    afterKey: () => literal('">'),
    tells: false,
    padsText: true,
    reserved: /"/,
  },
  deepseek_xml: deepseek("parameter"),
  deepseek_v4_1_xml: deepseek(" parameter"),
  glm_xml: {
    open: "<arg_key>",
    close: "</arg_value>",
    afterKey: (_kind, gap) => sequence(literal("</arg_key>"), gap, literal("<arg_value>")),
    tells: false,
    padsText: true,
    reserved: /</,
  },
  kimi_k3_xml: {
    open: '<|open|>argument key="',
    close: "<|close|>argument<|sep|>",
    afterKey: (kind) =>
      sequence(
        literal('" type="'),
        kind === "number" ? choice([literal("number"), literal("integer")]) : literal(kind),
        literal('"<|sep|>'),
      ),
    tells: true,
    padsText: true,
    reserved: /<\|/,
    escapes: { "&": "&amp;", '"': "&quot;" },
  },
};
