/** Declaration + request → structural tag: the grammar that makes the model write what the format can say, and nothing else. */
import type { Block, Choice, Format as WireFormat, Node } from "../format.ts";
import type { JsonSchema, Tool } from "../message.ts";
import { endsInWhiteSpace, isWhiteSpace, markupText } from "../render/markup-text.ts";
import { holdsSeveral, openerOf, sections, type CallableTool, type Ways } from "./call-pieces.ts";
import { ConstrainError } from "./constrain-error.ts";
import { excludes, markersOf, openerIn, reasoningExcludes } from "./markers.ts";
import { merge, oneOf, optionally, sequence, untagged, type Piece } from "./pieces.ts";
import { notStartingWith } from "./line-start.ts";
import { anyObject, jsonOf } from "./schema.ts";
import { limitWhiteSpace } from "./white-space.ts";
import type { Format, StructuralTag, TagFormat } from "./structural-tag.ts";

export type ConstrainToolChoice =
  | "none"
  | "auto"
  | "required"
  | { readonly name: string }
  | { readonly allowed: readonly string[]; readonly mode: "auto" | "required" };

export type ResponseFormat =
  | { readonly type: "text" }
  | { readonly type: "json_object" }
  | { readonly type: "json_schema"; readonly schema: JsonSchema }
  | { readonly type: "regex"; readonly pattern: string }
  | { readonly type: "choice"; readonly choices: readonly string[] }
  /** EBNF as xgrammar and llama.cpp read it. */
  | { readonly type: "grammar"; readonly grammar: string };

/**
 * - `off`: the model does not reason, or the prompt has closed the reasoning already.
 * - `optional`: it may reason first.
 * - `forced`: it reasons first.
 * - `open`: the prompt has opened the reasoning; the output starts inside.
 */
export type ReasoningMode = "off" | "optional" | "forced" | "open";

export interface ConstrainRequest {
  readonly tools?: readonly Tool[];
  /** Default `auto` where there are tools. A named tool is called exactly once. */
  readonly toolChoice?: ConstrainToolChoice;
  /** Default true. */
  readonly parallelToolCalls?: boolean;
  readonly responseFormat?: ResponseFormat;
  /** White space in a row that JSON may hold, in characters, 1 or more. Default 16. */
  readonly maxWhiteSpace?: number;
  /** Whether text may come before a required call. Default true; a weak model may never come to the call. */
  readonly preamble?: boolean;
  /** Default `optional` where the format has reasoning. */
  readonly reasoning?: ReasoningMode;
}

/**
 * From where on the tag decides what the model writes.
 * - `none`: nowhere. Any answer is allowed; a tag, if there is one, demands the reasoning before it.
 * - `first-token`: from the first character.
 * - `after-reasoning`: reasoning comes first, free but for its end; from there on.
 * - `calls-only`: text is free. A call, once opened, is held to the format and to what is asked of its arguments.
 */
export type Coverage = "none" | "first-token" | "after-reasoning" | "calls-only";

export interface Constraint {
  /** Undefined where there is nothing to hold the model to. */
  readonly structuralTag: StructuralTag | undefined;
  readonly coverage: Coverage;
}

/**
 * The tag covers the whole output, reasoning included: an engine that starts to constrain behind the reasoning is asked
 * for `reasoning: "off"`. What the request asks for and the tag cannot hold is a `ConstrainError`.
 *
 * - `required`, a named tool: calls, and their arguments are held to the tools' schemas. Text may come before, where the
 *   calls have an opener that text does not contain.
 * - `auto`: free text and calls. The arguments of a tool with `strict` are held to its schema, those of another are any
 *   object.
 *   Where calls open with ordinary text, the opener counts in the spellings that the declaration has; in another (white
 *   space, the order of keys) it is text to the tag, though the parser may read a call.
 * - `auto` with a response format: an answer as it says, or calls, from the first character: free text before a call would
 *   let an answer start as prose and then force it to end in a call.
 */
