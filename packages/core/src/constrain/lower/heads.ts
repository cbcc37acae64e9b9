/** Beginnings of texts, kept by what they begin with alike: looking for one costs its length, however many there are. */
import { type Ranges } from "./expression.ts";

/** A beginning: a text, and which characters come next, if that is known. */
export interface Head {
  readonly text: string;
  readonly next: Ranges | undefined;
}

interface Place {
  /** What may come next after the heads that end here. */
  readonly ends: (Ranges | undefined)[];
  readonly children: Map<string, Place>;
}

const place = (): Place => ({ ends: [], children: new Map() });

export class Heads {
  readonly #root: Place = place();

  constructor(heads: readonly Head[] = []) {
    for (const head of heads) this.add(head);
  }

  add({ text, next }: Head): void {
    let at = this.#root;
    for (const character of text) {
      let to = at.children.get(character);
      if (!to) at.children.set(character, (to = place()));
      at = to;
    }
    if (!at.ends.includes(next)) at.ends.push(next);
  }

  /** Whether one of them may be read where this one is. */
  haveBeside({ text, next }: Head): boolean {
    let at = this.#root;
    for (const character of text) {
      if (at.ends.some((end) => !end || holds(end, character))) return true;
      const to = at.children.get(character);
      if (!to) return false;
      at = to;
    }
    return at.ends.some((end) => !end || !next || overlap(end, next)) || this.#goOn(at, next);
  }

  #goOn({ children }: Place, next: Ranges | undefined): boolean {
    if (!next) return children.size > 0;
    return [...children.keys()].some((character) => holds(next, character));
  }
}

function holds(ranges: Ranges, character: string): boolean {
  const code = character.codePointAt(0)!;
  return ranges.some(([from, to]) => from <= code && code <= to);
}

const overlap = (some: Ranges, others: Ranges): boolean =>
  some.some(([from, to]) => others.some(([low, high]) => low <= to && high >= from));
