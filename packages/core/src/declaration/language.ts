/**
 * The declaration language as data: the fields of every object that a declaration is made of. The validation and the
 * JSON Schema are both read from here, and the types of `format.ts` say which fields there have to be.
 */
import type { Block, Format, IdPolicy, JsonType, Node, Notation } from "../format.ts";

/** What a field holds. */
export type Shape =
  /** A string; with `pattern`, one that it fits, in the words of `says`. */
  | {
      readonly type: "text";
      readonly empty: boolean;
      readonly pattern?: { readonly source: string; readonly says: string };
    }
  | { readonly type: "flag" }
  | { readonly type: "count"; readonly least: number; readonly most: number }
  | { readonly type: "word"; readonly words: readonly string[] }
  | { readonly type: "list"; readonly item: Shape; readonly least: number; readonly distinct: boolean }
  /** An object whose field names the declaration chooses, or chooses from `keys`. */
  | { readonly type: "map"; readonly value: Shape; readonly least: number; readonly keys?: readonly string[] }
  | { readonly type: "object"; readonly object: ObjectName }
  /** One of several objects, told apart by their `kind`. */
  | { readonly type: "kinds"; readonly kinds: KindsName };

export type ObjectName = "format" | "block" | "calls";
export type KindsName = "node" | "notation" | "ids";

export interface Field {
  readonly shape: Shape;
  readonly required: boolean;
  /** For the person who writes the declaration. */
  readonly says: string;
}

interface Required extends Field {
  readonly required: true;
}

interface Optional extends Field {
  readonly required: false;
}

export type Fields = { readonly [name: string]: Field };

/** The fields that a type has, and which of them may be left out. */
type FieldsOf<T> = {
  readonly [name in Exclude<keyof T, "kind">]-?: Record<never, never> extends Pick<T, name> ? Optional : Required;
};

type KindsOf<T extends { readonly kind: string }> = {
  readonly [kind in T["kind"]]: { readonly says: string; readonly fields: FieldsOf<Extract<T, { kind: kind }>> };
};

export interface Kinds {
  readonly [kind: string]: { readonly says: string; readonly fields: Fields };
}

const required = (shape: Shape, says: string): Required => ({ shape, required: true, says });
const optional = (shape: Shape, says: string): Optional => ({ shape, required: false, says });

const text: Shape = { type: "text", empty: false };
const anyText: Shape = { type: "text", empty: true };
const flag: Shape = { type: "flag" };
const node: Shape = { type: "kinds", kinds: "node" };
const listOf = (item: Shape, least = 1): Shape => ({ type: "list", item, least, distinct: false });
const distinct = (item: Shape, least = 1): Shape => ({ type: "list", item, least, distinct: true });
const oneOf = (...words: readonly string[]): Shape => ({ type: "word", words });
const count = (least: number, most: number): Shape => ({ type: "count", least, most });

const formatName: Shape = {
  type: "text",
  empty: false,
  pattern: { source: "^[A-Za-z0-9][A-Za-z0-9_.-]*$", says: "letters, digits, _, . and -" },
};

const jsonTypes: { readonly [type in JsonType]: true } = {
  string: true,
  number: true,
  boolean: true,
  null: true,
  object: true,
  array: true,
};

const escapes: Shape = { type: "map", value: text, least: 1 };
const escapesSay = "Characters that are written as something else, with what is written.";

const markup = {
  text: required(text, "What the renderer writes."),
  aliases: optional(distinct(text), "Other spellings that models use: they are read, and offered by no grammar."),
  optional: optional(text, "Why it may be left out; leaving it out is noted as a tolerance."),
  silent: optional(flag, "Leaving it out is usual and no tolerance."),
};

const nodes: KindsOf<Node> = {
  marker: {
    says: "Words that identify markup, often one token of the vocabulary.",
    fields: markup,
  },
  literal: {
    says: "Markup of ordinary characters: it opens a call only together with a declared tool name.",
    fields: markup,
  },
  blank: {
    says: "White space inside markup: reads any run of white space.",
    fields: { text: required(anyText, "What the renderer writes.") },
  },
  trim: {
    says: "White space at the edge of something raw: reads as much of exactly this as is there.",
    fields: { text: required(text, "What the renderer writes.") },
  },
  name: {
    says: "The name of the tool; ends at what comes next.",
    fields: {
      empty: optional(flag, "It may be empty in the output."),
      again: optional(flag, "It is the same name once more."),
      opens: optional(flag, "It opens the call: a declared tool's name at the start of a line, and what follows it."),
      escapes: optional(escapes, escapesSay),
    },
  },
  id: {
    says: "The call's id as the model writes it.",
    fields: { nodes: optional(listOf(node), "What the id is made of, where it holds the name or the ordinal.") },
  },
  ordinal: {
    says: "The number of the call in the conversation.",
    fields: {
      base: required(count(0, 1_000_000), "The number of the first call."),
      perMessage: optional(flag, "Every message counts anew."),
    },
  },
  arguments: {
    says: "The arguments.",
    fields: { notation: required({ type: "kinds", kinds: "notation" }, "How they are written.") },
  },
  wrapper: {
    says: "A JSON object that holds name and arguments under keys; other keys are skipped.",
    fields: {
      name: required(distinct(text), "Keys of the name; the first is the one written."),
      arguments: required(distinct(text), "Keys of the arguments; the first is the one written."),
      id: optional(distinct(text), "Keys of the id; the first is the one written."),
      order: optional(distinct(oneOf("name", "arguments", "id")), "The order in which they are written."),
    },
  },
  call: { says: "One call.", fields: { nodes: required(listOf(node), "What it is made of, in order.") } },
  repeat: {
    says: "One or more, with a separator in between.",
    fields: {
      nodes: required(listOf(node), "What is repeated."),
      separator: required(anyText, "Written between two; white space in it is read as any white space."),
      single: optional(text, "The renderer writes one only; several are read, which is a tolerance. The reason."),
      silent: optional(flag, "Several are usual all the same, and no tolerance."),
    },
  },
  optional: {
    says: "All or nothing: decided by the marker or literal that it starts with.",
    fields: {
      nodes: required(listOf(node), "What may be there."),
      written: optional(text, "Why it may be left out though it is written, a tolerance; default: it is not written."),
    },
  },
  choice: {
    says: "The first alternative is written; which one is read is decided by what it starts with.",
    fields: { alternatives: required(listOf(listOf(node), 2), "The alternatives, tried in order.") },
  },
  key: {
    says: "The name of a tagged parameter.",
    fields: {
      escapes: optional(escapes, escapesSay),
      again: optional(flag, "It is the same name once more, in a closing tag."),
      not: optional(distinct(text), "What no name starts with: markup before one of these is other markup."),
    },
  },
  type: {
    says: "The word that tells how the value of a tagged parameter is written.",
    fields: {
      words: required(
        { type: "map", value: oneOf("raw", "json", "object", "array"), least: 1 },
        "How a value reads behind which word: raw text is a string, json is JSON, object and array are what they hold.",
      ),
      write: optional(
        { type: "map", value: text, least: 0, keys: Object.keys(jsonTypes) },
        "Which word is written for which JSON type; default: the first that fits.",
      ),
    },
  },
  value: { says: "The value of a tagged parameter.", fields: {} },
  skip: {
    says: "Markup that says nothing: reads anything that starts with one of `starts`, up to the next marker.",
    fields: {
      text: required(anyText, "What the renderer writes."),
      starts: required(distinct(text, 0), "What it may start with."),
      not: required(distinct(text, 0), "Markers that cannot be in it."),
    },
  },
};

