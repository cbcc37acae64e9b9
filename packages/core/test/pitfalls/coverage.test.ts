import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Entries that no test here can judge, with the reason. */
const elsewhere: Readonly<Record<string, string>> = {
  B36: "stop strings are the server's",
  B39: "the finish reason of a required call is the server's",
  B40: "the finish reason of a stream that was cut off is the server's",
  B48: "the finish reason of a named choice is the server's",
  B64: "the events of Responses and Messages are the server's",
  P28: "content blocks of Messages are the server's",
  P29: "the chunks of Chat Completions are the server's",
  P43: "translation between the protocols of providers is the server's",
  P68: "templates are the chat package's",
  P69: "translation between the protocols of providers is the server's",
  P70: "routing is the server's",
  P71: "flushing is the server's",
  P72: "errors within a stream are the server's",
  P82: "the events of Messages are the server's",
  P83: "server-sent events are the server's",
  P84: "errors within a stream are the server's",
};

const numbers = [
  ...Array.from({ length: 65 }, (_, index) => `B${index + 1}`),
  ...Array.from({ length: 84 }, (_, index) => `P${index + 1}`),
];

/** The numbers that the names of the tests in this folder start with. */
function testedNumbers(): Set<string> {
  const found = new Set<string>();
  for (const file of readdirSync(import.meta.dirname)) {
    if (!file.endsWith(".test.ts") || file === "coverage.test.ts") continue;
    const source = readFileSync(`${import.meta.dirname}/${file}`, "utf8");
    for (const [, number] of source.matchAll(/["'`]([BP]\d+): /g)) found.add(number!);
  }
  return found;
}

test("every number is tested here, or listed with the reason why it is not", () => {
  const tested = testedNumbers();
  expect(numbers.filter((number) => !tested.has(number) && !Object.hasOwn(elsewhere, number))).toEqual([]);
  expect([...tested].filter((number) => Object.hasOwn(elsewhere, number))).toEqual([]);
  expect([...tested, ...Object.keys(elsewhere)].filter((number) => !numbers.includes(number))).toEqual([]);
});