export function constrain(format: WireFormat, request: ConstrainRequest = {}): Constraint {
  if (request.maxWhiteSpace !== undefined && request.maxWhiteSpace < 1)
    throw new ConstrainError(
      "maxWhiteSpace",
      `found ${request.maxWhiteSpace}, expected 1 or more: no engine takes less`,
    );
  const { structuralTag, coverage } = new Composer(format, request).compose();
  if (structuralTag === undefined || request.maxWhiteSpace === undefined) return { structuralTag, coverage };
  return tagged(limitWhiteSpace(structuralTag.format, request.maxWhiteSpace), coverage);
}

/** A piece of the message, with what is written between it and what stands before it. */
interface Item {
  readonly lead: string;
  readonly pieces: readonly Piece[];
  /** Its own end is white space, which stands in for a lead. */
  readonly endsInWhiteSpace?: boolean;
}

/** One of the texts; the empty one among them means that there need be none. */
function choiceOf(choices: readonly string[]): Format {
  const texts = choices.filter((choice) => choice !== "");
  if (texts.length === 0) throw new ConstrainError("responseFormat", "a choice of nothing");
  const one = oneOf(texts.map((choice) => sequence(choice)));
  return texts.length === choices.length ? one : { type: "optional", content: one };
}

class Composer {
  readonly #format: WireFormat;
  readonly #request: ConstrainRequest;
  readonly #mode: ReasoningMode;
  readonly #parallel: boolean;

  constructor(format: WireFormat, request: ConstrainRequest) {
    this.#format = format;
    this.#request = request;
    this.#mode = this.#reasoningMode();
    this.#parallel =
      (request.parallelToolCalls ?? true) && (format.calls?.parallel ?? false) && !isNamed(request.toolChoice);
  }

