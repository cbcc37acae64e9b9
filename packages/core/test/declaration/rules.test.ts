import { describe, expect, test } from "vitest";
import {
  call,
  errorOf,
  inCall,
  inParameter,
  json,
  marker,
  name,
  plain,
  python,
  tagged,
  withNodes,
  type Json,
} from "./fixtures.ts";

describe("what the nodes mean together", () => {
  const block = (open: unknown[], close: unknown[], more: Json = {}): Json => ({
    ...plain(),
    reasoning: [{ open, close, ...more }],
  });
  const spelled = (...spellings: unknown[][]): Json => {
    const format = plain();
    format["calls"].spellings = spellings;
    return format;
  };
  const choice = (...alternatives: unknown[][]): Json => ({ kind: "choice", alternatives });
  const type = { kind: "type", words: { string: "raw", json: "json" } };
  const element = [marker("<arg "), { kind: "key" }, marker(">"), { kind: "value" }];
  const typed = (words: Json): unknown[] => [
    marker("<arg "),
    { kind: "key" },
    marker(":"),
    { kind: "type", words },
    marker(">"),
    { kind: "value" },
    marker("</arg>"),
  ];
  /** Parameters that nest, with something about them changed. */
  const nesting = (change: Json): Json => {
    const format = inParameter(...element, marker("</arg>"));
    const { notation } = format["calls"].nodes[0].nodes[3];
    Object.assign(notation, { item: [marker("<i>"), { kind: "value" }, marker("</i>")], ...change });
    return format;
  };
  test.each<[what: string, Json, path: string, found: RegExp]>([
    ["a section without a call", withNodes(marker("<call>")), "calls.nodes", /no call/],
    ["a call that is only optional", withNodes({ kind: "optional", nodes: [call] }), "calls.nodes", /no call/],
    ["two calls in a row", withNodes(call, call), "calls.nodes", /2 times call/],
    [
      "an alternative without a call",
      withNodes(choice([call], [marker("<none>")])),
      "calls.nodes[0].alternatives[1]",
      /no call/,
    ],
    ["a call without a name", inCall(marker("<call>"), json), "calls.nodes[0].nodes", /no name/],
    [
      "a call with two names",
      inCall(marker("<call>"), name, marker(":"), name, json),
      "calls.nodes[0].nodes",
      /2 times name/,
    ],
    ["a name and a wrapper", inCall(marker("<call>"), name, call.nodes[1]), "calls.nodes[0].nodes", /2 times name/],
    [
      "a call without arguments",
      inCall(marker("<call>"), name, marker("</call>")),
      "calls.nodes[0].nodes",
      /no arguments/,
    ],
    [
      "arguments before the name",
      inCall(marker("<call>"), json, marker(">"), name, marker("</call>")),
      "calls.nodes[0].nodes",
      /before the name/,
    ],
    [
      "arguments before the name of a spelling that ordinary text opens",
      spelled([{ kind: "call", nodes: [{ kind: "literal", text: "{" }, json, marker(">"), name, marker("}")] }]),
      "calls.spellings[0][0].nodes",
      /before the name/,
    ],
    ["a spelling without a call", spelled([call], [marker("<call>")]), "calls.spellings[1]", /no call/],
    [
      "a spelling with several calls where the section has one",
      spelled([marker("<calls>"), { kind: "repeat", nodes: [call], separator: "," }]),
      "calls.spellings[0]",
      /a repeat, unlike calls.nodes/,
    ],
    ["a call in a call", inCall(marker("<call>"), call), "calls.nodes[0].nodes[1].kind", /"call" in a call/],
    [
      "a name outside of calls",
      withNodes(marker("<call>"), name, call),
      "calls.nodes[1].kind",
      /"name" in the call section/,
    ],
    [
      "a key outside of parameters",
      inCall(marker("<call>"), { kind: "key" }, name, json),
      "calls.nodes[0].nodes[1].kind",
      /"key" in a call/,
    ],
    [
      "a name with nothing between it and python arguments",
      inCall(marker("<call>"), name, python, marker(")")),
      "calls.nodes[0].nodes[1]",
      /arguments right behind/,
    ],
    [
      "python arguments that nothing ends",
      inCall(marker("<call>"), name, marker("("), python),
      "calls.nodes[0].nodes[3]",
      /nothing behind that ends/,
    ],
    [
      "an escape of two characters",
      inCall(marker("<call>"), { kind: "name", escapes: { "&&": "&amp;" } }, marker(">"), json),
      'calls.nodes[0].nodes[1].escapes["&&"]',
      /&&/,
    ],
    [
      "an escape that starts with a character like any other",
      inCall(marker("<call>"), { kind: "name", escapes: { '"': "&quot;" } }, marker(">"), json),
      'calls.nodes[0].nodes[1].escapes["\\""]',
      /&quot;/,
    ],
    [
      "an escape that another starts with",
      inCall(marker("<call>"), { kind: "name", escapes: { "&": "&a", '"': "&ab" } }, marker(">"), json),
      'calls.nodes[0].nodes[1].escapes["&"]',
      /&a/,
    ],
    [
      "a repetition that is silent about nothing",
      withNodes(marker("<calls>"), { kind: "repeat", nodes: [call], separator: "", silent: true }),
      "calls.nodes[1].silent",
      /true/,
    ],
    [
      "a text that nothing ends",
      inCall(marker("<call>"), name, marker(">"), {
        kind: "arguments",
        notation: { kind: "text", parameter: "command" },
      }),
      "calls.nodes[0].nodes[3]",
      /nothing behind it that ends it/,
    ],
    [
      "a name that opens behind markup",
      inCall(marker("<call>"), { kind: "name", opens: true }, marker(">"), json),
      "calls.nodes[0].nodes[1].opens",
      /true/,
    ],
    [
      "a name that opens and may be empty",
      inCall({ kind: "name", opens: true, empty: true }, marker(">"), json),
      "calls.nodes[0].nodes[0].opens",
      /true/,
    ],
    [
      "a name that opens behind a lead that ends no line",
      {
        ...plain(),
        calls: { ...(inCall({ kind: "name", opens: true }, marker(">"), json)["calls"] as Json), lead: "" },
      },
      "calls.lead",
      /""/,
    ],
    [
      "a section that starts with a name",
      inCall(name, marker("("), python, marker(")")),
      "calls.nodes",
      /told from prose/,
    ],
    [
      "a value without a key",
      inParameter(marker("<arg>"), { kind: "value" }, marker("</arg>")),
      "calls.nodes[0].nodes[3].notation.parameter",
      /no key/,
    ],
    [
      "a key without a value",
      inParameter(marker("<arg>"), { kind: "key" }, marker("</arg>")),
      "calls.nodes[0].nodes[3].notation.parameter",
      /no value/,
    ],
    [
      "a value before its key",
      inParameter(marker("<arg>"), { kind: "value" }, marker("="), { kind: "key" }, marker("</arg>")),
      "calls.nodes[0].nodes[3].notation.parameter",
      /the order value, key/,
    ],
    [
      "a type behind the value",
      inParameter(marker("<arg>"), { kind: "key" }, marker("="), { kind: "value" }, marker(":"), type, marker(">")),
      "calls.nodes[0].nodes[3].notation.parameter",
      /the order/,
    ],
    [
      "a key that nothing ends",
      inParameter(marker("<arg>"), { kind: "key" }, { kind: "value" }, marker("</arg>")),
      "calls.nodes[0].nodes[3].notation.parameter[1]",
      /nothing behind that ends/,
    ],
    [
      "a value that nothing ends",
      {
        ...inParameter(marker("<arg>"), { kind: "key" }, marker("="), { kind: "value" }),
        calls: {
          ...tagged()["calls"],
          nodes: [
            {
              kind: "call",
              nodes: [
                marker("<call>"),
                name,
                {
                  kind: "arguments",
                  notation: {
                    kind: "tagged",
                    parameter: [marker("="), { kind: "key" }, marker(":"), { kind: "value" }],
                  },
                },
              ],
            },
          ],
        },
      },
      "calls.nodes[0].nodes[2].notation.parameter[3]",
      /a value with nothing behind/,
    ],
    [
      "a word of a type that there is not",
      inParameter(
        marker("<arg>"),
        { kind: "key" },
        marker(":"),
        { ...type, write: { number: "int" } },
        marker("="),
        { kind: "value" },
        marker("</arg>"),
      ),
      "calls.nodes[0].nodes[3].notation.parameter[3].write.number",
      /"int"/,
    ],
    [
      "a key once more that no tag holds",
      inParameter(...element, { kind: "key", again: true }, marker(">")),
      "calls.nodes[0].nodes[3].notation.parameter[4]",
      /once more, without its tag/,
    ],
    [
      "a style where nothing nests",
      nesting({ item: undefined, style: "cohere_xml" }),
      "calls.nodes[0].nodes[3].notation.style",
      /"cohere_xml"/,
    ],
    [
      "a word for objects where nothing nests",
      nesting({ item: undefined, parameter: typed({ dict: "object" }) }),
      "calls.nodes[0].nodes[3].notation",
      /a type word for a value that nests/,
    ],
    [
      "an item without a value",
      nesting({ item: [marker("<i>")] }),
      "calls.nodes[0].nodes[3].notation.item",
      /no value/,
    ],
    [
      "an item with a key",
      nesting({ item: [...element, marker("</i>")] }),
      "calls.nodes[0].nodes[3].notation.item[1].kind",
      /"key" in an item/,
    ],
    [
      "an item that tells less than a parameter",
      nesting({ parameter: typed({ raw: "raw", dict: "object" }) }),
      "calls.nodes[0].nodes[3].notation.item",
      /0 times type/,
    ],
    [
      "an item whose word comes too late",
      nesting({
        parameter: typed({ raw: "raw", dict: "object" }),
        item: [marker("<i>"), { kind: "value" }, marker(":"), type, marker("</i>")],
      }),
      "calls.nodes[0].nodes[3].notation.item",
      /the order value, type/,
    ],
    [
      "an item that white space starts",
      nesting({ item: [{ kind: "blank", text: "" }, marker("<i>"), { kind: "value" }, marker("</i>")] }),
      "calls.nodes[0].nodes[3].notation.item[0].kind",
      /"blank"/,
    ],
    [
      "a value in an alternative where values nest",
      nesting({
        parameter: [
          marker("<arg "),
          { kind: "key" },
          marker(">"),
          choice([marker("["), { kind: "value" }, marker("]")], [marker("("), { kind: "value" }, marker(")")]),
          marker("</arg>"),
        ],
      }),
      "calls.nodes[0].nodes[3].notation.parameter",
      /the value inside another node/,
    ],
    [
      "a repeat without a call",
      withNodes(call, { kind: "repeat", nodes: [marker("<x>")], separator: "" }),
      "calls.nodes[1].nodes",
      /no call/,
    ],
    [
      "a repeat that nothing starts",
      withNodes(marker("<calls>"), {
        kind: "repeat",
        nodes: [
          {
            kind: "call",
            nodes: [
              {
                kind: "arguments",
                notation: { kind: "tagged", parameter: [{ kind: "key" }, marker("="), { kind: "value" }, marker(";")] },
              },
              name,
            ],
          },
        ],
        separator: "",
      }),
      "calls.nodes[1].nodes[0].nodes",
      /before the name/,
    ],
    [
      "something optional that a name starts",
      inCall(marker("<call>"), { kind: "optional", nodes: [{ kind: "id" }] }, marker("|"), name, json),
      "calls.nodes[0].nodes[1].nodes",
      /whether it is there/,
    ],
    [
      "alternatives that start alike",
      inCall(choice([marker("<call>")], [marker("<call>")]), name, json),
      "calls.nodes[0].nodes[0].alternatives[1]",
      /starts like/,
    ],
    [
      "a longer alternative behind a shorter",
      inCall(choice([marker("<call")], [marker("<call id=")]), name, json),
      "calls.nodes[0].nodes[0].alternatives[1]",
      /starts like/,
    ],
    [
      "an alternative of white space",
      inCall(marker("<call>"), choice([marker(" ")], [{ kind: "blank", text: "" }]), name, json),
      "calls.nodes[0].nodes[1].alternatives[1]",
      /by which it could be chosen/,
    ],
    [
      "the text as its own alias",
      inCall(marker("<call>", { aliases: ["<call>"] }), name, json),
      "calls.nodes[0].nodes[0].aliases[0]",
      /the text itself/,
    ],
    ["silent alone", inCall(marker("<call>", { silent: true }), name, json), "calls.nodes[0].nodes[0].silent", /true/],
    [
      "white space that is none",
      inCall(marker("<call>"), { kind: "blank", text: "x" }, name, json),
      "calls.nodes[0].nodes[1].text",
      /"x"/,
    ],
    [
      "a key of the wrapper for two things",
      inCall({ kind: "wrapper", name: ["name"], arguments: ["a", "name"] }),
      "calls.nodes[0].nodes[0].arguments[1]",
      /"name", which is calls.nodes\[0\].nodes\[0\].name/,
    ],
    [
      "an order without the arguments",
      inCall({ kind: "wrapper", name: ["name"], arguments: ["a"], order: ["name"] }),
      "calls.nodes[0].nodes[0].order",
      /no "arguments"/,
    ],
    [
      "a name in a block",
      block([marker("<think "), name], [marker("</think>")]),
      "reasoning[0].open[1].kind",
      /"name" in the markup of a block/,
    ],
    [
      "a block without an opener",
      block([{ kind: "blank", text: "" }], [marker("</think>")]),
      "reasoning[0].open",
      /nothing that is always there/,
    ],
    [
      "reasoning that nothing ends",
      block([marker("<think>")], []),
      "reasoning[0].close",
      /nothing that is always there/,
    ],
    [
      "a skip at the end of a block's opener",
      block([marker("<think"), { kind: "skip", text: "", starts: [], not: [] }], [marker("</think>")]),
      "reasoning[0].open[1]",
      /nothing behind that ends/,
    ],
  ])("%s", (_, format, path, found) => {
    const error = errorOf(format);
    expect({ path: error.path, found: error.found }).toEqual({ path, found: expect.stringMatching(found) });
  });
});
