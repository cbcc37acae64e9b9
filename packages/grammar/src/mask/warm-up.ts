import { compileTokenGrammar } from "../grammar.ts";
import { encodeUtf8 } from "../utf8.ts";
import type { Vocabulary } from "../vocabulary/vocabulary.ts";

/** How many grammars are tried. More of them save little more. */
const rounds = 2;

/** Vocabularies of fewer tokens, those of tests, have fast masks anyway. */
const smallest = 2 ** 14;

let isOver = false;

/**
 * JavaScript is slow until it has run for a while and is compiled: a mask of microseconds takes milliseconds. This tries the
 * process's first vocabulary on answers to made-up tools, so that a first request finds code that has run. It takes some 150 ms
 * once; further calls, and vocabularies of less than 16,384 tokens, cost nothing.
 */
export function warmUp(vocabulary: Vocabulary): void {
  if (isOver || vocabulary.size < smallest) return;
  isOver = true;
  for (let round = 0; round < rounds; round++) {
    const tools = [`find_${round}`, `book_${round}`].map((name) => ({
      type: "tag" as const,
      begin: `<call>{"name": "${name}", "arguments": `,
      content: { type: "json_schema" as const, json_schema: parameters(round) },
      end: "}</call>",
    }));
    const format = { type: "triggered_tags" as const, triggers: ["<call>"], tags: tools };
    const grammar = compileTokenGrammar({ type: "structural_tag", format }, vocabulary);
    for (const { begin, end } of tools) {
      const bytes = encodeUtf8(begin + JSON.stringify(answer(round)) + end);
      const matcher = grammar.matcher();
      const again = grammar.matcher();
      for (let at = 0; at < bytes.length;) {
        const id = longestToken(bytes, at, matcher.mask(), vocabulary);
        // A vocabulary of few tokens may have none.
        if (id === undefined || !matcher.accept(id) || !again.accept(id)) return;
        at += vocabulary.key(id).length;
      }
    }
  }
}

function parameters(round: number): Readonly<Record<string, unknown>> {
  return {
    type: "object",
    properties: {
      [`city_${round}`]: { type: "string" },
      [`days${round}`]: { type: "integer" },
      [`rate${round}`]: { type: "number" },
      unit: { enum: ["kelvin", `celsius${round}`] },
      tags: { type: "array", items: { type: "string" } },
      isOpen: { type: "boolean" },
      place: { type: "object", properties: { xy: { type: "array", items: { type: "integer" } } } },
    },
    required: [`city_${round}`],
  };
}

function answer(round: number): unknown {
  return {
    [`city_${round}`]: "Zürich",
    [`days${round}`]: 12,
    [`rate${round}`]: -0.5,
    unit: "kelvin",
    tags: ["a", "line\n"],
    isOpen: true,
    place: { xy: [1, 22] },
  };
}

/** The longest token of the mask that the bytes go on with. */
function longestToken(bytes: Uint8Array, from: number, mask: Uint32Array, vocabulary: Vocabulary): number | undefined {
  const { trie } = vocabulary;
  let longest: number | undefined;
  let node = 0;
  for (let at = from; at < bytes.length; at++) {
    node = trie.child(node, bytes[at] as number);
    if (node < 0) break;
    const id = trie.ids[trie.first[node] as number] as number;
    if (
      (trie.first[node] as number) < (trie.first[node + 1] as number) &&
      ((mask[id >> 5] as number) & (1 << (id & 31))) !== 0
    )
      longest = id;
  }
  return longest;
}
