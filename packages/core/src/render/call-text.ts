/** The nodes of a call section → its text. One case a node kind; nothing here knows a format. */
import type { Arguments, JsonType, Node, Tagged, Type, Wrapper } from "../format.ts";
import type { CallPart, JsonSchema, Tool } from "../message.ts";
import { escapeText } from "../values/escapes.ts";
import { readJsonText, sameJsonText, type JsonObject, type JsonTree } from "../values/json-tree.ts";
import { emptyContainer, RawValue } from "../values/raw.ts";
import { itemSchema, propertySchema, schemaTypes } from "../values/schema-types.ts";
import { gemmaStyle, literalText, pythonStyle } from "./literal-text.ts";
import { RenderError } from "./render-error.ts";

/** A call on its way to the wire. */
export interface PendingCall {
  readonly part: CallPart;
  /** Index of the part in the message. */
  readonly index: number;
  /** How many calls the conversation holds before it. */
  readonly ordinal: number;
  /** How many calls the message holds before it. */
  readonly number: number;
}

/** Calls still to be written, in order, and what is known about their parameters. */
export interface CallQueue {
  readonly calls: PendingCall[];
  readonly tools: readonly Tool[];
}

/** What the nodes inside a call refer to. */
interface Current {
  readonly call: PendingCall;
  readonly arguments: JsonObject;
  readonly parameters: JsonSchema | undefined;
  /** Inside `tagged` parameters. */
  readonly parameter?: Parameter;
}

interface Parameter {
  readonly key: string;
  readonly value: string;
  readonly word: string | undefined;
}

/** One call section; takes the calls that it holds off the queue. */
export function sectionText(nodes: readonly Node[], queue: CallQueue): string {
  return nodes.map((node) => nodeText(node, queue, undefined)).join("");
}

function nodeText(node: Node, queue: CallQueue, current: Current | undefined): string {
  const inside = (nodes: readonly Node[]): string => nodes.map((each) => nodeText(each, queue, current)).join("");
  switch (node.kind) {
    case "marker":
    case "literal":
    case "blank":
    case "trim":
    case "skip":
      return node.text;
    case "optional":
      return node.written === undefined ? "" : inside(node.nodes);
    case "choice":
      return inside(node.alternatives[0] ?? []);
    case "call": {
      const call = queue.calls.shift();
      return call ? callText(node.nodes, queue, call) : "";
    }
    case "repeat": {
      const written = [inside(node.nodes)];
      while (node.single === undefined && queue.calls.length > 0) {
        const left = queue.calls.length;
        written.push(inside(node.nodes));
        if (queue.calls.length === left)
          throw new RenderError(queue.calls[0]!.index, "the format repeats something that holds no call");
      }
      return written.join(node.separator);
    }
    case "name":
      return escapeText(known(current).call.part.name, node.escapes);
    case "id":
      return node.nodes ? inside(node.nodes) : known(current).call.part.id;
    case "ordinal": {
      const { call } = known(current);
      return String(node.base + (node.perMessage ? call.number : call.ordinal));
    }
    case "wrapper":
      return wrapperText(node, known(current));
    case "arguments":
      return argumentsText(node, queue, known(current));
    case "key":
      return escapeText(parameterOf(current).key, node.escapes);
    case "type":
      return parameterOf(current).word ?? "";
    case "value":
      return parameterOf(current).value;
  }
}

function known(current: Current | undefined): Current {
  if (!current) throw new TypeError("a node that says something about a call stands outside of a call");
  return current;
}

function parameterOf(current: Current | undefined): Parameter {
  if (!current?.parameter)
    throw new TypeError("a node that says something about a parameter stands outside of tagged parameters");
  return current.parameter;
}

function callText(nodes: readonly Node[], queue: CallQueue, call: PendingCall): string {
  const parameters = queue.tools.find((tool) => tool.name === call.part.name)?.parameters;
  const current: Current = { call, arguments: argumentsOf(call), parameters };
  return nodes.map((node) => nodeText(node, queue, current)).join("");
}

