import * as v from "valibot";

/** Any object. */
export const record: v.GenericSchema<Readonly<Record<string, unknown>>> = v.custom<Readonly<Record<string, unknown>>>(
  (input) => typeof input === "object" && input !== null && !Array.isArray(input),
);

export const between = (low: number, high: number): v.GenericSchema<number> =>
  v.pipe(
    v.number(),
    v.check((value) => value >= low && value <= high, `it is not between ${low} and ${high}`),
  );

export const wholeFrom = (low: number): v.GenericSchema<number> =>
  v.pipe(
    v.number(),
    v.check((value) => Number.isSafeInteger(value) && value >= low, `it is not a whole number from ${low} on`),
  );

/** A list or something else: told apart first, so that an error names the item and not "the field". */
export const listOr = <Item, Other>(
  item: v.GenericSchema<unknown, Item>,
  other: v.GenericSchema<unknown, Other>,
): v.GenericSchema<unknown, readonly Item[] | Other> =>
  v.lazy(
    (input) => (Array.isArray(input) ? v.array(item) : other) as v.GenericSchema<unknown, readonly Item[] | Other>,
  );
