/** Declaration + message → wire text. */
import type { Block, Format } from "../format.ts";
import type { Message, Part, Tool } from "../message.ts";
import { sectionText, type CallQueue, type PendingCall } from "./call-text.ts";
import { endsInWhiteSpace, isWhiteSpace, markupText } from "./markup-text.ts";
import { RenderError } from "./render-error.ts";
import { verify } from "./verify.ts";

export interface RenderOptions {
  /** The request's tools: notations without types need the parameters' schemas. */
  readonly tools?: readonly Tool[];
  /** Calls earlier in the conversation; formats that number their calls go on from here. Default 0. */
  readonly callCount?: number;
  /** Write what the chat template writes before an assistant turn, as well. Default false. */
  readonly turnStart?: boolean;
  /** Read the text back and refuse a message that it does not carry. Default true. */
  readonly verify?: boolean;
}

/**
 * The wire text of an assistant message: what the model would have written behind the prompt, up to where the turn ends.
 *
 * A message that the format cannot say is a `RenderError` that names the part: a call that is not complete, arguments that
 * are no JSON object, text that reads as markup, a value that holds its own closer. JSON arguments are written byte for
 * byte; in other notations numbers keep their digits, and keys their order unless the notation sorts them.
 */
export function render(format: Format, message: Message, options: RenderOptions = {}): string {
  const writer = new Writer(format, message.parts, options);
  const text = writer.write();
  const prompt = options.turnStart ? format.turn[0] : undefined;
  if (options.verify ?? true)
    verify(format, message, text, { tools: options.tools, callCount: options.callCount, prompt });
  return (prompt ?? "") + text;
}

class Writer {
  readonly #format: Format;
  readonly #parts: readonly Part[];
  readonly #tools: readonly Tool[];
  #ordinal: number;
  #number = 0;
  #out = "";
  /** Nothing of the message is written yet. */
  #start = true;
  /** What was written last is white space of a block's own closer. */
  #behindBlank = false;

  constructor(format: Format, parts: readonly Part[], options: RenderOptions) {
    this.#format = format;
    this.#parts = parts;
    this.#tools = options.tools ?? [];
    this.#ordinal = options.callCount ?? 0;
  }

  write(): string {
    let index = 0;
    while (index < this.#parts.length) {
      const part = this.#parts[index]!;
      if (part.type === "call") {
        index = this.#calls(index);
        continue;
      }
      if (part.type === "reasoning") {
        const block = this.#format.reasoning?.[0];
        if (!block) throw new RenderError(index, `${this.#format.name} has no markup for reasoning`);
        this.#block(block, part.text);
      } else this.#text(part.text, index === this.#parts.length - 1);
      index++;
    }
    return this.#out;
  }

  /** A last text is the answer, any other one a preamble; where the format tells them apart, its second block is for those. */
  #text(text: string, isLast: boolean): void {
    const blocks = this.#format.text ?? [];
    const block = isLast ? blocks[0] : (blocks[1] ?? blocks[0]);
    if (block) this.#block(block, text);
    else this.#put(text);
  }

  #put(text: string): void {
    this.#out += text;
    this.#start = false;
    this.#behindBlank = false;
  }

  #lead(lead: string): void {
    if (this.#start || (this.#behindBlank && isWhiteSpace(lead))) return;
    this.#out += lead;
  }

  #block(block: Block, text: string): void {
    this.#lead(block.lead ?? "");
    this.#put(markupText(block.open) + text + markupText(block.close));
    this.#behindBlank = endsInWhiteSpace(block.close);
  }

  /** The calls from `index` on, up to the next part of another type; returns the index of that. */
  #calls(index: number): number {
    const section = this.#format.calls;
    if (!section) throw new RenderError(index, `${this.#format.name} has no markup for calls`);
    const calls: PendingCall[] = [];
    let next = index;
    for (let part = this.#parts[next]; part?.type === "call"; part = this.#parts[++next]) {
      calls.push({ part, index: next, ordinal: this.#ordinal++, number: this.#number++ });
    }
    if (!section.parallel && calls.length > 1)
      throw new RenderError(index + 1, `${this.#format.name} has one call a turn`);
    const queue: CallQueue = { calls, tools: this.#tools };
    while (calls.length > 0) {
      const left = calls.length;
      this.#lead(section.lead);
      this.#put(sectionText(section.nodes, queue));
      if (calls.length === left)
        throw new RenderError(calls[0]!.index, `${this.#format.name} has no place for a call in its call section`);
    }
    return next;
  }
}
