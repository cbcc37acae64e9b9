/** What is known of where the texts of a regular expression begin and end, for a lexer that reads the longest. */
import { charactersOf, mayBeEmpty, type Expression } from "./expression.ts";
import { Heads, type Head } from "./heads.ts";

const noRules: ReadonlySet<string> = new Set();

/** Beginnings are told apart as long as there are no more than these. */
const mostHeads = 500;

/** Whatever it may be. */
const unknown: Head = { text: "", next: undefined };

const itemsOf = (expression: Expression): readonly Expression[] =>
  expression.kind === "sequence" ? expression.items : [expression];

/**
 * What the texts of the items, one after the other, start with. Free text is left aside: it holds no marker, so that no
 * text of its place is read as a part of it; behind a text it may be anything.
 */
function headsOf(items: readonly Expression[], isStart = true): readonly Head[] {
  const [first, ...rest] = items;
  if (!first) return [unknown];
  if (first.kind === "text") {
    return headsOf(rest, false).map(({ text, next }) => ({ text: first.text + text, next }));
  }
  const isFree = first.kind === "free" || first.kind === "until";
  const own =
    isFree && !isStart
      ? [unknown]
      : isOptionalText(first)
        ? headsOf([first.item, ...rest], isStart)
        : headsOfItem(first);
  const heads = mayBeEmpty(first, noRules) ? [...own, ...headsOf(rest, isStart)] : own;
  return heads.length > mostHeads ? [unknown] : heads;
}

/** A blank that may be there: what comes behind it tells more. */
const isOptionalText = (item: Expression): item is Expression & { readonly kind: "repeat" } =>
  item.kind === "repeat" && item.max === 1 && item.item.kind === "text";

/** Expressions do not change, and the same one stands behind each of many others. */
const known = new WeakMap<Expression, readonly Head[]>();

function headsOfItem(item: Expression): readonly Head[] {
  let heads = known.get(item);
  if (!heads) known.set(item, (heads = foundHeads(item)));
  return heads;
}

function foundHeads(item: Expression): readonly Head[] {
  switch (item.kind) {
    case "text":
      return [{ text: item.text, next: undefined }];
    case "class":
      return [{ text: "", next: item.ranges }];
    case "free":
    case "until":
      return [];
    case "choice":
      return item.items.flatMap((each) => filled(itemsOf(each)));
    case "sequence":
      return filled(item.items);
    case "repeat":
      return filled(itemsOf(item.item));
    default:
      return [unknown];
  }
}

/** Where the items may all be empty, what comes behind them is the caller's to say. */
const filled = (items: readonly Expression[]): readonly Head[] => {
  const heads = headsOf(items);
  return heads.at(-1) === unknown && items.every((item) => mayBeEmpty(item, noRules)) ? heads.slice(0, -1) : heads;
};

/** Whether no text of the expression is the beginning of another, as far as it is plain to see. */
export const isClosed = (expression: Expression): boolean => areClosed(itemsOf(expression), []);

/** The items one after the other, before what comes `behind` them. */
function areClosed(items: readonly Expression[], behind: readonly Expression[]): boolean {
  return items.every((item, index) => isItemClosed(item, [...items.slice(index + 1), ...behind]));
}

function isItemClosed(item: Expression, after: readonly Expression[]): boolean {
  switch (item.kind) {
    case "text":
    case "class":
    case "until":
      return true;
    case "free":
      return item.most === Infinity && endFreeText(item.excludes, headsOf(after));
    case "choice": {
      const before = new Heads();
      return item.items.every((each) => {
        const heads = headsOf([each, ...after]);
        if (heads.some((head) => before.haveBeside(head))) return false;
        heads.forEach((head) => before.add(head));
        return areClosed(itemsOf(each), after);
      });
    }
    case "sequence":
      return areClosed(item.items, after);
    case "repeat": {
      const again: Expression = { kind: "choice", items: [item.item, { kind: "sequence", items: after }] };
      if (!areClosed(itemsOf(item.item), [again])) return false;
      if (item.min === item.max) return true;
      const behind = new Heads(headsOf(after));
      return !headsOf([item.item]).some((head) => behind.haveBeside(head));
    }
    default:
      return false;
  }
}

/** Whether whatever comes next holds an excluded text so that it cannot be taken for more of the free text. */
function endFreeText(excludes: readonly string[], heads: readonly Head[]): boolean {
  const all = new Heads(heads);
  return heads.every(({ text }) =>
    excludes.some((each) => {
      const at = text.indexOf(each);
      if (at < 0) return false;
      // Nor may any of them begin before the excluded one is over.
      for (let again = 1; again < at + each.length; again++) {
        if (all.haveBeside({ text: text.slice(again), next: undefined })) return false;
      }
      return true;
    }),
  );
}

/** Whether a lexer may read on in `other` where `whole`, a text, has been read. */
export function mayGoOn(whole: string, other: Expression): boolean {
  if (other.kind === "text") return other.text !== whole && other.text.startsWith(whole);
  return new Heads(filled(itemsOf(other))).haveBeside({ text: whole, next: undefined });
}

/** What a value of JSON may start with. */
const valueStart: Head = { text: "", next: charactersOf('-{["0123456789tfn') };

/** Whether the expression may start as a value of JSON does. */
export function mayStartValue(expression: Expression): boolean {
  if (mayBeEmpty(expression, noRules)) return true;
  const heads = headsOf([expression]);
  return heads.length === 0 || new Heads(heads).haveBeside(valueStart);
}
