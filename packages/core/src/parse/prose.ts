import type { ProseRules, Rule } from "./compile.ts";
import type { Input } from "./input.ts";
import type { Output } from "./output.ts";
import { Quotation } from "./quotation.ts";
import type { Leaf } from "./readers.ts";

/** What prose remembers across the interruptions by calls and markers. */
export interface ProseState {
  /** Absent where nothing is a quotation. */
  quotation: Quotation | undefined;
  /** White space at the start of a stretch of text, of which it is not known yet whether it is markup's. */
  blank: string;
  /** Nothing but white space was written since the last markup. */
  isBlank: boolean;
  /** A block was ended by a call: its closer may still come, and means nothing then. */
  owesClose: boolean;
}

export const proseState = (): ProseState => ({
  quotation: new Quotation(),
  blank: "",
  isBlank: true,
  owesClose: false,
});

const firstInk = /\S/;

/** Reads prose up to the next marker that means something here. */
export class ProseLeaf implements Leaf {
  /** The rule found; undefined when the output ended. */
  found: Rule | undefined;
  /** Where the marker's own text ends, in the input's window; its reading starts at `input.pos`. */
  foundEnd = 0;

  readonly #kind: "text" | "reasoning";
  readonly #input: Input;
  readonly #output: Output;
  readonly #rules: ProseRules;
  readonly #state: ProseState;
  #finished = false;

  constructor(kind: "text" | "reasoning", input: Input, output: Output, rules: ProseRules, state: ProseState) {
    this.#kind = kind;
    this.#input = input;
    this.#output = output;
    this.#rules = rules;
    this.#state = state;
  }

  advance(): boolean {
    if (this.#finished) return true;
    const input = this.#input;
    const { scanner, rules } = this.#rules;
    let from = input.pos;
    for (;;) {
      const at = scanner.find(input, from);
      if (at < 0) {
        this.#take(scanner.heldAt);
        break;
      }
      this.#take(at);
      const rule = rules.get(scanner.found!)!;
      if (this.#counts(rule, at)) {
        this.found = rule;
        this.foundEnd = scanner.foundEnd;
        break;
      }
      // A thought's closer without an opener: most likely the prompt opened it and was not given.
      if (rule.kind === "stray" && rule.closesBlock && this.#state.quotation?.isOpenAt(input.text[at]) !== true)
        this.#output.diagnose("stray-marker", `${rule.text} closes nothing: it stays text`, input.offset);
      // The token `<tool_call>` opens a call.
      //            ^ only quoted: the search goes on behind it
      from = at + 1;
      this.#take(from);
    }
    this.#finished = this.found !== undefined || input.ended;
    return this.#finished;
  }

  #counts(rule: Rule, at: number): boolean {
    const { isBlank, owesClose } = this.#state;
    const isQuoted = this.#state.quotation?.isOpenAt(this.#input.text[at]) === true;
    switch (rule.kind) {
      case "calls":
      case "open":
      case "end":
        return !isQuoted || this.#input.isSpecial(rule.text, at);
      case "stray":
        return isBlank || (owesClose && rule.closesBlock && !isQuoted);
      default:
        return true;
    }
  }

  #take(end: number): void {
    const input = this.#input;
    if (end <= input.pos) return;
    const offset = input.offset;
    const text = input.take(end, this.#kind);
    writeProse(this.#kind, text, offset, input, this.#output, this.#state);
  }
}

/** Writes prose that was read from `offset` on; white space behind markup waits for the first letter. */
export function writeProse(
  kind: "text" | "reasoning",
  text: string,
  offset: number,
  input: Input,
  output: Output,
  state: ProseState,
): void {
  // What the prompt began and the output did not finish is none of the output.
  if (offset < 0) {
    state.quotation?.feed(text.slice(0, -offset));
    if (text.length > -offset) writeProse(kind, text.slice(-offset), 0, input, output, state);
    return;
  }
  state.quotation?.feed(text);
  if (kind === "text" && state.isBlank) {
    state.blank += text;
    if (!firstInk.test(text)) {
      // For now it counts as markup; see below.
      input.retell(offset, "markup");
      return;
    }
    input.retell(offset - (state.blank.length - text.length), kind);
    output.push({ type: kind, text: state.blank });
    state.blank = "";
    state.isBlank = false;
    return;
  }
  state.isBlank = false;
  output.push({ type: kind, text });
}
