import type { Node } from "../ir.ts";
import { encodeUtf8, isHighSurrogate, isLowSurrogate } from "../utf8.ts";
import { entered, type StateSet, type Thread } from "./closure.ts";
import { stepBytes } from "./step.ts";

/** Follows one text through a grammar, byte by byte. Time per byte and memory do not grow with the text. */
export class Matcher {
  #states: StateSet;
  /** A high surrogate whose other half has not come; its first two bytes have been read. 0: none. */
  #surrogate: number;

  readonly #maxThreads: number;

  constructor(from: Node | Matcher, maxThreads: number = Infinity) {
    if (from instanceof Matcher) {
      this.#maxThreads = from.#maxThreads;
      this.#states = from.#states;
      this.#surrogate = from.#surrogate;
    } else {
      this.#maxThreads = maxThreads;
      this.#states = entered(from, undefined);
      this.#surrogate = 0;
    }
  }

  /** Reads on. Where the grammar does not allow it, the answer is false and nothing has changed. Bytes may end within a character. */
  push(text: string | Uint8Array): boolean {
    if (typeof text !== "string") return this.#surrogate === 0 && this.#pushBytes(text);
    if (text === "") return true;
    const states = this.#states;
    const surrogate = this.#surrogate;
    if (this.#pushText(text)) return true;
    this.#states = states;
    this.#surrogate = surrogate;
    return false;
  }

  #pushText(text: string): boolean {
    let rest = text;
    if (this.#surrogate !== 0) {
      if (!isLowSurrogate(text.charCodeAt(0))) return false;
      const whole = encodeUtf8(String.fromCharCode(this.#surrogate) + text.charAt(0));
      this.#surrogate = 0;
      if (!this.#pushBytes(whole.subarray(2))) return false;
      rest = text.slice(1);
    }
    const last = rest.charCodeAt(rest.length - 1);
    if (!isHighSurrogate(last)) return this.#pushBytes(encodeUtf8(rest));
    // The first two bytes of a character beyond the BMP follow from its high surrogate alone.
    if (!this.#pushBytes(encodeUtf8(rest.slice(0, -1)))) return false;
    if (!this.#pushBytes(encodeUtf8(String.fromCharCode(last, 0xdc00)).subarray(0, 2))) return false;
    this.#surrogate = last;
    return true;
  }

  #pushBytes(bytes: Uint8Array): boolean {
    const states = stepBytes(this.#states, bytes, 0, bytes.length, this.#maxThreads);
    if (states === undefined) return false;
    this.#states = states;
    return true;
  }

  /** Whether `push` would succeed. */
  accepts(text: string | Uint8Array): boolean {
    return this.fork().push(text);
  }

  /** Whether the text so far is a whole sentence of the grammar. */
  get isComplete(): boolean {
    return this.#surrogate === 0 && this.#states.complete;
  }

  /** Whether the text can't go on. */
  get isFinished(): boolean {
    return this.#states.complete && this.#states.threads.every((thread) => !canGoOn(thread));
  }

  /** A second matcher at the same place; it shares everything and copies nothing. */
  fork(): Matcher {
    return new Matcher(this);
  }

  /** Whether two matchers of one grammar hold the very same states. */
  isAt(other: Matcher): boolean {
    return this.#states === other.#states && this.#surrogate === other.#surrogate;
  }

  /** The number of threads alive: a measure of how ambiguous the grammar is here. */
  get width(): number {
    return this.#states.threads.length;
  }

  get threads(): readonly Thread[] {
    return this.#states.threads;
  }
}

function canGoOn(thread: Thread): boolean {
  if (thread.node.kind === "literal" || thread.node.kind === "token") return true;
  return thread.part !== thread.node.automaton.startPart || thread.node.automaton.chars.next(thread.state).length > 0;
}
