/** What a call of a method looked at, in characters; `from` is the `lastIndex` of a regular expression before the call. */
type Cost = (self: unknown, args: readonly unknown[], result: unknown, from: number) => number;

const lengthOf = (value: unknown): number => (typeof value === "string" ? value.length : 1);

const one: Cost = () => 1;
const whole: Cost = (self) => 1 + lengthOf(self);
const taken: Cost = (_self, _args, result) => 1 + lengthOf(result);
const compared: Cost = (_self, [searched]) => 1 + lengthOf(searched);
const searched: Cost = (self, [, from], result) => {
  const start = typeof from === "number" ? from : 0;
  return 1 + (typeof result === "number" && result >= 0 ? result - start : lengthOf(self) - start);
};
const searchedBack: Cost = (self, _args, result) => 1 + lengthOf(self) - Math.max(0, Number(result));
const matched: Cost = (self, [text], result, from) => {
  const { global, sticky } = self as RegExp;
  const start = global || sticky ? from : 0;
  const found = result as RegExpExecArray | null;
  if (found) return 1 + found.index + found[0].length - start;
  return sticky ? 1 : 1 + lengthOf(text) - start;
};

const costs: readonly (readonly [owner: object, cost: Cost, names: readonly string[]])[] = [
  [String.prototype, one, ["charCodeAt", "codePointAt", "at", "charAt"]],
  [String.prototype, compared, ["startsWith", "endsWith"]],
  [String.prototype, taken, ["slice", "substring"]],
  [String.prototype, searched, ["indexOf", "includes", "search"]],
  [String.prototype, searchedBack, ["lastIndexOf"]],
  [String.prototype, whole, ["trim", "trimStart", "trimEnd", "replace", "replaceAll", "split", "match"]],
  [RegExp.prototype, matched, ["exec"]],
];

/**
 * Counts the characters that string and regular-expression methods look at while `run` runs: work as a number that is the
 * same on every machine. Index accesses and comparisons are not seen, but no loop of the parser does without these methods.
 */
export function countWork(run: () => void): number {
  let work = 0;
  const undo: (() => void)[] = [];
  for (const [owner, cost, names] of costs)
    for (const name of names) {
      const descriptor = Object.getOwnPropertyDescriptor(owner, name)!;
      const original = descriptor.value as (...args: unknown[]) => unknown;
      const watched = function (this: unknown, ...args: unknown[]): unknown {
        const from = this instanceof RegExp ? this.lastIndex : 0;
        const result = Reflect.apply(original, this, args);
        work += cost(this, args, result, from);
        return result;
      };
      Object.defineProperty(owner, name, { ...descriptor, value: watched });
      undo.push(() => void Object.defineProperty(owner, name, descriptor));
    }
  try {
    run();
  } finally {
    for (const step of undo) step();
  }
  return work;
}