function argumentsOf({ part, index }: PendingCall): JsonObject {
  if (part.status !== "complete")
    throw new RenderError(index, `the call is ${part.status}; only complete calls are written`);
  try {
    const tree = readJsonText(part.arguments);
    if (tree.type === "object") return tree;
  } catch (error) {
    throw new RenderError(index, `the arguments are no JSON: ${(error as Error).message}`);
  }
  throw new RenderError(index, "the arguments are no JSON object");
}

/** The arguments object as the model wrote it. */
function argumentsJson(current: Current): string {
  return current.call.part.arguments.slice(current.arguments.start, current.arguments.end);
}

/** `{"name": "get_weather", "arguments": {…}}`, with the separators of Python's `json.dumps`, as templates write it. */
function wrapperText(node: Wrapper, current: Current): string {
  const fields = { name: node.name, arguments: node.arguments, id: node.id };
  const values = {
    name: () => JSON.stringify(current.call.part.name),
    arguments: () => argumentsJson(current),
    id: () => JSON.stringify(current.call.part.id),
  };
  const written = wrapperOrder(node).map((field) => `${JSON.stringify(fields[field]![0])}: ${values[field]()}`);
  return `{${written.join(", ")}}`;
}

/** The wrapper's fields in the order in which they are written. */
export function wrapperOrder(node: Wrapper): readonly ("name" | "arguments" | "id")[] {
  return (node.order ?? (["name", "arguments", "id"] as const)).filter(
    (field) => field !== "id" || node.id !== undefined,
  );
}

function argumentsText({ notation }: Arguments, queue: CallQueue, current: Current): string {
  const { entries } = current.arguments;
  switch (notation.kind) {
    case "json":
      return argumentsJson(current);
    case "python":
      return entries.map(({ key, value }) => `${key}=${literalText(value, pythonStyle)}`).join(", ");
    case "gemma":
      return literalText(current.arguments, gemmaStyle(notation.quote, notation.sorted ?? false));
    case "text":
      return textOf(notation.parameter, current) ?? argumentsJson(current);
    case "tagged":
      return new TaggedWriter(notation, queue, current).parameters(entries);
  }
}

/** The text that arguments say which hold nothing but it, where it would not be read as an object. */
function textOf(parameter: string, { arguments: { entries }, parameters }: Current): string | undefined {
  const [only] = entries;
  if (entries.length !== 1 || only?.key !== parameter || only.value.type !== "string") return undefined;
  const text = only.value.value;
  const isDeclared = propertySchema(parameters, parameters, parameter) !== undefined;
  return text.trimStart().startsWith("{") && !isDeclared ? undefined : text;
}

/** Writes values in tags: a parameter or a member of an object with its key, an item of an array without. */
class TaggedWriter {
  readonly #notation: Tagged;
  readonly #queue: CallQueue;
  readonly #current: Current;
  /** The start of what closes a value. */
  readonly #closer: string;

  constructor(notation: Tagged, queue: CallQueue, current: Current) {
    this.#notation = notation;
    this.#queue = queue;
    this.#current = current;
    const { parameter } = notation;
    const closer = parameter.slice(parameter.findIndex((node) => node.kind === "value")).find((node) => "text" in node);
    this.#closer = closer && "text" in closer ? closer.text : "";
  }

  parameters(entries: JsonObject["entries"]): string {
    const { parameters } = this.#current;
    const { parameter } = this.#notation;
    return entries
      .map(({ key, value }) => {
        const schema = propertySchema(parameters, parameters, key);
        const text = this.#text(parameter, value, schema, 0) ?? { word: undefined, value: this.#json(value) };
        return this.#written(parameter, { key, ...text });
      })
      .join("");
  }

  #written(nodes: readonly Node[], parameter: Parameter): string {
    return nodes.map((node) => nodeText(node, this.#queue, { ...this.#current, parameter })).join("");
  }

  #json({ start, end }: JsonTree): string {
    return this.#current.call.part.arguments.slice(start, end);
  }

