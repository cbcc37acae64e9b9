/**
 * The declaration language: a wire format as plain data.
 *
 * The parser, the renderer and the constraint are three interpreters of these nodes. A format has no code of its own;
 * what it needs and the nodes cannot say becomes a node or an option that all three read. The functions below only
 * build the objects, so that a declaration can as well come from a JSON file.
 */

/** Words that identify markup: two-character minimum in practice, often one token of the vocabulary. */
export interface Marker {
  readonly kind: "marker";
  /** What the renderer writes. */
  readonly text: string;
  /** Other spellings that models use: they are read, and offered by no grammar. */
  readonly aliases?: readonly string[];
  /** Why it may be left out; leaving it out is a tolerance. */
  readonly optional?: string;
  /** Leaving it out is usual and no tolerance. */
  readonly silent?: boolean;
}

/** Markup made of ordinary characters: it opens a call only together with a declared tool name. */
export interface Literal {
  readonly kind: "literal";
  readonly text: string;
  readonly aliases?: readonly string[];
  readonly optional?: string;
  readonly silent?: boolean;
}

/** White space inside markup: writes `text`, reads any run of white space. */
export interface Blank {
  readonly kind: "blank";
  readonly text: string;
}

/** White space at the edge of something raw: writes `text`, reads as much of exactly this as is there, no more. */
export interface Trim {
  readonly kind: "trim";
  readonly text: string;
}

/** Characters that are written as something else, with what is written: `{ "&": "&amp;" }`. */
export type Escapes = Readonly<Record<string, string>>;

/** The name of the tool; ends at what comes next. */
export interface Name {
  readonly kind: "name";
  /** May be empty on the wire. */
  readonly empty?: boolean;
  /** The same name once more: headers and bodies both say it. What it says counts for nothing, before the name or behind. */
  readonly again?: boolean;
  /**
   * It opens the call, with no markup before it: a declared tool's name at the start of a line or behind markup, where
   * what stands behind it goes on as the call does. The first node of its call, or of an alternative that is.
   */
  readonly opens?: boolean;
  readonly escapes?: Escapes;
}

/** The call's id as the model writes it: the text of the nodes inside, which may hold the name and the ordinal. */
export interface Id {
  readonly kind: "id";
  readonly nodes?: readonly Node[];
}

/** The number of the call in the conversation, counted from `base`. */
export interface Ordinal {
  readonly kind: "ordinal";
  readonly base: number;
  /** Every message counts from `base` anew. */
  readonly perMessage?: boolean;
}

/** The arguments, in a notation. */
export interface Arguments {
  readonly kind: "arguments";
  readonly notation: Notation;
}

/** A JSON object that holds name and arguments under keys; the first spelling is the one written, other keys are skipped. */
export interface Wrapper {
  readonly kind: "wrapper";
  readonly name: readonly string[];
  readonly arguments: readonly string[];
  readonly id?: readonly string[];
  /** Keys in the order written; default name, arguments, id. */
  readonly order?: readonly ("name" | "arguments" | "id")[];
}

/** One call. */
export interface Call {
  readonly kind: "call";
  readonly nodes: readonly Node[];
}

/** One or more, with a separator in between. */
export interface Repeat {
  readonly kind: "repeat";
  readonly nodes: readonly Node[];
  /** Written between two; white space in it is read as any white space. */
  readonly separator: string;
  /** The renderer writes one only; several are read, which is a tolerance. The reason. */
  readonly single?: string;
  /** Several are usual all the same, and no tolerance. */
  readonly silent?: boolean;
}

/** All or nothing: decided by the marker or literal that it starts with. Not written, unless `written` says so. */
export interface Optional {
  readonly kind: "optional";
  readonly nodes: readonly Node[];
  /** It is written, and why it may be left out all the same; leaving it out is a tolerance. */
  readonly written?: string;
}

/** The first alternative is written; which one is read is decided by what it starts with. */
export interface Choice {
  readonly kind: "choice";
  readonly alternatives: readonly (readonly Node[])[];
}

