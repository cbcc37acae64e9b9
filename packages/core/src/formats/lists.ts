import { blank, call, literal, repeat, wrapper, type Node, type Wrapper } from "../format.ts";

/** White space in a list: behind its bracket, between two items, before its bracket. */
interface Layout {
  readonly open: string;
  readonly between: string;
  readonly close: string;
}

/** Calls as a JSON list of objects, `[{…}, {…}]`. */
export const callList = (
  keys: Omit<Wrapper, "kind">,
  { open, between, close }: Layout = { open: "", between: " ", close: "" },
): readonly Node[] => [
  literal("["),
  blank(open),
  repeat([call(wrapper(keys))], { separator: `,${between}` }),
  blank(close),
  literal("]", { optional: "left out at the end of the turn at times" }),
];

/** A list with an item a line. */
export const indented: Layout = { open: "\n    ", between: "\n    ", close: "\n" };
