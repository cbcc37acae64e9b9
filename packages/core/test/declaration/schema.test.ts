import { formatSchema, formats, parseFormat } from "@glossa/core";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { changed } from "./mutate.ts";

const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(formatSchema());

const isAccepted = (value: unknown): boolean => {
  try {
    parseFormat(value);
    return true;
  } catch {
    return false;
  }
};

describe("the JSON Schema of declarations", () => {
  test.each(formats.map((format) => [format.name, format] as const))("has a place for %s", (_, format) => {
    expect(validate(format), JSON.stringify(validate.errors)).toBe(true);
  });

  test("refuses nothing that is accepted, whatever is done to a format", () => {
    fc.assert(
      fc.property(changed, (format) => {
        if (isAccepted(format)) expect(validate(format), JSON.stringify(validate.errors)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ["an unknown field", { extra: 1 }],
    ["a name that is no text", { name: 1 }],
    ["a wrong node", { reasoning: [{ open: [{ kind: "tag", text: "<think>" }], close: [] }] }],
    ["no ids", { ids: undefined }],
  ])("refuses %s", (_, change) => {
    const format = JSON.parse(JSON.stringify({ ...formats[0], ...change }));
    expect(validate(format)).toBe(false);
    expect(isAccepted(format)).toBe(false);
  });
});