  compose(): Constraint {
    const tools = this.#tools();
    const answer = this.#answer();
    const held: Constraint["coverage"] = this.#mode === "off" ? "first-token" : "after-reasoning";
    if (this.#isRequired()) {
      if (tools.length === 0) throw new ConstrainError("toolChoice", "a call is required and there is no tool to call");
      if (!this.#format.calls) throw new ConstrainError("toolChoice", `${this.#format.name} has no calls`);
      return tagged(this.#required(tools), held);
    }
    if (tools.length > 0 && this.#format.calls) {
      if (answer) return tagged(oneOf([this.#answered(answer), this.#called(tools)]), held);
      return tagged(this.#format.text ? this.#automaticBlocks(tools) : this.#automaticText(tools), "calls-only");
    }
    if (answer) return tagged(this.#answered(answer), held);
    if (this.#mode === "forced") return tagged(this.#freely(), "none");
    return { structuralTag: undefined, coverage: "none" };
  }

  // What the request asks for

  #reasoningMode(): ReasoningMode {
    const { reasoning } = this.#request;
    if (this.#format.reasoning) return reasoning ?? "optional";
    if (reasoning === "forced" || reasoning === "open")
      throw new ConstrainError("reasoning", `${this.#format.name} has no reasoning`);
    return "off";
  }

  #isRequired(): boolean {
    const { toolChoice } = this.#request;
    if (typeof toolChoice !== "object") return toolChoice === "required";
    return "name" in toolChoice || toolChoice.mode === "required";
  }

  /** The tools that may be called, with what their arguments are held to. */
  #tools(): readonly CallableTool[] {
    const { tools = [], toolChoice = "auto" } = this.#request;
    if (toolChoice === "none") return [];
    const names =
      typeof toolChoice !== "object" ? undefined : "name" in toolChoice ? [toolChoice.name] : toolChoice.allowed;
    for (const name of names ?? []) {
      if (!tools.some((tool) => tool.name === name))
        throw new ConstrainError("toolChoice", `there is no tool ${JSON.stringify(name)}`);
    }
    const chosen = names ? tools.filter(({ name }) => names.includes(name)) : tools;
    return chosen.map(({ name, parameters, strict }) => ({
      name,
      arguments: this.#isRequired() || strict ? (parameters ?? anyObject) : anyObject,
    }));
  }

  /** What the answer's text must be; undefined for any text. */
  #answer(): Format | undefined {
    const { responseFormat = { type: "text" } } = this.#request;
    switch (responseFormat.type) {
      case "text":
        return undefined;
      case "json_object":
        return jsonOf(anyObject);
      case "json_schema":
        return jsonOf(responseFormat.schema);
      case "regex":
        return { type: "regex", pattern: responseFormat.pattern };
      case "choice":
        return choiceOf(responseFormat.choices);
      case "grammar":
        return { type: "grammar", grammar: responseFormat.grammar };
    }
  }

  // Parts of a message

  /** Free text, without markers that would read as markup. */
  #text(others: readonly string[] = []): Format {
    return { type: "any_text", excludes: excludes([...markersOf(this.#format), ...others]) };
  }

  /** The reasoning blocks that may stand there: each that the format has. A prompt that has opened one opens the first. */
  #reasoning(): readonly (Item & { readonly trail: string })[] {
    if (this.#mode === "off") return [];
    const blocks = this.#format.reasoning!;
    return (this.#mode === "open" ? blocks.slice(0, 1) : blocks).map((block) => this.#reasoningBlock(block));
  }

  /** White space at the edges of the reasoning is the model's to write or not. */
  #reasoningBlock(block: Block): Item & { readonly trail: string } {
    const close = core(block.close);
    const open = this.#mode === "open" ? "" : markupText(core(block.open).nodes);
    const content: Format = { type: "any_text", excludes: excludes(reasoningExcludes(this.#format, block)) };
    const lead = block.lead ?? "";
    const start = this.#mode !== "open" && lead !== "" && isWhiteSpace(lead) ? optionally(lead) : [];
    return {
      lead,
      pieces: [...start, { type: "tag", begin: open, content, end: markupText(close.nodes) }],
      endsInWhiteSpace: endsInWhiteSpace(block.close),
      trail: close.trail,
    };
  }

  /** Behind reasoning in the mode asked for: `rest`, which text may or may not start. */
  #behindReasoning(rest: Item): Format {
    return sequence(...this.#prefix([], rest.lead), ...rest.pieces);
  }

  /**
   * What may stand before an item with that lead: reasoning, and then the `preambles`, each of which may be left out. The
   * lead goes with what is before it, for at the start there is none.
   */
  #prefix(preambles: readonly Item[], lead: string): readonly Piece[] {
    const starts: (readonly Item[])[] = this.#reasoning().map((block) => [
      { ...block, pieces: [...block.pieces, block.trail] },
    ]);
    if (this.#mode === "off" || this.#mode === "optional") starts.push([]);
    const chains = starts.flatMap((start) => [start, ...preambles.map((preamble) => [...start, preamble])]);
    const written = chains.map((chain) => merge(chainPieces(chain, lead)));
    const some = written.filter((pieces) => pieces.length > 0).map((pieces) => sequence(...pieces));
    if (some.length === 0) return [];
    return some.length === written.length ? [oneOf(some)] : optionally(oneOf(some));
  }

  /** The markup of a text block around `content`. The last block of the turn may end with the turn. */
  #textBlock({ open, close, lead }: Block, content: Format, isLast: boolean): Item {
    const end = markupText(close);
    return {
      lead: lead ?? "",
      pieces: [markupText(open), content, ...(isLast ? optionally(end) : [end])],
      endsInWhiteSpace: endsInWhiteSpace(close),
    };
  }

  /** Free text in a block of its own: where calls open as ordinary text, without what opens one. */
  #textInBlock(tools: readonly CallableTool[]): Format {
    return this.#text(this.#opensDistinctly() ? [] : this.#triggers(this.#section().ways, tools));
  }

  /** The preamble before calls, in a format that has markup for it. */
  #preambles(tools: readonly CallableTool[]): readonly Item[] {
    const block = this.#format.text?.[1] ?? this.#format.text?.[0];
    return block ? [this.#textBlock(block, this.#textInBlock(tools), false)] : [];
  }

  /**
   * The call section in its spellings, and what stands between two. Calls that are repeated with nothing around them are
   * sections each.
   */
  #section(): { readonly ways: Ways; readonly separator: string } {
    const { nodes, spellings = [], lead } = this.#format.calls!;
    const repeated = [nodes, ...spellings].map((way) =>
      way.length === 1 && way[0]!.kind === "repeat" ? way[0] : undefined,
    );
    const [first, ...others] = [nodes, ...spellings].map((way, index) => repeated[index]?.nodes ?? way);
    return { ways: [first!, ...others], separator: repeated[0]?.separator ?? lead };
  }

  #sections(tools: readonly CallableTool[]): readonly TagFormat[] {
    return sections(this.#format, this.#section().ways, { tools, parallel: this.#parallel });
  }

  /** The call sections, with nothing before them. */
  #calls(tools: readonly CallableTool[]): Item {
    const { lead } = this.#format.calls!;
    const { ways, separator } = this.#section();
    const tags = this.#sections(tools);
    if (holdsSeveral(ways[0]) || !this.#parallel) return { lead, pieces: [oneOf(tags.map(untagged))] };
    return { lead, pieces: [{ type: "tags_with_separator", tags, separator, at_least_one: true }] };
  }

  // Whole messages

  #required(tools: readonly CallableTool[]): Format {
    const calls = this.#calls(tools);
    if (this.#request.preamble === false) return this.#behindReasoning(calls);
    if (this.#format.text) return sequence(...this.#prefix(this.#preambles(tools), calls.lead), ...calls.pieces);
    if (!this.#opensDistinctly()) return this.#behindReasoning(calls);
    // Behind a backtick, or a fence, that is still open a call would be a quotation of one.
    return sequence(...this.#reasoningBeforeText(), this.#text(["`", "~~~"]), ...calls.pieces);
  }

  #called(tools: readonly CallableTool[]): Format {
    const calls = this.#calls(tools);
    return sequence(...this.#prefix(this.#preambles(tools), calls.lead), ...calls.pieces);
  }

  #answered(answer: Format): Format {
    const block = this.#format.text?.[0];
    return this.#behindReasoning(block ? this.#textBlock(block, answer, true) : { lead: "", pieces: [answer] });
  }

  /** Reasoning, then anything. */
  #freely(tools: readonly CallableTool[] = []): Format {
    const block = this.#format.text?.[0];
    if (block) return this.#behindReasoning(this.#textBlock(block, this.#textInBlock(tools), true));
    return sequence(...this.#reasoningBeforeText(), this.#text());
  }

  /** Reasoning before free text, which takes any white space between. */
  #reasoningBeforeText(): readonly Piece[] {
    const blocks = this.#reasoning().map(({ pieces }) => pieces);
    if (blocks.length === 0) return [];
    const pieces = blocks.length === 1 ? blocks[0]! : [oneOf(blocks.map((each) => sequence(...each)))];
    return this.#mode === "optional" ? optionally(...pieces) : pieces;
  }

  /** A format with markup around text: blocks from the first character on. */
  #automaticBlocks(tools: readonly CallableTool[]): Format {
    return oneOf([this.#called(tools), this.#freely(tools)]);
  }

  /** Free text in which calls open where they open. */
  #automaticText(tools: readonly CallableTool[]): Format {
    const { ways } = this.#section();
    if (!this.#opensDistinctly()) return sequence(...this.#reasoningBeforeText(), this.#ordinaryCalls(tools));
    const tags = [...this.#sections(tools)];
    const triggers = [...this.#triggers(ways, tools)];
    const inner = withoutOpener(ways[0]);
    if (inner) {
      // The opener is left out at times: such a call is held as well, on its own.
      tags.push(...sections(this.#format, [inner], { tools, parallel: false }));
      triggers.push(...this.#triggers([inner], tools));
    }
    return sequence(...this.#reasoningBeforeText(), this.#triggered(triggers, tags));
  }

  /** Calls whose opener is ordinary text: only with a tool's name it is one. */
  #ordinaryCalls(tools: readonly CallableTool[]): Format {
    const { ways } = this.#section();
    const tags = this.#sections(tools);
    const triggers = this.#triggers(ways, tools);
    const opener = openerIn(ways[0]);
    if (opener?.kind === "name" && opener.opens) return this.#callsOnLines(tags, triggers);
    if (!holdsSeveral(ways[0]) || !this.#parallel) return this.#triggered(triggers, tags);
    // One section for all tools has no one trigger: text that ends where an opener would be complete, and the section.
    const text: Format = { type: "any_text", excludes: [...excludes(markersOf(this.#format), triggers), ...triggers] };
    return sequence(text, { type: "star", content: sequence(oneOf(tags.map(untagged)), text) });
  }

  /**
   * Calls that a name opens at the start of a line: the first line is a call's or starts as none does, and behind a line
   * break a name with another one behind it is a trigger.
   */
  #callsOnLines(tags: readonly TagFormat[], openers: readonly string[]): Format {
    const onLine = (text: string): string => `\n${text}`;
    const later = this.#triggered(
      openers.map(onLine),
      tags.map((each) => ({ ...each, begin: onLine(each.begin as string) })),
    );
    const call = oneOf(tags.map(untagged));
    const first = notStartingWith(openers, excludes(markersOf(this.#format)));
    return sequence(
      { type: "regex", pattern: "\\n*" },
      oneOf([this.#parallel ? sequence(call, later) : call, sequence(...optionally(first, later))]),
    );
  }

  #triggers(ways: Ways, tools: readonly CallableTool[]): readonly string[] {
    const triggers = ways.flatMap((nodes) => {
      const opener = openerIn(nodes);
      if (opener?.kind === "marker") return [opener.text];
      return tools.map(({ name }) => openerOf(this.#format, nodes, name));
    });
    return [...new Set(triggers)];
  }

  #triggered(triggers: readonly string[], tags: readonly TagFormat[]): Format {
    return {
      type: "triggered_tags",
      triggers,
      tags,
      excludes: excludes(markersOf(this.#format), triggers),
      ...(!this.#parallel && { stop_after_first: true }),
    };
  }

  /** Whether a call opens with a marker, which text does not contain, and not with ordinary text. */
  #opensDistinctly(): boolean {
    return openerIn(this.#section().ways[0])?.kind === "marker";
  }
}

const isNamed = (choice: ConstrainToolChoice | undefined): boolean => typeof choice === "object" && "name" in choice;

const tagged = (format: Format, coverage: Coverage): Constraint => ({
  structuralTag: { type: "structural_tag", format },
  coverage,
});

/** Items one after the other, each behind its lead, and the lead of what comes then; nothing has a lead at the start. */
function chainPieces(chain: readonly Item[], lead: string): readonly Piece[] {
  const pieces: Piece[] = [];
  chain.forEach((item, index) => {
    const before = chain[index - 1];
    if (before) pieces.push(leadBehind(before, item.lead));
    pieces.push(...item.pieces);
  });
  const last = chain.at(-1);
  return last ? [...pieces, leadBehind(last, lead)] : pieces;
}

/** As the renderer has it: white space is not written twice. */
const leadBehind = (item: Item, lead: string): string => (item.endsInWhiteSpace && isWhiteSpace(lead) ? "" : lead);

/** Markup without the white space at its edges, and the white space at its end. */
function core(nodes: readonly Node[]): { readonly nodes: readonly Node[]; readonly trail: string } {
  const isEdge = (node: Node | undefined): boolean => node?.kind === "trim" || node?.kind === "blank";
  const start = nodes.findIndex((node) => !isEdge(node));
  let end = nodes.length;
  while (end > start && isEdge(nodes[end - 1])) end--;
  return { nodes: nodes.slice(Math.max(0, start), end), trail: markupText(nodes.slice(end)) };
}

/** A section whose opener may be left out: the call of it, or what is left where that is not what comes next. */
function withoutOpener(nodes: readonly Node[]): readonly Node[] | undefined {
  const first = nodes[0];
  if (first?.kind === "call" && first.nodes[0]?.kind === "choice") {
    const [{ alternatives }, ...rest] = first.nodes as readonly [Choice, ...Node[]];
    const other = alternatives.slice(1).find((alternative) => alternative[0]?.kind === "literal");
    return other && [{ ...first, nodes: [...other, ...rest] }];
  }
  if (first?.kind !== "marker" || first.optional === undefined) return undefined;
  const at = nodes.findIndex((node, index) => index > 0 && node.kind !== "blank");
  const next = nodes[at];
  if (!next) return undefined;
  if (next.kind === "repeat") return next.nodes;
  return next.kind === "call" ? [next] : nodes.slice(at);
}
