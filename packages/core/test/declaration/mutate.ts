import { formats } from "@glossa/core";
import fc from "fast-check";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What may be put in the place of something. */
const replacements: readonly Json[] = [
  null,
  true,
  0,
  -1,
  "",
  " ",
  "x",
  "<x>",
  [],
  {},
  { kind: "name" },
  { kind: "key" },
  { kind: "value" },
  { kind: "blank", text: "" },
  { kind: "marker", text: "<x>" },
  { kind: "literal", text: "[", optional: "why not" },
  { kind: "arguments", notation: { kind: "json" } },
  { kind: "arguments", notation: { kind: "python" } },
  { kind: "skip", text: "", starts: [], not: [] },
];

/** A registered format, with some of its places changed: dropped, doubled, swapped, replaced. */
export const changed: fc.Arbitrary<unknown> = fc
  .tuple(
    fc.nat(formats.length - 1),
    fc.array(fc.tuple(fc.nat(), fc.nat(4), fc.nat(replacements.length - 1)), { minLength: 1, maxLength: 3 }),
  )
  .map(([index, changes]) => {
    const format = JSON.parse(JSON.stringify(formats[index])) as Json;
    for (const [place, how, which] of changes) change(format, place, how, replacements[which]!);
    return format;
  });

function change(root: Json, place: number, how: number, replacement: Json): void {
  const places = slots(root);
  const slot = places[place % places.length];
  if (!slot) return;
  const { holder, key } = slot;
  if (!Array.isArray(holder)) {
    if (how === 0) delete holder[key];
    else holder[key] = structuredClone(replacement);
    return;
  }
  const at = Number(key);
  if (how === 0) holder.splice(at, 1);
  else if (how === 1) holder.splice(at, 0, structuredClone(holder[at]!));
  else if (how === 2) holder.push(...holder.splice(at, 1));
  else if (how === 3) holder.splice(at, 0, structuredClone(replacement));
  else holder[at] = structuredClone(replacement);
}

interface Slot {
  readonly holder: Json[] | { [key: string]: Json };
  readonly key: string;
}

/** Every place in a value that holds something. */
function slots(value: Json): Slot[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [{ holder: value, key }, ...slots(inner)]);
}