/** Inside `tagged` parameters: the parameter's name. */
export interface Key {
  readonly kind: "key";
  readonly escapes?: Escapes;
  /** The same name once more: closing tags say it. */
  readonly again?: boolean;
  /** What no name starts with: where one of these stands, the markup before it is not this one. */
  readonly not?: readonly string[];
}

/** Inside `tagged` parameters: the word that tells how the value is written. */
export interface Type {
  readonly kind: "type";
  /** Word → how the value reads: `raw` text is a string, `json` is JSON; `object` and `array` nest in the notation. */
  readonly words: Readonly<Record<string, ValueReading>>;
  /** Which word the renderer writes for a JSON type; default: the first that fits. */
  readonly write?: Readonly<Partial<Record<JsonType, string>>>;
}

export type ValueReading = "raw" | "json" | "object" | "array";

/** Inside `tagged` parameters: the value. Ends only at a closer that is followed by what the format allows next. */
export interface Value {
  readonly kind: "value";
}

/** Markup that says nothing to us: writes `text`, reads anything that starts with one of `starts`, up to the next marker. */
export interface Skip {
  readonly kind: "skip";
  readonly text: string;
  readonly starts: readonly string[];
  /** Markers that cannot be in it: where one stands, the header is broken. */
  readonly not: readonly string[];
}

export type JsonType = "string" | "number" | "boolean" | "null" | "object" | "array";

export type Node =
  | Marker
  | Literal
  | Blank
  | Trim
  | Name
  | Id
  | Ordinal
  | Arguments
  | Wrapper
  | Call
  | Repeat
  | Optional
  | Choice
  | Key
  | Type
  | Value
  | Skip;

/** How arguments are written. */
export type Notation =
  /** A JSON object. */
  | { readonly kind: "json" }
  /** Python keyword arguments, `city='Paris', days=3`, without the parentheses. */
  | { readonly kind: "python" }
  /**
   * `{city:<|"|>Paris<|"|>,days:3}`: bare keys, strings between `quote`s. With `sorted`, keys are written in the order of
   * their names, letter case aside, at every depth; they are read in any.
   */
  | { readonly kind: "gemma"; readonly quote: string; readonly sorted?: boolean }
  /**
   * The text of one `parameter`, as it is, where the tool declares that; else it is a JSON object if it starts like one,
   * and the text if not.
   */
  | { readonly kind: "text"; readonly parameter: string }
  | Tagged;

/** A sequence a parameter, with `key`, perhaps `type`, and `value` in it; the schema decides what is a string. */
export interface Tagged {
  readonly kind: "tagged";
  readonly parameter: readonly Node[];
  /**
   * How an item of an array is written, without a key. Where it is declared, values nest: an object is the parameters that
   * it holds, an array its items. Where no `type` tells, the tags inside a value and the schema do. Without it, objects and
   * arrays are JSON.
   */
  readonly item?: readonly Node[];
  /** The structural tag's name for a notation that nests, which a tag can't spell out. */
  readonly style?: NestedStyle;
}

/** The nested notations that structural tags know. */
export type NestedStyle = "minimax_m3_xml" | "cohere_xml";

/** A stretch of reasoning or of visible text with markup around it. */
export interface Block {
  /**
   * Written between this block and what stands before it in the message; see `Format.calls`. Reasoning that has a lead of
   * white space may start the message with it: the templates of such families end their prompts before it.
   */
  readonly lead?: string;
  readonly open: readonly Node[];
  readonly close: readonly Node[];
  /** What else ends it, beside its closer: the opening of a call, of a text block, of a reasoning block. */
  readonly endsAt?: readonly ("calls" | "text" | "reasoning")[];
}

/** Where call ids come from, if the model writes none. */
export type IdPolicy =
  /** `prefix` and then `length` random letters and digits. */
  | { readonly kind: "random"; readonly prefix: string; readonly length: number }
  /** `{name}` and `{n}` are filled in; n counts over the conversation. */
  | { readonly kind: "pattern"; readonly pattern: string };