const notations: KindsOf<Notation> = {
  json: { says: "A JSON object.", fields: {} },
  python: { says: "Python keyword arguments, city='Paris', days=3, without the parentheses.", fields: {} },
  gemma: {
    says: "Bare keys, strings between quotes of its own.",
    fields: {
      quote: required(text, "What stands on both sides of a string."),
      sorted: optional(flag, "Keys are written in the order of their names, letter case aside, at every depth."),
    },
  },
  text: {
    says: "The text of one parameter, as it is; a JSON object where the tool does not declare that.",
    fields: { parameter: required(text, "The parameter whose text it is.") },
  },
  tagged: {
    says: "A sequence a parameter; the schema decides what is a string.",
    fields: {
      parameter: required(listOf(node), "One parameter: key, perhaps type, and value, with their markup."),
      item: optional(
        listOf(node),
        "One item of an array, without a key: with it, objects and arrays nest in the notation.",
      ),
      style: optional(oneOf("minimax_m3_xml", "cohere_xml"), "The structural tag's name for a notation that nests."),
    },
  },
};

const ids: KindsOf<IdPolicy> = {
  random: {
    says: "A prefix and random letters and digits.",
    fields: {
      prefix: required(anyText, "What every id starts with."),
      length: required(count(1, 64), "How many random characters follow."),
    },
  },
  pattern: {
    says: "A pattern with the number of the call in it.",
    fields: {
      pattern: required(
        { type: "text", empty: false, pattern: { source: "\\{n\\}", says: "with {n}, which makes ids unique, in it" } },
        "{name} and {n} are filled in; n counts over the conversation.",
      ),
    },
  },
};

const block: FieldsOf<Block> = {
  lead: optional(text, "Written between this block and what stands before it in the message."),
  open: required(listOf(node), "The markup before it."),
  close: required(listOf(node, 0), "The markup behind it."),
  endsAt: optional(distinct(oneOf("calls", "text", "reasoning"), 0), "What else ends it, by opening."),
};

const calls: FieldsOf<NonNullable<Format["calls"]>> = {
  lead: required(anyText, "Written between the section and what stands before it in the message."),
  nodes: required(listOf(node), "The section."),
  spellings: optional(
    listOf(listOf(node)),
    "Other ways in which templates write the section, which nodes reads: the grammar offers them as well.",
  ),
  parallel: required(flag, "Whether one turn may hold several calls."),
};

const format: FieldsOf<Format> = {
  name: required(formatName, "The format's name."),
  aliases: optional(distinct(formatName, 0), "Other names under which servers and data sets know it."),
  models: optional(distinct(text, 0), "Model names, * for anything."),
  turn: required(listOf(text, 0), "What the chat template writes before an assistant turn."),
  end: required(listOf(text, 0), "What ends the turn: markup wherever it stands."),
  reasoning: optional(
    listOf({ type: "object", object: "block" }),
    "The markup around reasoning; the first is written.",
  ),
  text: optional(listOf({ type: "object", object: "block" }), "Markup around visible text, where there is any."),
  calls: optional({ type: "object", object: "calls" }, "The call section."),
  ids: required({ type: "kinds", kinds: "ids" }, "Where call ids come from, if the model writes none."),
  specialTokens: optional(distinct(text, 0), "Markers that are one token of the vocabulary."),
};

export const objects: { readonly [name in ObjectName]: { readonly says: string; readonly fields: Fields } } = {
  format: { says: "How a model writes its reasoning, its calls and its answers.", fields: format },
  block: { says: "A stretch of reasoning or of visible text with markup around it.", fields: block },
  calls: { says: "The call section.", fields: calls },
};

export const kinds: { readonly [name in KindsName]: Kinds } = { node: nodes, notation: notations, ids };
