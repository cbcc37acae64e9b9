import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createJsonObjectText } from "../src/protocols/messages/json-object.ts";

/** What is sent for a text that comes in pieces. */
function sent(pieces: readonly string[]): string {
  const text = createJsonObjectText();
  return pieces.map((piece) => text.push(piece)).join("") + text.end();
}

test("an object goes through as it is, however it is cut", () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }));
  const spaces = fc.constantFrom(0, 1, "\t");
  fc.assert(
    fc.property(object, spaces, fc.array(fc.nat(9)), (value, space, lengths) => {
      const json = JSON.stringify(value, null, space);
      const pieces: string[] = [];
      for (let at = 0; at < json.length;) {
        const length = (lengths[pieces.length % (lengths.length || 1)] ?? 3) + 1;
        pieces.push(json.slice(at, (at += length)));
      }
      expect(sent(pieces)).toBe(json);
    }),
  );
});

test("whatever comes, what is sent is an object, and holds the rest of what is none", () => {
  const json = fc.json({ maxDepth: 3 });
  const piece = fc.oneof(fc.string(), json, fc.constantFrom("{", "}", '"', "\\", ":", ",", "[", "]", "1.", "tr", "-"));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), json, fc.nat(20), (pieces, start, length) => {
      const all = [`{"a":${start}`.slice(0, length), ...pieces];
      const value = JSON.parse(sent(all));
      expect(value).toBeTypeOf("object");
      const rest = (value as { INVALID_JSON?: string }).INVALID_JSON;
      if (rest === undefined) expect(JSON.parse(all.join("") || "{}")).toEqual(value);
      else expect(all.join("").endsWith(rest)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['{"a": 1} and more', { a: 1, INVALID_JSON: " and more" }],
  ['{"a": nonsense}', { a: null, INVALID_JSON: "onsense}" }],
  ['{"a" "b"}', { a: null, INVALID_JSON: '"b"}' }],
  ['{"a": "x\ny"}', { a: "x", INVALID_JSON: '\ny"}' }],
  ['{"a": [1, {"b": 1.}]}', { a: [1, { b: "1.0" }], INVALID_JSON: "}]}" }],
  ["[1]", { INVALID_JSON: "[1]" }],
  ["hello", { INVALID_JSON: "hello" }],
  ['{"a": 1,}', { a: 1, INVALID_JSON: "}" }],
  ["", {}],
])("%s", (text, expected) => {
  const normal = JSON.parse(JSON.stringify(expected).replace('"1.0"', "1.0"));
  expect(JSON.parse(sent([...text]))).toEqual(normal);
  expect(JSON.parse(sent([text]))).toEqual(normal);
});
