import { readFileSync } from "node:fs";
import { compileTemplate } from "@glossa/chat";
import { detect } from "@glossa/core";
import { describe, expect, test } from "vitest";
import { checkTemplate } from "../src/check/check-template.ts";
import { compared } from "../src/check/compare.ts";
import { remedies } from "../src/check/fault.ts";
import { Subject } from "../src/check/subject.ts";
import { breaks, cleanTemplate, mistralTemplate, pythonTemplate } from "./check-fixtures.ts";

function check(template: string): ReturnType<typeof checkTemplate> {
  const specialTokens = { bos_token: "<s>", eos_token: "</s>" };
  return checkTemplate(
    new Subject({ templates: { default: template }, specialTokens }, undefined, detect({ template })?.format),
  );
}

const codesOf = (template: string): string[] => [...new Set(check(template).faults.map(({ code }) => code))].toSorted();

describe("templates without a fault", () => {
  test.each([
    ["hermes", cleanTemplate],
    ["mistral", mistralTemplate],
    ["Python calls", pythonTemplate],
  ])("%s", (_, template) => {
    const { faults, roundTrips } = check(template);
    expect(faults).toEqual([]);
    expect(roundTrips.filter(({ outcome }) => outcome !== "same")).toEqual([]);
    expect(roundTrips.length).toBeGreaterThan(5);
  });
});

describe("a fault that is put in", () => {
  test.each(breaks.map((each) => [each.title, each] as const))("%s", (_, { template, from, to, codes }) => {
    expect(template.split(from).length).toBe(2);
    const broken = template.replace(from, () => to);
    compileTemplate(broken);
    expect(codesOf(broken)).toEqual(codes.toSorted());
  });

  test("is there for every fault that a template can have", () => {
    const shown = new Set(breaks.flatMap(({ codes }) => codes));
    // These need a vocabulary, or a second template; check.test.ts has them.
    const others = ["doubled-bos-tokenizer", "special-markers", "differs"];
    expect([...shown, ...others].toSorted()).toEqual(Object.keys(remedies).toSorted());
  });
});

test("docs/check.md has every fault, and no other", () => {
  const text = readFileSync(new URL("../../../docs/check.md", import.meta.url), "utf8");
  expect(text).toContain(`\n${compared.length} conversations `);
  const listed = [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, code]) => code!);
  expect(listed.toSorted()).toEqual(Object.keys(remedies).toSorted());
});