export interface Format {
  readonly name: string;
  /** Other names under which servers and data sets know it. */
  readonly aliases?: readonly string[];
  /** Model names, `*` for anything. */
  readonly models?: readonly string[];
  /** What the chat template writes before an assistant turn; the last of these in a prompt is where this turn starts. */
  readonly turn: readonly string[];
  /** What ends the turn, should the engine let it through: markup wherever it stands. */
  readonly end: readonly string[];
  readonly reasoning?: readonly Block[];
  /** Markup around visible text, where the format has any; text outside of it is text as well. */
  readonly text?: readonly Block[];
  /** The call section. */
  readonly calls?: {
    /**
     * Written between the section and what stands before it in the message. A lead of white space is left out behind
     * a block whose closer ends in white space of its own.
     */
    readonly lead: string;
    readonly nodes: readonly Node[];
    /**
     * Other ways in which templates and guides of the family write the section, each written out as a section of its own.
     * `nodes` reads them, without a diagnostic; the grammar offers them beside what the renderer writes. Aliases and what
     * else is merely read no grammar offers.
     */
    readonly spellings?: readonly (readonly Node[])[];
    /** Whether one turn may hold several calls. */
    readonly parallel: boolean;
  };
  readonly ids: IdPolicy;
  /** Markers that are one token of the vocabulary: the engine must not strip them. */
  readonly specialTokens?: readonly string[];
}

type MarkupOptions = Pick<Marker, "aliases" | "optional" | "silent">;

export const marker = (text: string, options: MarkupOptions = {}): Marker => ({ kind: "marker", text, ...options });
export const literal = (text: string, options: MarkupOptions = {}): Literal => ({ kind: "literal", text, ...options });
export const blank = (text = ""): Blank => ({ kind: "blank", text });
export const trim = (text: string): Trim => ({ kind: "trim", text });
export const name = (options: Omit<Name, "kind"> = {}): Name => ({ kind: "name", ...options });
export const id = (...nodes: readonly Node[]): Id => (nodes.length > 0 ? { kind: "id", nodes } : { kind: "id" });
export const ordinal = (base = 0, options: Pick<Ordinal, "perMessage"> = {}): Ordinal => ({
  kind: "ordinal",
  base,
  ...options,
});
export const key = (options: Omit<Key, "kind"> = {}): Key => ({ kind: "key", ...options });
export const type = (words: Type["words"], write?: Type["write"]): Type =>
  write ? { kind: "type", words, write } : { kind: "type", words };
export const value = (): Value => ({ kind: "value" });
export const skip = (text: string, options: Pick<Skip, "starts" | "not">): Skip => ({ kind: "skip", text, ...options });
export const json = (): Arguments => ({ kind: "arguments", notation: { kind: "json" } });
export const python = (): Arguments => ({ kind: "arguments", notation: { kind: "python" } });
export const gemma = (quote: string, options: { readonly sorted?: boolean } = {}): Arguments => ({
  kind: "arguments",
  notation: { kind: "gemma", quote, ...options },
});
export const text = (parameter: string): Arguments => ({ kind: "arguments", notation: { kind: "text", parameter } });
export const tagged = (...parameter: readonly Node[]): Arguments => ({
  kind: "arguments",
  notation: { kind: "tagged", parameter },
});
export const nested = (notation: Required<Omit<Tagged, "kind">>): Arguments => ({
  kind: "arguments",
  notation: { kind: "tagged", ...notation },
});
export const wrapper = (keys: Omit<Wrapper, "kind">): Wrapper => ({ kind: "wrapper", ...keys });
export const call = (...nodes: readonly Node[]): Call => ({ kind: "call", nodes });
export const repeat = (nodes: readonly Node[], options: Pick<Repeat, "separator" | "single" | "silent">): Repeat => ({
  kind: "repeat",
  nodes,
  ...options,
});
export const optional = (...nodes: readonly Node[]): Optional => ({ kind: "optional", nodes });
export const written = (reason: string, ...nodes: readonly Node[]): Optional => ({
  kind: "optional",
  nodes,
  written: reason,
});
export const choice = (...alternatives: readonly (readonly Node[])[]): Choice => ({ kind: "choice", alternatives });
