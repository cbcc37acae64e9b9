/** Regular expressions whose texts have a length, in characters, between two numbers. */
import { choice, nothing, repeat, sequence, type Expression } from "./expression.ts";

type Lengths = readonly [least: number, most: number];

/** Of the shortest and of the longest text. */
function lengthsOf(expression: Expression): Lengths {
  switch (expression.kind) {
    case "text": {
      const { length } = [...expression.text];
      return [length, length];
    }
    case "class":
      return [1, 1];
    case "sequence": {
      const all = expression.items.map(lengthsOf);
      return [all.reduce((sum, [least]) => sum + least, 0), all.reduce((sum, [, most]) => sum + most, 0)];
    }
    case "choice": {
      const all = expression.items.map(lengthsOf);
      return [Math.min(...all.map(([least]) => least)), Math.max(...all.map(([, most]) => most))];
    }
    case "repeat": {
      const [least, most] = lengthsOf(expression.item);
      return [least * expression.min, most === 0 ? 0 : most * expression.max];
    }
    default:
      return [0, Infinity];
  }
}

const isFixed = ([least, most]: Lengths): boolean => least === most;

/**
 * The texts of the expression that are neither shorter nor longer. Undefined where two parts of it would have to know of
 * one another how long they are: no rule without a context counts for both.
 */
export function ofLength(expression: Expression, least: number, most: number): Expression | undefined {
  const [shortest, longest] = lengthsOf(expression);
  if (shortest >= least && longest <= most) return expression;
  if (shortest > most || longest < least) return nothing;
  switch (expression.kind) {
    case "choice": {
      const items = expression.items.map((item) => ofLength(item, least, most));
      return items.includes(undefined) ? undefined : choice(...(items as Expression[]));
    }
    case "repeat": {
      const [one, other] = lengthsOf(expression.item);
      if (one !== other) return undefined;
      const [from, to] = [Math.ceil(least / one), Math.floor(most / one)];
      const [min, max] = [Math.max(expression.min, from), Math.min(expression.max, to)];
      return min > max ? nothing : repeat(expression.item, min, max);
    }
    case "sequence": {
      const { items } = expression;
      const open = items.findIndex((item) => !isFixed(lengthsOf(item)));
      const others = items.filter((_item, index) => index !== open).map(lengthsOf);
      if (!others.every(isFixed)) return undefined;
      const taken = others.reduce((sum, [length]) => sum + length, 0);
      const left = ofLength(items[open]!, Math.max(0, least - taken), most - taken);
      return left && sequence(...items.map((item, index) => (index === open ? left : item)));
    }
    default:
      return undefined;
  }
}
