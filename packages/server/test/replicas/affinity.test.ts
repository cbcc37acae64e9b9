import { getFormat } from "@glossa/core";
import { describe, expect, test } from "vitest";
import type { ChatMessage, GenerateRequest } from "@glossa/server";
import { byAffinity, conversationStart } from "../../src/replicas/affinity.ts";

const keys = Array.from({ length: 10_000 }, (_, index) => `conversation ${index}`);
const replica = (id: string, weight = 1) => ({ id, weight });

function shares(candidates: readonly { id: string; weight: number }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) {
    const { id } = byAffinity(key, candidates)[0]!;
    counts[id] = (counts[id] ?? 0) + 1;
  }
  return counts;
}

describe("byAffinity", () => {
  test("gives each replica its share of the conversations", () => {
    const counts = shares([replica("a"), replica("b"), replica("c", 2)]);
    expect(counts["a"]! / keys.length).toBeCloseTo(0.25, 1);
    expect(counts["b"]! / keys.length).toBeCloseTo(0.25, 1);
    expect(counts["c"]! / keys.length).toBeCloseTo(0.5, 1);
  });

  test("spreads addresses that differ in one character", () => {
    const counts = shares(Array.from({ length: 8 }, (_, index) => replica(`http://10.0.0.${index}:8000`)));
    for (const count of Object.values(counts)) expect(count / keys.length).toBeCloseTo(1 / 8, 1);
    expect(Object.keys(counts)).toHaveLength(8);
  });

  test("moves no conversation but those of a replica that goes, and those to its second choice", () => {
    const all = [replica("a"), replica("b"), replica("c")];
    for (const key of keys.slice(0, 500)) {
      const order = byAffinity(key, all).map(({ id }) => id);
      const without = byAffinity(key, [all[0]!, all[2]!]).map(({ id }) => id);
      expect(without).toEqual(order.filter((id) => id !== "b"));
    }
  });

  test("does not depend on the order in which replicas are listed", () => {
    const all = [replica("a"), replica("b"), replica("c")];
    for (const key of keys.slice(0, 100)) expect(byAffinity(key, all.toReversed())).toEqual(byAffinity(key, all));
  });
});

describe("conversationStart", () => {
  const request = (...messages: ChatMessage[]): GenerateRequest => ({
    model: { id: "m", format: getFormat("hermes"), owner: "test" },
    messages,
    tools: [],
    toolChoice: "auto",
    parallelToolCalls: true,
    responseFormat: { type: "text" },
    sampling: {},
    templateVariables: {},
    mayBeCut: false,
  });
  const system: ChatMessage = { role: "system", content: "Be brief." };
  const hello: ChatMessage = { role: "user", content: "Hello" };

  test("stays the same while a conversation grows", () => {
    const grown = request(system, hello, { role: "assistant", content: "Hi." }, { role: "user", content: "And now?" });
    expect(conversationStart(grown)).toBe(conversationStart(request(system, hello)));
  });

  test("differs by the system prompt and by the first words of the user", () => {
    const starts = [request(system, hello), request(hello), request(system, { role: "user", content: "Hallo" })];
    expect(new Set(starts.map(conversationStart)).size).toBe(3);
  });

  test("is the first message where no user speaks", () => {
    expect(conversationStart(request(system))).toBe(
      conversationStart(request(system, { role: "assistant", content: "Hi." })),
    );
  });
});
