import * as fc from "fast-check";
import { getFormat } from "@glossa/core";
import { beforeEach, expect, test } from "vitest";
import { createApp, tokenEngine, type TokenEngine } from "@glossa/server";
import { user } from "./gateway.ts";

const bytes = [
  ...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)),
  new TextEncoder().encode("<|im_end|>"),
];
const everyId = Array.from(bytes.keys());
const end = 256;

/** Takes the first tokens that the mask allows. */
const obedient: TokenEngine = {
  contextLength: 100,
  vocabularySize: bytes.length,
  endTokens: [end],
  renderPrompt: () => "",
  encodePrompt: () => [0],
  tokenBytes: (id) => bytes[id] ?? new Uint8Array(),
  isSpecial: (id) => id === end,
  async *generate(ids, { constraint }) {
    const result = { promptTokens: ids.length, cachedTokens: 0, completionTokens: 0 };
    while (result.completionTokens < 12) {
      const id = everyId.find((candidate) => constraint?.allows(candidate) ?? true);
      if (id === undefined) throw new Error("the mask allows nothing");
      if (id === end) return { reason: "stop", ...result };
      constraint?.accept(id);
      result.completionTokens++;
      yield { text: String.fromCharCode(id), ids: [id] };
    }
    return { reason: "length", ...result };
  },
};

const faults: unknown[] = [];
beforeEach(() => void faults.splice(0));

function app(format: string): ReturnType<typeof createApp> {
  const model = { id: "m", format: getFormat(format), owner: "test" };
  const engines = [tokenEngine({ name: "obedient", kind: "test", model, engine: obedient })];
  return createApp({ engines, onError: (error) => faults.push(error) });
}

const keyword = fc.constantFrom(
  ..."type properties items enum const anyOf oneOf allOf not required pattern minLength maxLength minimum maximum format".split(
    " ",
  ),
  ..."$ref $defs additionalProperties prefixItems minItems maxItems uniqueItems multipleOf if then patternProperties".split(
    " ",
  ),
);
const word = fc.constantFrom("string", "integer", "object", "array", "null", "#", "#/$defs/a", "[a-z]+", "(", "date");
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    word,
    fc.integer({ min: -3, max: 10 }),
    fc.constantFrom(true, false, null, 0.5),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.oneof(keyword, fc.constantFrom("a", "b")), tie("value"), { maxKeys: 4 }),
  ),
}));
const schema = fc.dictionary(keyword, value, { maxKeys: 5 });

test.each(["hermes", "qwen3_coder", "openai"])("%s: no schema, however wrong, is a fault of ours", async (format) => {
  const server = app(format);
  await fc.assert(
    fc.asyncProperty(
      schema,
      fc.constantFrom("auto", "required", "answer"),
      fc.boolean(),
      async (parameters, kind, strict) => {
        const asked =
          kind === "answer"
            ? { response_format: { type: "json_schema", json_schema: { name: "x", schema: parameters, strict } } }
            : { tools: [{ type: "function", function: { name: "f", parameters, strict } }], tool_choice: kind };
        const body = JSON.stringify({ model: "m", messages: [user("?")], ...asked });
        const response = await server.request("/v1/chat/completions", { method: "POST", body });
        const answer = (await response.json()) as any;
        expect(faults).toEqual([]);
        // Tools are offered, not promised: only what the client wants to the letter is refused.
        expect([200, ...(strict || kind === "answer" ? [400] : [])]).toContain(response.status);
        expect(answer.error?.code).toBe(response.status === 200 ? undefined : "unsupported_schema");
      },
    ),
    { numRuns: 150 },
  );
});
