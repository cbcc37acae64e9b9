import { type CharAutomaton, type CharRanges, dead, reaches } from "./char-automaton.ts";

/** Any number of characters of one class. */
export class ClassText implements CharAutomaton {
  readonly start = 0;
  readonly #ranges: CharRanges;

  constructor(ranges: CharRanges) {
    this.#ranges = ranges;
  }

  step(_state: number, char: number): number {
    return reaches(this.#ranges, char, char) ? 0 : dead;
  }

  accepts(): boolean {
    return true;
  }

  next(): CharRanges {
    return this.#ranges;
  }
}
