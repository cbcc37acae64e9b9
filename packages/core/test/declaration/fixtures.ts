import { DeclarationError, parseFormat } from "@glossa/core";

/** A declaration as it comes from a JSON file: a name and JSON between tags. */
export const plain = (): Record<string, any> => ({
  name: "plain",
  models: ["example/plain-*"],
  turn: ["<|assistant|>"],
  end: ["<|end|>"],
  reasoning: [
    { open: [{ kind: "marker", text: "<think>" }], close: [{ kind: "marker", text: "</think>" }], endsAt: ["calls"] },
  ],
  calls: {
    lead: "\n",
    parallel: true,
    nodes: [
      {
        kind: "call",
        nodes: [
          { kind: "marker", text: "<call>" },
          { kind: "name" },
          { kind: "blank", text: "\n" },
          { kind: "arguments", notation: { kind: "json" } },
          { kind: "marker", text: "</call>", optional: "the turn may end without it" },
        ],
      },
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: ["<call>", "</call>"],
});

/** The same with a tag a parameter. */
export const tagged = (): Record<string, any> => {
  const format = plain();
  format["calls"].nodes[0].nodes[3] = {
    kind: "arguments",
    notation: {
      kind: "tagged",
      parameter: [
        { kind: "literal", text: "<arg " },
        { kind: "key" },
        { kind: "literal", text: ">" },
        { kind: "value" },
        { kind: "literal", text: "</arg>" },
      ],
    },
  };
  return format;
};

export type Json = Record<string, any>;

/** The error of a declaration that something was done to. */
export function errorOf(format: Json): DeclarationError {
  try {
    parseFormat(format);
  } catch (error) {
    if (error instanceof DeclarationError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

export const withNodes = (...nodes: unknown[]): Json => {
  const format = plain();
  format["calls"].nodes = nodes;
  return format;
};
export const inCall = (...nodes: unknown[]): Json => withNodes({ kind: "call", nodes });
export const inParameter = (...parameter: unknown[]): Json => {
  const format = tagged();
  format["calls"].nodes[0].nodes[3].notation.parameter = parameter;
  return format;
};
export const marker = (text: string, more: Json = {}): Json => ({ kind: "marker", text, ...more });
export const call = {
  kind: "call",
  nodes: [marker("<call>"), { kind: "wrapper", name: ["name"], arguments: ["arguments"] }],
};
export const json = { kind: "arguments", notation: { kind: "json" } };
export const python = { kind: "arguments", notation: { kind: "python" } };
export const name = { kind: "name" };
