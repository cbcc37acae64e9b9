/** The nodes of a call section → pieces of a grammar, written as the renderer writes them. One case a node kind. */
import type { Format as WireFormat, IdPolicy, Node, Repeat, Wrapper } from "../format.ts";
import type { JsonSchema } from "../message.ts";
import { escapeText } from "../values/escapes.ts";
import { wrapperOrder } from "../render/call-text.ts";
import { ConstrainError } from "./constrain-error.ts";
import { literalArguments } from "./literal-arguments.ts";
import { literalNotation } from "./literal-notation.ts";
import { groupedBy, joined } from "./joined.ts";
import { openerIn } from "./markers.ts";
import { merge, optionally, tag, type Piece } from "./pieces.ts";
import { escapeRegex } from "./regex.ts";
import { isObject, jsonOf } from "./schema.ts";
import { taggedArguments } from "./tagged-arguments.ts";
import { textArguments } from "./text-arguments.ts";
import type { JsonSchemaFormat, TagFormat } from "./structural-tag.ts";

/** A tool, with what its arguments are held to. */
export interface CallableTool {
  readonly name: string;
  readonly arguments: JsonSchema;
}

export interface SectionOptions {
  readonly tools: readonly CallableTool[];
  /** Several calls in a section that can hold several. */
  readonly parallel: boolean;
}

/** Whether one section holds any number of calls; otherwise every call has a section of its own. */
export function holdsSeveral(nodes: readonly Node[]): boolean {
  return nodes.some((node) => {
    if (node.kind === "repeat") return node.single === undefined;
    return node.kind === "choice" && holdsSeveral(node.alternatives[0] ?? []);
  });
}

/** The nodes of a section, in every way in which it is written; the first is the renderer's. */
export type Ways = readonly [written: readonly Node[], ...others: (readonly Node[])[]];

/**
 * The sections that may stand in a place: one that holds any of the tools' calls, or one for each tool. Ways of writing
 * them share a tag where they open alike, so that what a section starts with tells which of the tags it is.
 */
export function sections(format: WireFormat, ways: Ways, options: SectionOptions): readonly TagFormat[] {
  const writer = new SectionGrammar(format, options);
  if (holdsSeveral(ways[0]) && options.parallel) {
    // A list of calls must be all that a tag holds, or the last of it: what stands behind is the tag's end.
    const isMarked = openerIn(ways[0])?.kind === "marker";
    const likeness = (pieces: readonly Piece[]): string =>
      JSON.stringify([isMarked && pieces[0], pieces.slice(pieces.findIndex((piece) => typeof piece === "object"))]);
    const written = ways.map((nodes) => writer.pieces(nodes, undefined));
    return groupedBy(written, likeness).map((group) => tag(...joined(group)));
  }
  const groups = ways.length === 1 ? [ways] : groupedBy(ways, (nodes) => JSON.stringify(writer.opening(nodes)));
  return groups.flatMap((group) =>
    options.tools.map((tool) => tag(...joined(group.map((nodes) => writer.pieces(nodes, tool))))),
  );
}

/** What a section with a call of this tool starts with, through the tool's name and the character that ends it. */
export function openerOf(format: WireFormat, nodes: readonly Node[], name: string): string {
  const open = (written: string): string => {
    const writer = new SectionGrammar(format, { tools: [], parallel: false });
    const first = merge(writer.pieces(nodes, { name: written, arguments: true }))[0];
    return typeof first === "string" ? first : "";
  };
  const marked = open(stand);
  const at = marked.indexOf(stand);
  if (at < 0) throw new ConstrainError("calls", "the opener of a call holds no name");
  const opener = open(name);
  return opener.slice(0, opener.length - (marked.length - at - stand.length) + 1);
}

/** A name that stands for any: no declaration has this character, and no notation escapes it. */
const stand = "\ue000";

/** Where a node stands: what is written behind it in the call, and which call it is. */
interface Place {
  readonly tool: CallableTool | undefined;
  readonly following: readonly string[];
}

class SectionGrammar {
  readonly #format: WireFormat;
  readonly #options: SectionOptions;
  readonly #schemas = new Map<CallableTool, JsonSchemaFormat>();

  constructor(format: WireFormat, options: SectionOptions) {
    this.#format = format;
    this.#options = options;
  }

  /** What stands before a tool's name, and the name. */
  opening(nodes: readonly Node[]): readonly Piece[] {
    const pieces = this.pieces(nodes, { name: stand, arguments: true });
    return pieces.slice(0, pieces.findIndex((piece) => typeof piece === "string" && piece.includes(stand)) + 1);
  }

