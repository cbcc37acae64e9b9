import type { CallPart, Diagnostic, DiagnosticKind, Event, Message, Part } from "../message.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The fold of events: their parts in order, deltas of the same kind joined. */
export class MessageFold implements Message {
  readonly parts: Part[] = [];
  readonly #calls = new Map<number, Mutable<CallPart>>();

  add(event: Event): void {
    const last = this.parts.at(-1) as Mutable<Part> | undefined;
    switch (event.type) {
      case "reasoning":
      case "text":
        if (last?.type === event.type) last.text += event.text;
        else this.parts.push({ type: event.type, text: event.text });
        break;
      case "call-start": {
        const part: CallPart = { type: "call", id: event.id, name: event.name, arguments: "", status: "truncated" };
        this.#calls.set(event.index, part);
        this.parts.push(part);
        break;
      }
      case "call-arguments": {
        const part = this.#calls.get(event.index);
        if (part) part.arguments += event.delta;
        break;
      }
      case "call-end": {
        const part = this.#calls.get(event.index);
        if (part) part.status = event.status;
        break;
      }
      default:
        break;
    }
  }
}

/** The message that a sequence of events tells. */
export function foldEvents(events: Iterable<Event>): Message {
  const fold = new MessageFold();
  for (const event of events) fold.add(event);
  return fold;
}

/** Collects the events of one push. Deltas of the same kind that follow each other become one. */
export class Output {
  message: MessageFold = new MessageFold();
  /** Calls started so far. */
  calls = 0;
  #events: Event[] = [];
  #last: { text?: string; delta?: string; type: string; index?: number } | undefined;

  take(): Event[] {
    const events = this.#events;
    if (events.length === 0) return events;
    for (const event of events) this.message.add(event);
    this.#events = [];
    this.#last = undefined;
    return events;
  }

  /** Nothing was said yet. */
  get isEmpty(): boolean {
    return this.message.parts.length === 0 && this.#events.every((event) => event.type === "diagnostic");
  }

  /** Forgets everything: it was read from the prompt. */
  restart(): void {
    this.#events = [];
    this.#last = undefined;
    this.calls = 0;
    this.message = new MessageFold();
  }

  push(event: Event): void {
    const last = this.#last;
    if (event.type === "call-arguments") {
      if (event.delta === "") return;
      if (last?.type === "call-arguments" && last.index === event.index) {
        last.delta += event.delta;
        return;
      }
    } else if (event.type === "text" || event.type === "reasoning") {
      if (event.text === "") return;
      if (last?.type === event.type) {
        last.text += event.text;
        return;
      }
    }
    this.#events.push(event);
    this.#last = event;
  }

  diagnose(kind: DiagnosticKind, message: string, offset: number, call?: number): void {
    const diagnostic: Diagnostic = call === undefined ? { kind, message, offset } : { kind, message, offset, call };
    this.push({ type: "diagnostic", diagnostic });
  }
}
