/**
 * Expressions → states, as llguidance's lexer needs them. It reads the longest lexeme that any terminal of the place allows
 * and never goes back, so text and the marker that ends it must be one lexeme: between two values of a schema (or tokens,
 * or rules that refer to themselves) everything is one terminal, an alternative for each value that may come next.
 */
import {
  choice,
  empty,
  isEmpty,
  isNothing,
  partsOf,
  sequence,
  star,
  text,
  type Expression,
  type FreeText,
} from "./expression.ts";
import { isClosed, mayGoOn, mayStartValue } from "./lexemes.ts";

/** What a terminal cannot hold. */
export type LarkSymbol = Extract<Expression, { readonly kind: "json" | "token" | "rule" }>;

interface Edge {
  readonly before: Expression;
  readonly symbol: LarkSymbol | undefined;
  readonly to: State;
}

export interface State {
  readonly edges: Edge[];
  /** Its name as a rule. */
  name: string | undefined;
  /** It comes behind a rule, which is read character by character: so must be what may be taken for more of it. */
  isBehindRule?: true;
}

/** What may come in a state: a terminal, then a symbol or nothing, then what may come in another state. */
export interface Alternative {
  readonly terminal: Expression;
  readonly symbol: LarkSymbol | undefined;
  /** Undefined at the end of the output. */
  readonly to: State | undefined;
}

interface Reached extends Alternative {
  /** The states gone through. */
  readonly path: readonly State[];
}

/** The lexer could not tell the alternatives of a place apart. */
export class Ambiguous extends Error {}

/** Copies of one expression that holds schemas. */
const mostCopies = 64;

/** Ways on from one place. */
const mostAlternatives = 2_000;

const isSymbol = (expression: Expression): expression is LarkSymbol =>
  expression.kind === "json" || expression.kind === "token" || expression.kind === "rule";

export const isRegular = (expression: Expression): boolean =>
  !isSymbol(expression) &&
  (expression.kind !== "free" || expression.triggers.length === 0) &&
  partsOf(expression).every(isRegular);

export class LarkStates {
  readonly #end: State = { edges: [], name: undefined };
  readonly #merged: { readonly from: readonly State[]; readonly made: State }[] = [];

  start(expression: Expression): State {
    return this.#before(expression, this.#end);
  }

  /** The state in which the expression comes next, and then `next`. */
  #before(expression: Expression, next: State): State {
    if (isNothing(expression)) return state();
    if (isRegular(expression)) return state([expression, undefined, next]);
    switch (expression.kind) {
      case "json":
      case "token":
      case "rule":
        return state([empty, expression, next]);
      case "sequence": {
        // Neighbours that are regular go into one terminal.
        const groups: Expression[] = [];
        for (const item of expression.items) {
          const last = groups.at(-1);
          if (last && isRegular(last) && isRegular(item)) groups[groups.length - 1] = sequence(last, item);
          else groups.push(item);
        }
        return groups.reduceRight((after, item) => this.#before(item, after), next);
      }
      case "choice":
        return this.#either(expression.items, next);
      case "repeat":
        return this.#repeated(expression, next);
      case "free":
        return this.#dispatch(expression, next);
      default:
        throw new TypeError(`${expression.kind} is regular`);
    }
  }

