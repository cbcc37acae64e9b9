/** What the nodes of a declaration have to mean together, so that one text can be written for a message and read back. */
import type { Block, Escapes, Format, Node, Tagged, Type, ValueReading, Wrapper } from "../format.ts";
import { holdsSeveral } from "../constrain/call-pieces.ts";
import { openerIn } from "../constrain/markers.ts";
import { DeclarationError, describe } from "./declaration-error.ts";
import { checkPlaces, demandOne, innerLists, kindsInOrder, type Place } from "./nodes.ts";
import { checkSectionStart, checkStarts } from "./starts.ts";

/** Throws a `DeclarationError` for the first place at which a format of the right structure says nothing, or two things. */
export function checkRules(format: Format): void {
  checkNames(format);
  for (const kind of ["reasoning", "text"] as const)
    for (const [index, block] of (format[kind] ?? []).entries()) checkBlock(block, kind, `${kind}[${index}]`);
  if (!format.calls) return;
  const { nodes, spellings = [], lead } = format.calls;
  checkSection(nodes, "calls.nodes");
  checkOrder(nodes, "calls.nodes", "section");
  checkOpeningName(nodes, lead);
  for (const [index, spelling] of spellings.entries()) checkSpelling(spelling, nodes, `calls.spellings[${index}]`);
}

function checkSpelling(spelling: readonly Node[], nodes: readonly Node[], path: string): void {
  checkSection(spelling, path);
  // Where ordinary text opens a call, only the name behind it makes it one.
  if (openerIn(spelling)?.kind !== "marker") checkOrder(spelling, path, "section");
  if (holdsSeveral(spelling) === holdsSeveral(nodes)) return;
  const [found, allowed] = holdsSeveral(nodes) ? ["one call", "a repeat"] : ["a repeat", "one call"];
  throw new DeclarationError(path, `${found}, unlike calls.nodes`, allowed);
}

function checkSection(nodes: readonly Node[], path: string): void {
  checkPlaces(nodes, path, "section");
  demandOne(nodes, path, "call", ["call"]);
  checkNodes(nodes, path, "section");
  checkSectionStart(nodes, path);
  checkStarts(nodes, path, undefined, "section");
}

function checkNames({ name, aliases = [] }: Format): void {
  const index = aliases.indexOf(name);
  if (index >= 0)
    throw new DeclarationError(`aliases[${index}]`, `the format's own name ${describe(name)}`, "other names");
}

function checkBlock({ open, close, endsAt = [] }: Block, kind: "reasoning" | "text", path: string): void {
  checkPlaces(open, `${path}.open`, "block");
  checkPlaces(close, `${path}.close`, "block");
  checkNodes(open, `${path}.open`, "block");
  checkNodes(close, `${path}.close`, "block");
  if (!open.some(isAlwaysThere))
    throw new DeclarationError(
      `${path}.open`,
      "nothing that is always there",
      "a marker or literal that is not optional",
    );
  // Text may go on to the end of the turn; reasoning that did would leave nothing to say.
  if (kind === "reasoning" && !close.some(isAlwaysThere) && endsAt.length === 0)
    throw new DeclarationError(
      `${path}.close`,
      "nothing that is always there",
      "a marker or literal that is not optional, or endsAt",
    );
  for (const nodes of [open, close])
    for (const [index, node] of nodes.entries()) {
      const behind = nodes[index + 1]?.kind;
      if (node.kind === "skip" && behind !== "marker" && behind !== "literal")
        throw new DeclarationError(
          `${path}.${nodes === open ? "open" : "close"}[${index}]`,
          "a skip with nothing behind that ends it",
          "a marker or literal behind it",
        );
    }
}

const isAlwaysThere = (node: Node): boolean =>
  (node.kind === "marker" || node.kind === "literal") && node.optional === undefined;

/**
 * A name opens a call only as the very first thing of the section, or of one of the ways into it, and only a line break or
 * markup may stand before it.
 */
