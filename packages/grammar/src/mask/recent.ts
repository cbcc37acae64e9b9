/** A value that is kept for as long as there is room; undefined once it had to go. */
export interface Kept<T> {
  value: T | undefined;
  readonly bytes: number;
}

/**
 * What is kept because it may be wanted again, up to a number of bytes; what has not been wanted for longest goes first. Whoever
 * put something in holds on to its `Kept`, and from here nothing leads back: a grammar that is dropped is not kept alive.
 */
export class Recent<T> {
  readonly #limit: number;
  readonly #kept = new Set<Kept<T>>();
  #bytes = 0;

  /** `limit` in bytes. What is larger by itself is not kept. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Lets go of what has not been wanted for longest until there is room. Returns what went last, for its memory to be used again. */
  makeRoom(bytes: number): T | undefined {
    let last: T | undefined;
    for (const oldest of this.#kept) {
      if (this.#bytes + bytes <= this.#limit) break;
      this.#kept.delete(oldest);
      this.#bytes -= oldest.bytes;
      last = oldest.value;
      oldest.value = undefined;
    }
    return last;
  }

  /** `bytes`: what the value takes. */
  keep(value: T, bytes: number): Kept<T> {
    if (bytes > this.#limit) return { value: undefined, bytes };
    this.makeRoom(bytes);
    const kept: Kept<T> = { value, bytes };
    this.#kept.add(kept);
    this.#bytes += bytes;
    return kept;
  }

  /** The value, if it is still there: it is wanted again. */
  use(kept: Kept<T>): T | undefined {
    if (kept.value !== undefined) {
      this.#kept.delete(kept);
      this.#kept.add(kept);
    }
    return kept.value;
  }
}
