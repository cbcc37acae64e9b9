/**
 * The words everybody uses: what a model said, in the order in which it said it.
 * Nothing here knows a server's JSON; the flat OpenAI or Anthropic shape is a projection made at the edge.
 */

/** A JSON Schema as tools carry it. `true` allows everything. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

export interface Tool {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments object; absent means any object. */
  readonly parameters?: JsonSchema;
  /** Constrain the arguments to `parameters` even where the choice is `auto`. */
  readonly strict?: boolean;
}

export type ToolChoice = "auto" | "none" | "required" | { readonly name: string };

/**
 * How a call ended.
 * - `complete`: its arguments are one JSON object.
 * - `truncated`: the output stopped inside it; the arguments are a prefix of JSON.
 * - `malformed`: the model wrote something that the notation does not allow; the arguments are what it wrote, as it came.
 */
export type CallStatus = "complete" | "truncated" | "malformed";

export interface ReasoningPart {
  readonly type: "reasoning";
  readonly text: string;
}

export interface TextPart {
  readonly type: "text";
  readonly text: string;
}

export interface CallPart {
  readonly type: "call";
  readonly id: string;
  readonly name: string;
  /** JSON text: the model's own bytes where it wrote JSON. */
  readonly arguments: string;
  readonly status: CallStatus;
}

export type Part = ReasoningPart | TextPart | CallPart;

/** What the model said, in order: the fold of its events. */
export interface Message {
  readonly parts: readonly Part[];
}

export type DiagnosticKind =
  /** The name is none of the request's tools; the call is delivered all the same. */
  | "unknown-tool"
  /** What stood behind a call opener is no call of this format. */
  | "malformed-call"
  /** The output ended inside a call. */
  | "truncated-call"
  /** A declared leniency was taken: a closer or opener left out, another spelling. */
  | "tolerance"
  /** A marker where the format has no place for it. */
  | "stray-marker"
  /** A parameter came twice in one call. */
  | "duplicate-parameter"
  /** The output ended inside reasoning. */
  | "truncated-reasoning"
  /** A limit of the parser's options was reached. */
  | "limit";

export interface Diagnostic {
  readonly kind: DiagnosticKind;
  /** One sentence for a person. */
  readonly message: string;
  /** Offset in UTF-16 units from the start of the output. */
  readonly offset: number;
  /** Index of the call concerned. */
  readonly call?: number;
}

/** Events come in the order in which the model wrote them; none is ever revised, and no delta is empty. */
export type Event =
  | { readonly type: "reasoning"; readonly text: string }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "call-start"; readonly index: number; readonly id: string; readonly name: string }
  | { readonly type: "call-arguments"; readonly index: number; readonly delta: string }
  | { readonly type: "call-end"; readonly index: number; readonly status: CallStatus }
  | { readonly type: "diagnostic"; readonly diagnostic: Diagnostic };

export type SpanKind = "reasoning" | "text" | "name" | "arguments" | "markup";

/** A stretch of the output, `[start, end)` in UTF-16 units. Spans tile the output without a gap. */
export interface Span {
  readonly kind: SpanKind;
  readonly start: number;
  readonly end: number;
}
