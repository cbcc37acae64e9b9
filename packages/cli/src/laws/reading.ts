import {
  createParser,
  foldEvents,
  type Diagnostic,
  type Event,
  type Format,
  type Part,
  type ParserOptions,
  type Span,
} from "@glossa/core";

/** What a parser said of one output, cut in one way. */
export interface Reading {
  readonly parts: readonly Part[];
  readonly events: readonly Event[];
  readonly diagnostics: readonly Diagnostic[];
  readonly spans: readonly Span[];
}

const settings = { createId: (ordinal: number): string => `call_${ordinal}`, spans: true };

export function read(format: Format, pieces: Iterable<string>, options: ParserOptions): Reading {
  const parser = createParser(format, { ...settings, ...options });
  const events: Event[] = [];
  for (const piece of pieces) events.push(...parser.push(piece));
  events.push(...parser.end());
  return {
    parts: parser.message.parts,
    events,
    diagnostics: events.flatMap((event) => (event.type === "diagnostic" ? [event.diagnostic] : [])),
    spans: parser.spans,
  };
}

/** The text behind which something was taken back that had been said; undefined where nothing was. */
export function revision(format: Format, pieces: Iterable<string>, options: ParserOptions): string | undefined {
  const parser = createParser(format, { ...settings, ...options });
  let text = "";
  let said = "";
  for (const piece of pieces) {
    parser.push(piece);
    text += piece;
    const now = grown(parser.message.parts);
    if (!now.startsWith(said)) return text;
    said = now;
  }
  parser.end();
  return grown(parser.message.parts).startsWith(said) ? undefined : text;
}

/** The parts as one text that only grows as they do. */
const grown = (parts: readonly Part[]): string =>
  parts
    .map((part) =>
      part.type === "call" ? `\0call ${part.id} ${part.name} ${part.arguments}` : `\0${part.type} ${part.text}`,
    )
    .join("");

/** What one reading of an output breaks, whatever the output was; in words. */
export function violations(raw: string, reading: Reading): readonly string[] {
  return [...spanViolations(raw, reading), ...eventViolations(reading), ...callViolations(reading)];
}

function spanViolations(raw: string, { parts, spans }: Reading): string[] {
  const found: string[] = [];
  let end = 0;
  for (const span of spans) {
    if (span.start !== end || span.end <= span.start) found.push(`the spans have a gap or overlap at ${end}`);
    end = span.end;
  }
  if (end !== raw.length) found.push(`the spans end at ${end} of ${raw.length}`);
  for (const type of ["text", "reasoning"] as const) {
    const spanned = spans.flatMap(({ kind, start, end }) => (kind === type ? [raw.slice(start, end)] : []));
    const said = parts.flatMap((part) => (part.type === type ? [part.text] : []));
    if (spanned.join("") !== said.join("")) found.push(`the spans of ${type} are not what the parts say`);
  }
  return found;
}

function eventViolations({ parts, events }: Reading): string[] {
  const found: string[] = [];
  if (JSON.stringify(foldEvents(events).parts) !== JSON.stringify(parts))
    found.push("the events do not add up to the message");
  const open = new Set<number>();
  for (const event of events) {
    if ((event.type === "text" || event.type === "reasoning") && event.text === "")
      found.push(`an empty delta of ${event.type}`);
    if (event.type === "call-start") open.add(event.index);
    if (event.type === "call-arguments" && (event.delta === "" || !open.has(event.index)))
      found.push(`a delta of call ${event.index} that is empty or out of order`);
    if (event.type === "call-end" && !open.delete(event.index)) found.push(`call ${event.index} ends twice`);
  }
  if (open.size > 0) found.push(`call ${[...open].join()} does not end`);
  return found;
}

function callViolations({ parts }: Reading): string[] {
  return parts.flatMap((part) => {
    if (part.type !== "call" || part.status !== "complete") return [];
    try {
      const value: unknown = JSON.parse(part.arguments);
      if (typeof value === "object" && value !== null && !Array.isArray(value)) return [];
    } catch {
      // Said below.
    }
    return [`the arguments of the complete call of ${part.name} are no JSON object`];
  });
}