  #either(items: readonly Expression[], next: State): State {
    const regular = items.filter(isRegular);
    const made = state();
    if (regular.length > 0) made.edges.push({ before: choice(...regular), symbol: undefined, to: next });
    for (const item of items) {
      if (!isRegular(item)) made.edges.push({ before: empty, symbol: undefined, to: this.#before(item, next) });
    }
    return made;
  }

  #repeated({ item, min, max }: Expression & { readonly kind: "repeat" }, next: State): State {
    if (min > mostCopies || (max !== Infinity && max > mostCopies)) throw new Ambiguous();
    let after = next;
    if (max === Infinity) after = this.#loop(item, next);
    else {
      for (let i = min; i < max; i++) {
        after = state([empty, undefined, this.#before(item, after)], [empty, undefined, next]);
      }
    }
    for (let i = 0; i < min; i++) after = this.#before(item, after);
    return after;
  }

  /** Any number of times. What the lexer would not stop behind is repeated before, and not gone through. */
  #loop(item: Expression, next: State): State {
    const items = item.kind === "choice" ? item.items : [item];
    const regular = items.filter(isRegular);
    const isCut = regular.every(isClosed);
    const inner = isCut ? empty : star(choice(...regular));
    const made = state([inner, undefined, next]);
    for (const each of items) {
      if (isRegular(each) && !isCut) continue;
      made.edges.push({ before: inner, symbol: undefined, to: this.#before(each, made) });
    }
    return made;
  }

  /** Free text that triggers may end. */
  #dispatch(free: FreeText, next: State): State {
    const shared = sharedBeginning(free);
    return shared === undefined ? this.#watching(free, free, next) : this.#sharing(free, shared, next);
  }

  /** `watched`: the same, with all that ends its text; what is behind a trigger is by its place in `free`. */
  #watching(free: FreeText, watched: FreeText, next: State, made: State = state(), loop: State = made): State {
    free.triggers.forEach((trigger, index) => {
      const to = this.#before(free.rules[index]!, free.loop ? loop : next);
      made.edges.push({ before: { kind: "until", free: watched, trigger }, symbol: undefined, to });
    });
    const excludes = [...watched.excludes, ...watched.triggers];
    made.edges.push({ before: { ...watched, excludes, triggers: [], rules: [] }, symbol: undefined, to: next });
    return made;
  }

  /**
   * Triggers that begin alike: the text up to that is one terminal, whichever of them it is, and what comes then is told
   * apart behind it. With a terminal for each, an engine looks through the text as often as there are triggers.
   */
  #sharing(free: FreeText, shared: string, next: State): State {
    const made = state();
    const indexes = free.triggers.map((_trigger, index) => index);
    const [alike, others] = [true, false].map((begins) =>
      indexes.filter((index) => free.triggers[index]!.startsWith(shared) === begins),
    ) as [number[], number[]];
    const apart: FreeText = {
      ...free,
      triggers: others.map((index) => free.triggers[index]!),
      rules: others.map((index) => free.rules[index]!),
    };
    const watched: FreeText = { ...apart, triggers: [shared, ...apart.triggers] };
    const rests = alike.map((index) => free.triggers[index]!.slice(shared.length));
    const behind = state();
    alike.forEach((index, at) => {
      const isLater = rests.some((rest, other) => other !== at && rests[at]!.startsWith(rest) && rest !== rests[at]);
      if (isLater || rests.indexOf(rests[at]!) < at) return;
      const to = this.#before(sequence(text(rests[at]!), free.rules[index]!), free.loop ? made : next);
      behind.edges.push({ before: empty, symbol: undefined, to });
    });
    for (const [from, seen] of [[made, watched] as const, [behind, { ...watched, notFirst: rests }] as const]) {
      from.edges.push({ before: { kind: "until", free: seen, trigger: shared }, symbol: undefined, to: behind });
      this.#watching(apart, seen, next, from, made);
    }
    return made;
  }

  /**
   * What may come in a state. Paths are followed up to a symbol, the end, or a place where the lexer stops by itself; past
   * that place where what was read there may be read as the beginning of something else.
   */
  alternatives(from: State): readonly Alternative[] {
    return this.#joined(this.#distinct(from));
  }