  /** The section for one tool's call, or for calls of any. */
  pieces(nodes: readonly Node[], tool: CallableTool | undefined, following: readonly string[] = []): readonly Piece[] {
    return nodes.flatMap((node, index) => {
      const behind = nodes.slice(index + 1).flatMap(textsOf);
      const pieces = this.#pieces(node, { tool, following: [...behind, ...following] });
      return index === nodes.length - 1 && mayBeStop(node) ? optionally(...pieces) : pieces;
    });
  }

  #pieces(node: Node, { tool, following }: Place): readonly Piece[] {
    switch (node.kind) {
      case "marker":
      case "literal":
      case "blank":
      case "trim":
      case "skip":
        return [node.text];
      case "optional":
        return node.written === undefined ? [] : this.pieces(node.nodes, tool, following);
      case "choice":
        return this.pieces(node.alternatives[0] ?? [], tool, following);
      case "call":
        return this.pieces(node.nodes, tool, following);
      case "repeat":
        return tool ? this.pieces(node.nodes, tool, following) : [this.#calls(node, following)];
      case "name":
        return [escapeText(known(tool).name, node.escapes)];
      case "id":
        return node.nodes
          ? this.pieces(node.nodes, tool, following)
          : [{ type: "regex", pattern: idPattern(this.#format.ids) }];
      case "ordinal":
        return [{ type: "regex", pattern: "0|[1-9][0-9]*" }];
      case "wrapper":
        return this.#wrapper(node, known(tool));
      case "arguments": {
        const { name, arguments: schema } = known(tool);
        const path = `tools.${name}.parameters`;
        if (node.notation.kind === "json") return [this.#json(known(tool))];
        if (node.notation.kind === "tagged") return taggedArguments(node.notation, following, schema, path);
        if (node.notation.kind === "text") {
          const json = (): Piece => this.#json(known(tool));
          return textArguments(node.notation.parameter, { closers: following, schema, path, json });
        }
        return literalArguments(literalNotation(node.notation)!, schema, path);
      }
      case "key":
      case "type":
      case "value":
        throw new TypeError(`a node of kind ${node.kind} stands outside of tagged parameters`);
    }
  }

  #calls({ nodes, separator }: Repeat, following: readonly string[]): Piece {
    const tags = this.#options.tools.map((tool) => tag(...this.pieces(nodes, tool, following)));
    return { type: "tags_with_separator", tags, separator, at_least_one: true };
  }

  /** The same object wherever the tool's arguments are JSON: an engine compiles its schema once. */
  #json(tool: CallableTool): JsonSchemaFormat {
    const known = this.#schemas.get(tool) ?? jsonOf(asObject(tool.arguments, `tools.${tool.name}.parameters`));
    this.#schemas.set(tool, known);
    return known;
  }

  #wrapper(node: Wrapper, tool: CallableTool): readonly Piece[] {
    const fields = { name: node.name, arguments: node.arguments, id: node.id };
    const values: { readonly [field in keyof typeof fields]: () => readonly Piece[] } = {
      name: () => [JSON.stringify(tool.name)],
      arguments: () => [this.#json(tool)],
      id: () => ['"', { type: "regex", pattern: idPattern(this.#format.ids) }, '"'],
    };
    const written = wrapperOrder(node).flatMap((field, index): readonly Piece[] => [
      `${index === 0 ? "{" : ", "}${JSON.stringify(fields[field]![0])}: `,
      ...values[field](),
    ]);
    return [...written, "}"];
  }
}

/** A closer that is usually missing: the engine stops at it, and a grammar that demanded it would never let it stop. */
function mayBeStop(node: Node): boolean {
  return (node.kind === "marker" || node.kind === "literal") && node.optional !== undefined && node.silent === true;
}

function known(tool: CallableTool | undefined): CallableTool {
  if (!tool) throw new TypeError("a node that says something about a call stands outside of a call");
  return tool;
}

/** The first texts that a node may write. */
function textsOf(node: Node): readonly string[] {
  if (node.kind === "marker" || node.kind === "literal") return [node.text, ...(node.aliases ?? [])];
  return [];
}

/** Arguments are an object, also where the schema does not say so. */
function asObject(schema: JsonSchema, path: string): JsonSchema {
  if (schema === false) throw new ConstrainError(path, "the schema false, which nothing satisfies");
  if (schema === true) return { type: "object", additionalProperties: true };
  if (!isObject(schema) || schema["$ref"] !== undefined || schema["type"] === "object") return schema;
  const types = [schema["type"] ?? "object"].flat();
  if (!types.includes("object")) throw new ConstrainError(path, "the schema allows no object");
  return { ...schema, type: "object" };
}

/** Ids as the policy makes them. */
function idPattern(policy: IdPolicy): string {
  if (policy.kind === "random") return `${escapeRegex(policy.prefix)}[a-zA-Z0-9]{${policy.length}}`;
  return "[a-zA-Z0-9_.:-]+";
}
