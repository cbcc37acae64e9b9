/**
 * How much the evidence says.
 * - `certain`: markup that no other family writes.
 * - `likely`: a name or a vocabulary of one family, or wording that others may have copied.
 * - `guess`: several families share it; the likeliest is named.
 */
export type Confidence = "certain" | "likely" | "guess";

/** A row of evidence: what has to be there, what must not be, and which format that speaks for. */
export interface Evidence {
  readonly all: readonly string[];
  readonly none?: readonly string[];
  /** By name or alias. It need not be registered: then the row says that it is none of the others. */
  readonly format: string;
  /** What it could be as well. */
  readonly others?: readonly string[];
  /** Default: the weight of the table. */
  readonly confidence?: Confidence;
  /** For a person, as the end of "because …". */
  readonly reason: string;
}

/** The first row of a table that holds. */
export function firstOf(table: readonly Evidence[], has: (word: string) => boolean): Evidence | undefined {
  return table.find(({ all, none = [] }) => all.every(has) && !none.some(has));
}