  /** What comes behind one token in several ways is one state: there the lexer has to tell them apart. */
  #joined(found: readonly Reached[]): readonly Alternative[] {
    const byToken = new Map<string, Reached[]>();
    for (const each of found) {
      const key = each.symbol?.kind === "token" ? JSON.stringify([each.terminal, each.symbol.written]) : undefined;
      if (key !== undefined) byToken.set(key, [...(byToken.get(key) ?? []), each]);
    }
    const others = found.filter(({ symbol }) => symbol?.kind !== "token");
    const tokens = [...byToken.values()].map((each): Alternative => {
      const [first, ...more] = each as [Reached, ...Reached[]];
      if (more.length === 0) return first;
      const targets = [...new Set(each.map(({ to }) => to ?? this.#end))];
      return targets.length === 1 ? first : { ...first, to: this.#both(targets) };
    });
    return [...others, ...tokens];
  }

  #both(targets: readonly State[]): State {
    const known = this.#merged.find(
      ({ from }) => from.length === targets.length && from.every((each) => targets.includes(each)),
    );
    if (known) return known.made;
    const made = state(...targets.map((to) => [empty, undefined, to] as const));
    this.#merged.push({ from: targets, made });
    return made;
  }

  #distinct(from: State): readonly Reached[] {
    let found = this.#onwards(from, empty, []);
    for (;;) {
      const unclear = found.filter((one) => found.some((other) => one !== other && isTakenFor(one, other)));
      if (unclear.length === 0) return found;
      const cut = new Set(unclear.filter(({ symbol, to }) => !symbol && to));
      if (cut.size === 0 || found.length > mostAlternatives) throw new Ambiguous();
      found = found.flatMap((each) => (cut.has(each) ? this.#onwards(each.to!, each.terminal, each.path) : [each]));
    }
  }

  #onwards(from: State, read: Expression, path: readonly State[]): readonly Reached[] {
    const found: Reached[] = [];
    const follow = (at: State, terminal: Expression, through: readonly State[]): void => {
      if (at === this.#end) {
        found.push({ terminal, symbol: undefined, to: undefined, path: through });
        return;
      }
      const mayCut = at.edges.length > 1 && !isEmpty(terminal) && terminal !== read;
      if (mayCut && isClosed(terminal)) {
        found.push({ terminal, symbol: undefined, to: at, path: through });
        return;
      }
      // Around in a circle without a symbol: a terminal without an end.
      if (through.includes(at)) throw new Ambiguous();
      for (const { before, symbol, to } of at.edges) {
        const next = sequence(terminal, before);
        if (!symbol) follow(to, next, [...through, at]);
        else found.push({ terminal: next, symbol, to: to === this.#end ? undefined : to, path: through });
      }
    };
    follow(from, read, path);
    return found;
  }
}

/** Whether the lexer, having read the one, may go on in the other, or the other way round. */
function isTakenFor(one: Alternative, other: Alternative): boolean {
  if (isEmpty(one.terminal)) {
    // A value that comes at once is read by lexemes of its own.
    if (!one.symbol || one.symbol.kind === "token" || isEmpty(other.terminal)) return false;
    return one.symbol.kind === "rule" || mayStartValue(other.terminal);
  }
  const isLast = !one.symbol && !one.to;
  if (isLast || isEmpty(other.terminal)) return false;
  if (one.terminal.kind === "text") return mayGoOn(one.terminal.text, other.terminal);
  return false;
}

const state = (...edges: readonly (readonly [Expression, LarkSymbol | undefined, State])[]): State => ({
  edges: edges.map(([before, symbol, to]) => ({ before, symbol, to })),
  name: undefined,
});

/**
 * What most of the triggers begin with, as long as it can be read without a look at what follows: nothing that is watched
 * for contains it, or begins within it.
 */
function sharedBeginning({ triggers, excludes }: FreeText): string | undefined {
  const counts = new Map<string, number>();
  for (const trigger of new Set(triggers)) {
    for (let length = 1; length < trigger.length; length++) {
      const beginning = trigger.slice(0, length);
      counts.set(beginning, (counts.get(beginning) ?? 0) + 1);
    }
  }
  const shared = [...counts].filter(([, count]) => count > 1).sort(([a, m], [b, n]) => n - m || b.length - a.length);
  return shared.find(([beginning]) => {
    const rests = triggers.filter((each) => each.startsWith(beginning)).map((each) => each.slice(beginning.length));
    const others = [...excludes, ...triggers.filter((each) => !each.startsWith(beginning))];
    if (others.some((each) => each.includes(beginning) || beginning.includes(each))) return false;
    const isWithin = (rest: string): boolean => {
      const at = rest.indexOf(beginning);
      return rest === "" || (at >= 0 && at + beginning.length < rest.length);
    };
    if (rests.some(isWithin)) return false;
    for (let at = 1; at < beginning.length; at++) {
      const end = beginning.slice(at);
      if ([...others, ...triggers].some((each) => each.startsWith(end))) return false;
    }
    return true;
  })?.[0];
}