function checkOpeningName(nodes: readonly Node[], lead: string): void {
  const [first] = nodes;
  const opener = first?.kind === "call" ? first.nodes[0] : undefined;
  const openers = opener?.kind === "choice" ? opener.alternatives.map(([way]) => way) : [opener];
  const visit = (list: readonly Node[], path: string, place: Place): void => {
    for (const [index, node] of list.entries()) {
      const at = `${path}[${index}]`;
      if (node.kind === "name" && node.opens) {
        if (!openers.includes(node))
          throw new DeclarationError(`${at}.opens`, "true", "only at the start of the first call");
        if (node.empty) throw new DeclarationError(`${at}.opens`, "true", "only without empty");
        if (lead.trim() === "" && lead !== "\n")
          throw new DeclarationError("calls.lead", describe(lead), "a line break or markup before a name that opens");
      }
      for (const inner of innerLists(node, at, place)) visit(inner.nodes, inner.path, inner.place);
    }
  };
  visit(nodes, "calls.nodes", "section");
}

/** The nodes by themselves, and those inside them. */
function checkNodes(nodes: readonly Node[], path: string, place: Place): void {
  for (const [index, node] of nodes.entries()) {
    const at = `${path}[${index}]`;
    checkNode(node, at);
    for (const inner of innerLists(node, at, place)) checkNodes(inner.nodes, inner.path, inner.place);
  }
}

function checkNode(node: Node, path: string): void {
  switch (node.kind) {
    case "marker":
    case "literal": {
      const again = node.aliases?.indexOf(node.text) ?? -1;
      if (again >= 0) throw new DeclarationError(`${path}.aliases[${again}]`, "the text itself", "other spellings");
      if (node.silent !== undefined && node.optional === undefined)
        throw new DeclarationError(`${path}.silent`, describe(node.silent), "only beside optional");
      return;
    }
    case "trim":
    case "blank":
      if (node.text.trim() !== "") throw new DeclarationError(`${path}.text`, describe(node.text), "white space");
      return;
    case "skip":
      return checkSkip(node.text, node.starts, path);
    case "wrapper":
      return checkWrapper(node, path);
    case "name":
    case "key":
      return checkEscapes(node.escapes ?? {}, `${path}.escapes`);
    case "type":
      return checkType(node, path);
    case "repeat":
      if (node.silent !== undefined && node.single === undefined)
        throw new DeclarationError(`${path}.silent`, describe(node.silent), "only beside single");
      return demandOne(node.nodes, `${path}.nodes`, "call", ["call"]);
    case "call":
      return checkCall(node.nodes, `${path}.nodes`);
    case "arguments":
      if (node.notation.kind === "tagged") checkTagged(node.notation, `${path}.notation`);
      return;
    default:
      return;
  }
}

/** What is written has to be something that is read. */
function checkSkip(text: string, starts: readonly string[], path: string): void {
  if (text !== "" && starts.length > 0 && !starts.some((start) => text.startsWith(start)))
    throw new DeclarationError(`${path}.text`, describe(text), `a text that starts with one of starts`);
}

function checkWrapper(node: Wrapper, path: string): void {
  const seen = new Map<string, string>();
  for (const field of ["name", "arguments", "id"] as const)
    for (const [index, key] of (node[field] ?? []).entries()) {
      const other = seen.get(key);
      if (other !== undefined)
        throw new DeclarationError(
          `${path}.${field}[${index}]`,
          `${describe(key)}, which is ${other}`,
          "a key of its own",
        );
      seen.set(key, `${path}.${field}[${index}]`.replace(/\[\d+\]$/, ""));
    }
  if (node.order === undefined) return;
  const fields = node.id ? ["name", "arguments", "id"] : ["name", "arguments"];
  const missing = fields.find((field) => !node.order!.includes(field as "name"));
  if (missing !== undefined)
    throw new DeclarationError(`${path}.order`, `no ${describe(missing)}`, `all of ${fields.join(", ")}, in any order`);
}

/** What is written for a character must start with one that is escaped as well, or it could stand there by itself. */
function checkEscapes(escapes: Escapes, path: string): void {
  const words = Object.entries(escapes);
  for (const [character, word] of words) {
    const at = `${path}[${JSON.stringify(character)}]`;
    if (character.length !== 1) throw new DeclarationError(at, describe(character), "one character");
    if (!Object.hasOwn(escapes, word[0]!))
      throw new DeclarationError(at, describe(word), "what starts with a character that is escaped");
    if (words.some(([other, each]) => other !== character && each.startsWith(word)))
      throw new DeclarationError(at, describe(word), "what no other escape starts with");
  }
}

