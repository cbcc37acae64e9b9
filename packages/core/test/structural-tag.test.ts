import { describe, expect, it } from "vitest";
import { formatTypes, parseStructuralTag, StructuralTagError } from "../src/constrain/validate-structural-tag.ts";

const tag = { type: "tag", begin: "<a>", content: { type: "any_text" }, end: "</a>" };

/** Every node type with every field. */
const complete: { readonly [type: string]: object } = {
  any_text: { type: "any_text", excludes: ["x"], max_tokens: null, max_chars: 3 },
  any_tokens: { type: "any_tokens", exclude_tokens: [1, "<a>"], max_tokens: 5 },
  const_string: { type: "const_string", value: "" },
  dispatch: { type: "dispatch", rules: [["<a>", { type: "any_text" }]], loop: false, excludes: ["x"] },
  exclude_token: { type: "exclude_token", exclude_tokens: [] },
  grammar: { type: "grammar", grammar: 'root ::= "a"' },
  json_schema: {
    type: "json_schema",
    json_schema: true,
    style: "qwen_xml",
    any_order: true,
    max_whitespace_cnt: 2,
    excludes: ["x"],
  },
  optional: { type: "optional", content: tag },
  or: { type: "or", elements: [tag] },
  plus: { type: "plus", content: tag },
  qwen_xml_parameter: { type: "qwen_xml_parameter", json_schema: {} },
  regex: { type: "regex", pattern: "a+" },
  repeat: { type: "repeat", min: 0, max: -1, content: tag },
  sequence: { type: "sequence", elements: [tag, tag] },
  star: { type: "star", content: tag },
  tag: { type: "tag", begin: { type: "token", token: 7 }, content: tag, end: ["</a>", "</b>"] },
  tags_with_separator: {
    type: "tags_with_separator",
    tags: [tag],
    separator: ",",
    at_least_one: true,
    stop_after_first: false,
  },
  token: { type: "token", token: "<|call|>" },
  token_dispatch: { type: "token_dispatch", rules: [[4, tag]], loop: true, exclude_tokens: ["x"] },
  token_triggered_tags: {
    type: "token_triggered_tags",
    trigger_tokens: [4],
    tags: [tag],
    exclude_tokens: [5],
    at_least_one: true,
    stop_after_first: true,
  },
  triggered_tags: {
    type: "triggered_tags",
    triggers: ["<a"],
    tags: [tag],
    at_least_one: true,
    stop_after_first: true,
    excludes: ["x"],
  },
};

function failure(format: unknown): StructuralTagError {
  try {
    parseStructuralTag({ type: "structural_tag", format });
  } catch (error) {
    if (error instanceof StructuralTagError) return error;
    throw error;
  }
  throw new Error("accepted");
}

describe("parseStructuralTag", () => {
  it("knows every type of xgrammar 0.2.8", () => {
    expect(formatTypes).toEqual(Object.keys(complete).sort());
  });

  it.each(Object.entries(complete))("takes a whole %s and returns the value itself", (_type, format) => {
    const value = { type: "structural_tag", format };
    expect(parseStructuralTag(value)).toBe(value);
  });

  it.each(Object.entries(complete))("refuses an unknown field in %s", (_type, format) => {
    const error = failure({ ...format, surprise: 1 });
    expect(error.path).toBe("format");
    expect(error.found).toContain("surprise");
  });

  it.each([
    ["an unknown type", { type: "any_txt" }, "format.type", '"any_txt"', "any_text, any_tokens, const_string"],
    ["no type", {}, "format.type", "nothing", "any_text"],
    ["no object", ["x"], "format", "a list of 1", "an object with a type"],
    ["a missing field", { type: "const_string" }, "format", 'no field "value"', "value is required"],
    ["a wrong field", { type: "const_string", value: 3 }, "format.value", "3", "a string"],
    [
      "a deep one",
      { type: "sequence", elements: [tag, { ...tag, end: 4 }] },
      "format.elements[1].end",
      "4",
      "a list of strings",
    ],
    ["no ends", { ...tag, end: [] }, "format.end", "a list of 0", "at least 1"],
    [
      "a token where a tag belongs",
      { type: "tags_with_separator", tags: [{ type: "token", token: 1 }], separator: "" },
      "format.tags[0].type",
      '"token"',
      "tag",
    ],
    [
      "an unknown style",
      { type: "json_schema", json_schema: {}, style: "yaml" },
      "format.style",
      '"yaml"',
      "json, qwen_xml",
    ],
    [
      "a style of Object's",
      { type: "json_schema", json_schema: {}, style: "toString" },
      "format.style",
      '"toString"',
      "json",
    ],
    ["an empty exclude", { type: "any_text", excludes: [""] }, "format.excludes[0]", '""', "not empty"],
    ["a negative budget", { type: "any_text", max_chars: -1 }, "format.max_chars", "-1", "0 to"],
    [
      "no white space at all",
      { type: "sequence", elements: [{ type: "json_schema", json_schema: {}, max_whitespace_cnt: 0 }] },
      "format.elements[0].max_whitespace_cnt",
      "0",
      "null or a whole number from 1 to",
    ],
    ["counts out of order", { type: "repeat", min: 3, max: 2, content: tag }, "format.max", "2", "3 (min) or more"],
    ["an unpaired rule", { type: "dispatch", rules: [["<a>"]] }, "format.rules[0]", "a list of 1", "a pair"],
    [
      "a tag without a trigger",
      { type: "triggered_tags", triggers: ["<b"], tags: [tag] },
      "format.tags[0].begin",
      '"<a>"',
      '"<b"',
    ],
    [
      "a tag with two triggers",
      { type: "triggered_tags", triggers: ["<", "<a"], tags: [tag] },
      "format.tags[0].begin",
      '"<a>"',
      "exactly one",
    ],
  ])("refuses %s", (_name, format, path, found, allowed) => {
    const error = failure(format);
    expect(error.path).toBe(path);
    expect(error.found).toBe(found);
    expect(error.allowed).toContain(allowed);
    expect(error.message).toContain(path);
  });

  it.each([
    [null, ""],
    [{ type: "structural_tags", format: tag }, "type"],
    [{ type: "structural_tag" }, ""],
    [{ type: "structural_tag", format: tag, triggers: [] }, ""],
  ])("refuses %j at the top", (value, path) => {
    expect(() => parseStructuralTag(value)).toThrow(StructuralTagError);
    try {
      parseStructuralTag(value);
    } catch (error) {
      expect((error as StructuralTagError).path).toBe(path);
    }
  });
});
