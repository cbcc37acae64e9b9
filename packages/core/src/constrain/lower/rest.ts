/** What is left of a grammar behind a text that it begins with. */
import {
  choice,
  empty,
  nothing,
  repeat,
  sequence,
  text,
  type Expression,
  type Ranges,
  type Rules,
} from "./expression.ts";
import { LoweringError } from "./lowering-error.ts";

/** In how many ways a text may be read at once; grammars that are made with care stay far below. */
const mostWays = 1000;

/** What is still to come in one way to read the text: `undefined` behind the last of it. */
type Way = { readonly item: Expression; readonly next: Way } | undefined;

/**
 * The expression of what may follow `written` where `start` is the whole; none (`nothing`) if no text begins like that. The
 * rules are texts, classes, sequences, choices, repetitions and rules, none of which begins with itself.
 */
export function restBehind(start: Expression, rules: Rules, written: string): Expression {
  const reader = new Reader(rules);
  let ways: ReadonlySet<Way> = new Set([reader.way(start, undefined)]);
  for (const character of written) {
    ways = reader.step(ways, character.codePointAt(0)!);
    if (ways.size === 0) return nothing;
    if (ways.size > mostWays) throw new LoweringError("format", "what is written can be read in too many ways");
  }
  return choice(...[...ways].map(expressionOf));
}

function expressionOf(way: Way): Expression {
  const items: Expression[] = [];
  for (let at = way; at; at = at.next) items.push(at.item);
  return items.length === 0 ? empty : sequence(...items);
}

/** Ways that are the same are one object, so that they are seen to be. */
class Reader {
  readonly #rules: Rules;
  readonly #ways = new Map<Expression, Map<Way, Way>>();
  /** What is left of an expression when its first character, or its first time, is read. */
  readonly #less = new Map<Expression, Expression>();

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  way(item: Expression, next: Way): Way {
    let known = this.#ways.get(item);
    if (!known) this.#ways.set(item, (known = new Map()));
    let way = known.get(next);
    if (!way) known.set(next, (way = { item, next }));
    return way;
  }

  step(ways: ReadonlySet<Way>, character: number): ReadonlySet<Way> {
    const found = new Set<Way>();
    const seen = new Set<Way>();
    const open = [...ways];
    for (let way = open.pop(); way !== undefined || open.length > 0; way = open.pop()) {
      if (!way || seen.has(way)) continue;
      seen.add(way);
      const { item, next } = way;
      if (item.kind === "text") {
        if (item.text.codePointAt(0) === character) found.add(this.#behind(this.#restOf(item), next));
      } else if (item.kind === "class") {
        if (holds(item.ranges, character)) found.add(next);
      } else open.push(...this.#entered(item, next));
    }
    return found;
  }

  /** What an expression begins with. */
  #entered(item: Expression, next: Way): readonly Way[] {
    switch (item.kind) {
      case "sequence":
        return [item.items.reduceRight<Way>((rest, each) => this.way(each, rest), next)];
      case "choice":
        return item.items.map((each) => this.way(each, next));
      case "repeat": {
        const again = this.way(item.item, this.#behind(this.#restOf(item), next));
        return item.min === 0 ? [again, next] : [again];
      }
      case "rule":
        return [this.way(this.#rules.get(item.name)!, next)];
      default:
        throw new TypeError(`${item.kind} is no part of a grammar of rules`);
    }
  }

  #behind(rest: Expression, next: Way): Way {
    return rest.kind === "sequence" && rest.items.length === 0 ? next : this.way(rest, next);
  }

  #restOf(item: Expression & { readonly kind: "text" | "repeat" }): Expression {
    const known = this.#less.get(item);
    if (known) return known;
    const rest = restOf(item);
    this.#less.set(item, rest);
    return rest;
  }
}

function restOf(item: Expression & { readonly kind: "text" | "repeat" }): Expression {
  if (item.kind === "text") return text(item.text.slice(String.fromCodePoint(item.text.codePointAt(0)!).length));
  if (item.min === 0 && item.max === Infinity) return item;
  return repeat(item.item, Math.max(0, item.min - 1), item.max - 1);
}

const holds = (ranges: Ranges, character: number): boolean =>
  ranges.some(([from, to]) => from <= character && character <= to);
