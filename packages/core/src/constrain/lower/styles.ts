/** The notations of `json_schema` nodes that are not JSON, as the nodes of a declaration: from there on the grammar is known. */
import { key, literal, marker, type, value, type Node, type Tagged } from "../../format.ts";
import type { JsonSchemaStyle } from "../structural-tag.ts";

const dsml = (parameter: string): readonly Node[] => [
  marker(`<｜DSML｜${parameter} name="`),
  key(),
  literal('" string="'),
  type({ true: "raw", false: "json" }, { string: "true" }),
  literal('">'),
  value(),
  marker(`</｜DSML｜${parameter}>`),
];

const tagged = (...parameter: readonly Node[]): Tagged => ({ kind: "tagged", parameter });

const kimiEscapes = { "&": "&amp;", '"': "&quot;" };
const cohereEscapes = { ...kimiEscapes, "<": "&lt;", ">": "&gt;" };
const cohereType = type(
  { raw: "raw", json: "json", dict: "object", list: "array" },
  { string: "raw", object: "dict", array: "list" },
);
const minimax = "]<]minimax[>[";

export const styleNotations: { readonly [style in Exclude<JsonSchemaStyle, "json">]: Tagged } = {
  qwen_xml: tagged(literal("<parameter="), key(), literal(">"), value(), literal("</parameter>")),
  minimax_xml: tagged(literal('<parameter name="'), key(), literal('">'), value(), literal("</parameter>")),
  deepseek_xml: tagged(...dsml("parameter")),
  deepseek_v4_1_xml: tagged(...dsml(" parameter")),
  glm_xml: tagged(literal("<arg_key>"), key(), literal("</arg_key><arg_value>"), value(), literal("</arg_value>")),
  kimi_k3_xml: tagged(
    marker('<|open|>argument key="'),
    key({ escapes: kimiEscapes }),
    literal('" type="'),
    type(
      {
        string: "raw",
        number: "json",
        integer: "json",
        boolean: "json",
        null: "json",
        object: "json",
        array: "json",
      },
      { string: "string", number: "number", boolean: "boolean", null: "null", object: "object", array: "array" },
    ),
    literal('"<|sep|>'),
    value(),
    marker("<|close|>argument<|sep|>"),
  ),
  cohere_xml: {
    kind: "tagged",
    parameter: [
      marker('<cofl:value name="'),
      key({ escapes: cohereEscapes }),
      literal('" type="'),
      cohereType,
      literal('">'),
      value(),
      marker("</cofl:value>"),
    ],
    item: [marker('<cofl:value type="'), cohereType, literal('">'), value(), marker("</cofl:value>")],
  },
  minimax_m3_xml: {
    kind: "tagged",
    parameter: [
      literal(`${minimax}<`),
      key({ not: ["/"] }),
      literal(">"),
      value(),
      literal(`${minimax}</`),
      key({ again: true }),
      literal(">"),
    ],
    item: [literal(`${minimax}<item>`), value(), literal(`${minimax}</item>`)],
  },
};
