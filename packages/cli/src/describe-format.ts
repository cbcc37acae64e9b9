import type { Format, Node } from "@glossa/core";

/** What a declaration says of its format, in words for a table. */
export interface FormatDescription {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly models: readonly string[];
  /** The markup of reasoning, `<think>…</think>`; empty where the format has none. */
  readonly reasoning: readonly string[];
  /** How arguments are written; empty where the format has no calls. */
  readonly notation: readonly string[];
  /** Whether one turn may hold several calls. */
  readonly parallel: boolean;
  readonly special_tokens: readonly string[];
}

export function describeFormat(format: Format): FormatDescription {
  return {
    name: format.name,
    aliases: format.aliases ?? [],
    models: format.models ?? [],
    reasoning: (format.reasoning ?? []).map(({ open, close }) => `${markup(open)}…${markup(close)}`),
    notation: [...new Set((format.calls?.nodes ?? []).flatMap(notations))],
    parallel: format.calls?.parallel ?? false,
    special_tokens: format.specialTokens ?? [],
  };
}

/** The fixed text of nodes, as the renderer writes it, without the white space around. */
function markup(nodes: readonly Node[]): string {
  return nodes
    .map((node) => ("text" in node ? node.text : ""))
    .join("")
    .trim();
}

function notations(node: Node): readonly string[] {
  switch (node.kind) {
    case "wrapper":
      return ["json"];
    case "arguments":
      return [node.notation.kind];
    case "call":
    case "repeat":
    case "optional":
      return node.nodes.flatMap(notations);
    case "choice":
      return node.alternatives.flat().flatMap(notations);
    default:
      return [];
  }
}