function checkType(node: Type, path: string): void {
  for (const [type, word] of Object.entries(node.write ?? {}))
    if (!Object.hasOwn(node.words, word))
      throw new DeclarationError(
        `${path}.write.${type}`,
        describe(word),
        Object.keys(node.words).map(describe).join(", "),
      );
}

function checkCall(nodes: readonly Node[], path: string): void {
  demandOne(nodes, path, "name", ["name", "wrapper"]);
  demandOne(nodes, path, "arguments", ["arguments", "wrapper"]);
}

/** A call that is read starts with its name: arguments that stream before it would belong to nothing. */
function checkOrder(nodes: readonly Node[], path: string, place: Place): void {
  for (const [index, node] of nodes.entries()) {
    const at = `${path}[${index}]`;
    if (node.kind === "call") {
      const kinds = kindsInOrder(node.nodes);
      if (kinds.indexOf("arguments") >= 0 && kinds.indexOf("arguments") < kinds.indexOf("name"))
        throw new DeclarationError(`${at}.nodes`, "arguments before the name", "the name first");
    }
    for (const inner of innerLists(node, at, place)) checkOrder(inner.nodes, inner.path, inner.place);
  }
}

function checkTagged({ parameter, item, style }: Tagged, path: string): void {
  checkParameter(parameter, `${path}.parameter`);
  for (const [index, node] of parameter.entries()) {
    const before = parameter[index - 1]?.kind;
    if (node.kind === "key" && node.again && before !== "marker" && before !== "literal")
      throw new DeclarationError(`${path}.parameter[${index}]`, "a key once more, without its tag", "markup before it");
  }
  if (item === undefined) {
    if (style !== undefined) throw new DeclarationError(`${path}.style`, describe(style), "only beside item");
    const nesting = typesIn(parameter).find(({ words }) => Object.values(words).some(isNesting));
    if (nesting) throw new DeclarationError(path, "a type word for a value that nests", "item, beside parameter");
    return;
  }
  demandOne(item, `${path}.item`, "value", ["value"]);
  const types = typesIn(item).length;
  if (types !== typesIn(parameter).length)
    throw new DeclarationError(`${path}.item`, `${types} times type`, "as many type nodes as a parameter has");
  if (types > 0 && kindsInOrder(item).indexOf("type") > kindsInOrder(item).indexOf("value"))
    throw new DeclarationError(`${path}.item`, "the order value, type", "perhaps type, value");
  for (const [name, nodes] of Object.entries({ parameter, item })) {
    // What is inside a value is told by how it starts, and goes on behind it.
    const { kind } = nodes[0]!;
    if (kind !== "marker" && kind !== "literal")
      throw new DeclarationError(`${path}.${name}[0].kind`, describe(kind), "marker, literal, where values nest");
    if (!nodes.some((node) => node.kind === "value"))
      throw new DeclarationError(
        `${path}.${name}`,
        "the value inside another node",
        "a value of its own, where values nest",
      );
  }
}

const isNesting = (reading: ValueReading): boolean => reading === "object" || reading === "array";

const typesIn = (nodes: readonly Node[]): readonly Type[] =>
  nodes.flatMap((node) =>
    node.kind === "type" ? [node] : innerLists(node, "", "parameter").flatMap((inner) => typesIn(inner.nodes)),
  );

function checkParameter(nodes: readonly Node[], path: string): void {
  demandOne(nodes, path, "key", ["key"]);
  demandOne(nodes, path, "value", ["value"]);
  const kinds = kindsInOrder(nodes);
  const types = kinds.filter((kind) => kind === "type").length;
  if (types > 1) throw new DeclarationError(path, `${types} times type`, "one type node at most");
  const order = kinds.filter((kind) => kind === "key" || kind === "type" || kind === "value");
  if (order[0] !== "key" || order.at(-1) !== "value")
    throw new DeclarationError(path, `the order ${order.join(", ")}`, "key, perhaps type, value");
}