  /**
   * A value in its place in `nodes`: raw text where that reads as the string it is, what it holds where values nest, JSON
   * text everywhere else. Undefined if the place cannot carry it.
   */
  #text(nodes: readonly Node[], value: JsonTree, schema: unknown, depth: number): Omit<Parameter, "key"> | undefined {
    const { call, parameters } = this.#current;
    if (depth > deepest) throw new RenderError(call.index, `arguments nested more than ${deepest} levels deep`);
    const json = this.#json(value);
    const raw = value.type === "string" ? value.value : undefined;
    const type = nodes.find((node) => node.kind === "type");
    // Inside a value a string that holds what closes it is better off in JSON.
    const isCarried = depth === 0 || !raw?.includes(this.#closer);
    if (type) {
      const word = typeWord(type, value.type);
      if (word === undefined)
        throw new RenderError(call.index, `the format has no word for a value of type ${value.type}`);
      const reading = type.words[word];
      if (raw !== undefined && reading === "raw") return isCarried ? { word, value: raw } : undefined;
      return { word, value: (reading === value.type ? this.#inside(value, schema, depth) : undefined) ?? json };
    }
    const types = schemaTypes(parameters, schema);
    if (value.type !== "object" && value.type !== "array") {
      const text = [raw, json].find((each) => each !== undefined && readsAs(each, json, types));
      return !isCarried || text === undefined ? undefined : { word: undefined, value: text };
    }
    const inside = this.#inside(value, schema, depth);
    const nests =
      inside === "" ? readsAs(inside, json, types) : inside !== undefined && this.#nests(value, inside, types);
    // What is inside a value that is JSON need not be read by a schema.
    return { word: undefined, value: nests ? inside! : json };
  }

  /** The members of an object, the items of an array; undefined if one of them cannot be carried. */
  #inside(value: JsonTree, schema: unknown, depth: number): string | undefined {
    const { parameter, item } = this.#notation;
    const root = this.#current.parameters;
    let written = "";
    if (item === undefined) return undefined;
    if (value.type === "object")
      for (const { key, value: member } of value.entries) {
        if (!this.#carriesKey(key)) return undefined;
        const text = this.#text(parameter, member, propertySchema(root, schema, key), depth + 1);
        if (text === undefined) return undefined;
        written += this.#written(parameter, { key, ...text });
      }
    else if (value.type === "array")
      for (const [index, each] of value.items.entries()) {
        const text = this.#text(item, each, itemSchema(root, schema, index), depth + 1);
        if (text === undefined) return undefined;
        written += this.#written(item, { key: "", ...text });
      }
    return written;
  }

  /** Whether a tag can have that name. */
  #carriesKey(key: string): boolean {
    const { parameter } = this.#notation;
    const at = parameter.findIndex((node) => node.kind === "key");
    const [node, behind] = parameter.slice(at, at + 2);
    const not = node?.kind === "key" ? (node.not ?? []) : [];
    const end = behind && "text" in behind ? behind.text : "";
    const written = node?.kind === "key" ? escapeText(key, node.escapes) : key;
    return (
      key !== "" &&
      key === key.trim() &&
      key.length < longestKey &&
      !/[<\n]/.test(written) &&
      !written.includes(end[0] ?? "\n") &&
      !not.some((text) => key.startsWith(text))
    );
  }

  /** Whether tags in the place of a value are read as the object or array that it is. */
  #nests(value: JsonTree, text: string, types: ReadonlySet<JsonType> | undefined): boolean {
    if (types !== undefined && !types.has("array")) return value.type === "object" && types.has("object");
    const [first] = this.#notation.item!;
    const startsAsItem = first !== undefined && "text" in first && text.startsWith(first.text);
    return startsAsItem === (value.type === "array");
  }
}

/** The word written for a value of this type: the declared one, or the first whose reading fits. */
export function typeWord(type: Type, jsonType: JsonType): string | undefined {
  return (
    type.write?.[jsonType] ??
    Object.keys(type.words).find(
      (word) =>
        type.words[word] === "json" ||
        type.words[word] === jsonType ||
        (type.words[word] === "raw" && jsonType === "string"),
    )
  );
}

/** No longer names are read in tags. */
const longestKey = 256;

/** Deeper than the reader goes by default, values are refused when the text is read back. */
const deepest = 512;

/** Whether raw text in the place of this parameter is read as the value whose JSON text is given. */
function readsAs(text: string, json: string, types: ReadonlySet<JsonType> | undefined): boolean {
  const reader = new RawValue(types, deepest, { empty: emptyContainer(types) });
  reader.write(text);
  reader.end();
  return reader.failed === undefined && sameJsonText(reader.take(), json);
}
