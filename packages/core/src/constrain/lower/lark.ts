/**
 * Lark for llguidance, as its `docs/syntax.md` has it: schemas as `%json`, free text and markup as terminals, special tokens as
 * tokens. Where its lexer, which takes the longest lexeme and does not go back, could not tell alternatives apart, the
 * whole grammar is written character by character instead: slower, and exact.
 */
import type { Format, JsonSchemaFormat, StructuralTag } from "../structural-tag.ts";
import {
  choice,
  isEmpty,
  partsOf,
  repeat,
  RuleSet,
  sequence,
  star,
  text,
  type Expression,
  type FreeText,
} from "./expression.ts";
import { freeTextLeft, freeTextRules } from "./free-text.ts";
import { SchemaRules } from "./json-schema.ts";
import { larkSchema } from "./lark-schema.ts";
import { Ambiguous, LarkStates, type Alternative, type State } from "./lark-states.ts";
import { larkClass, larkCount, LarkTerminals } from "./lark-terminals.ts";
import { LoweringError, Refusals } from "./lowering-error.ts";
import { TagRules } from "./tag-rules.ts";

/** A marker that is one token of the vocabulary, which text cannot spell. The id is needed unless it looks like `<name>`. */
export interface SpecialToken {
  readonly text: string;
  readonly id?: number;
}

export interface LarkOptions {
  /**
   * For `lark`: the format's markers that the model's tokenizer marks as special, which text cannot spell there. Whether one
   * is differs between tokenizers (`<tool_call>` of Qwen is not), so that none is assumed. A token with an id need not be
   * special.
   */
  readonly specialTokens?: readonly SpecialToken[];
}

export function lark({ format }: StructuralTag, { specialTokens = [] }: LarkOptions, refusals: Refusals): string {
  const writer = new LarkWriter(specialTokens);
  try {
    return writer.lexed(format, refusals);
  } catch (error) {
    if (!(error instanceof Ambiguous)) throw error;
    return writer.spelled(format, refusals);
  }
}

class LarkWriter {
  readonly #tokens: readonly SpecialToken[];

  constructor(tokens: readonly SpecialToken[]) {
    // Of two that start alike, the longer is the token.
    this.#tokens = [...tokens].sort((a, b) => b.text.length - a.text.length);
  }

  /** Terminals as long as they may be. */
  lexed(format: Format, refusals: Refusals): string {
    const rules = new RuleSet();
    const json = (
      { json_schema: schema, max_whitespace_cnt: longest }: JsonSchemaFormat,
      path: string,
    ): Expression => ({
      kind: "json",
      schema: larkSchema(schema, longest, `${path}.json_schema`, refusals),
    });
    const expression = this.#withTokens(new TagRules({ rules, refusals, json }).format(format, "format"));
    this.#demandWithoutTokens(rules);
    const terminals = new LarkTerminals();
    const states = new LarkStates();
    const lines = new StateLines(states, terminals).write(states.start(expression));
    const spelled = new SpelledLines(rules).write();
    return joinedLines([...lines, ...spelled, ...terminals.lines]);
  }

  /** Every terminal one character. */
  spelled(format: Format, refusals: Refusals): string {
    const rules = new RuleSet();
    const own = new Refusals(refusals.isLenient);
    const json = ({ json_schema: schema, max_whitespace_cnt: longest }: JsonSchemaFormat, path: string): Expression =>
      new SchemaRules(schema, { rules, refusals: own, longestGap: longest ?? Infinity }).start(`${path}.json_schema`);
    const share = (expression: Expression): Expression => rules.define("tag", expression);
    const start = this.#withTokens(new TagRules({ rules, refusals: own, json, share }).format(format, "format"));
    for (const [name, body] of rules.rules) rules.rules.set(name, this.#withTokens(body));
    for (const { path, reason } of own.weakened) refusals.refuse(path, reason);
    const spelled = new SpelledLines(rules);
    return joinedLines([`start: ${spelled.written(start)}`, ...spelled.write()]);
  }

  /** Special tokens taken out of the texts that hold them. */
  #withTokens(expression: Expression): Expression {
    if (this.#tokens.length === 0) return expression;
    switch (expression.kind) {
      case "text":
        return this.#split(expression.text);
      case "sequence":
        return sequence(...expression.items.map((item) => this.#withTokens(item)));
      case "choice":
        return { kind: "choice", items: expression.items.map((item) => this.#withTokens(item)) };
      case "repeat":
        return repeat(this.#withTokens(expression.item), expression.min, expression.max);
      case "free":
        return this.#dispatched({ ...expression, rules: expression.rules.map((item) => this.#withTokens(item)) });
      default:
        return expression;
    }
  }

  #split(whole: string): Expression {
    const found = this.#tokens
      .map((token) => ({ token, at: whole.indexOf(token.text) }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => a.at - b.at)[0];
    if (!found) return text(whole);
    const { token, at } = found;
    return sequence(text(whole.slice(0, at)), tokenOf(token), this.#split(whole.slice(at + token.text.length)));
  }

  /** Free text ends before a special token by itself; before the other triggers it ends as ever. */
  #dispatched(free: FreeText): Expression {
    const isToken = (trigger: string): boolean => this.#tokens.some((token) => trigger.includes(token.text));
    const indexes = free.triggers.map((_, index) => index);
    const special = indexes.filter((index) => isToken(free.triggers[index]!));
    if (special.length === 0) return free;
    const excludes = [...free.excludes, ...special.map((index) => free.triggers[index]!)];
    const others = indexes.filter((index) => !special.includes(index));
    const triggers = others.map((index) => free.triggers[index]!);
    const text: FreeText = { ...free, excludes, triggers, rules: others.map((index) => free.rules[index]!) };
    const tags = choice(...special.map((index) => sequence(this.#split(free.triggers[index]!), free.rules[index]!)));
    if (free.loop) return sequence(text, star(sequence(tags, text)));
    const before: FreeText = { ...text, excludes: [...excludes, ...triggers], triggers: [], rules: [] };
    return choice(text, sequence(before, tags));
  }

  /** Strings between tokens are spelled there, character by character: a token cannot stand in them. */
  #demandWithoutTokens(rules: RuleSet): void {
    const find = (expression: Expression): void => {
      const token = this.#tokens.find(({ text: name }) => expression.kind === "text" && expression.text.includes(name));
      if (token)
        throw new LoweringError("specialTokens", `${JSON.stringify(token.text)} stands inside a grammar of the tag`);
      partsOf(expression).forEach(find);
    };
    [...rules.rules.values()].forEach(find);
  }
}

function tokenOf({ text: name, id }: SpecialToken): Expression {
  if (id !== undefined) return { kind: "token", written: `<[${id}]>` };
  if (!/^<[^<>[\]\s][^<>\s]*>$/.test(name)) {
    throw new LoweringError(
      "specialTokens",
      `${JSON.stringify(name)} needs its id: only <name> can be written by its name`,
    );
  }
  return { kind: "token", written: name };
}

/** The first line tells engines that take several notations which this is. */
const joinedLines = (lines: readonly string[]): string => `%llguidance {}\n\n${lines.join("\n")}\n`;

/** Rules are lower-case there. */
const larkName = (name: string): string =>
  `r_${name.replaceAll("-", "_").replaceAll(/[A-Z]/g, (letter) => `__${letter.toLowerCase()}`)}`;

/** States as rules. */
class StateLines {
  readonly #states: LarkStates;
  readonly #terminals: LarkTerminals;
  readonly #open: State[] = [];
  readonly #json = new Map<string, string>();
  #count = 0;

  constructor(states: LarkStates, terminals: LarkTerminals) {
    this.#states = states;
    this.#terminals = terminals;
  }

  write(start: State): readonly string[] {
    start.name = "start";
    this.#open.push(start);
    const lines: string[] = [];
    for (let at = this.#open.shift(); at; at = this.#open.shift()) {
      const alternatives = this.#states.alternatives(at);
      const ends = alternatives.filter(({ symbol, to }) => !symbol && !to);
      const others = alternatives.filter(({ symbol, to }) => symbol || to);
      const isSpelled = at.isBehindRule === true && alternatives.every(({ terminal }) => terminal.kind === "text");
      const shared = placesOfSeveral(others);
      const written = [
        ...others.map((each) => {
          const isOneValue = each.symbol?.kind === "json" && shared.has(placeOf(each));
          return this.#alternative(each, { isSpelled, isOneValue });
        }),
        ...this.#ends(ends),
      ];
      lines.push(`${at.name}: ${[...new Set(written)].join(" | ")}`);
    }
    return [...lines, ...[...this.#json].map(([schema, name]) => `${name}: %json ${schema}`)];
  }

  /** All ways to end are one lexeme, of which the lexer takes the longest. */
  #ends(ends: readonly Alternative[]): readonly string[] {
    if (ends.length === 0) return [];
    const all = choice(...ends.map(({ terminal }) => terminal));
    return [isEmpty(all) ? '""' : this.#terminals.of(all)];
  }

  /**
   * `isOneValue`: a value of another schema may stand in the same place. Where all that may come there is of schemas,
   * llguidance lets white space stand before the value; where a terminal may come too, if only in theory, it does not.
   */
  #alternative(
    { terminal, symbol, to }: Alternative,
    { isSpelled, isOneValue }: { readonly isSpelled: boolean; readonly isOneValue: boolean },
  ): string {
    const lexeme = isEmpty(terminal) ? [] : [this.#lexeme(terminal, isSpelled)];
    if (symbol?.kind === "rule" && to) to.isBehindRule = true;
    const behind = [...(symbol ? [this.#symbol(symbol)] : []), ...(to ? [this.#named(to)] : [])];
    return [...lexeme, ...(isOneValue ? [`(${behind.join(" ")} | ${this.#terminals.never})`] : behind)].join(" ");
  }

  #lexeme(terminal: Expression, isSpelled: boolean): string {
    if (!isSpelled || terminal.kind !== "text") return this.#terminals.of(terminal);
    return [...terminal.text].map((character) => JSON.stringify(character)).join(" ");
  }

  #symbol(symbol: NonNullable<Alternative["symbol"]>): string {
    if (symbol.kind === "token") return symbol.written;
    if (symbol.kind === "rule") return larkName(symbol.name);
    const schema = JSON.stringify(symbol.schema);
    let name = this.#json.get(schema);
    if (name === undefined) this.#json.set(schema, (name = `json_${this.#json.size + 1}`));
    return name;
  }

  #named(state: State): string {
    if (state.name === undefined) {
      state.name = `state_${++this.#count}`;
      this.#open.push(state);
    }
    return state.name;
  }
}

/** The places where values of several schemas may stand, by the terminal before them. */
function placesOfSeveral(alternatives: readonly Alternative[]): ReadonlySet<string> {
  const places = alternatives.filter(({ symbol }) => symbol?.kind === "json").map(placeOf);
  const seen = new Set<string>();
  return new Set(places.filter((place) => seen.size === seen.add(place).size));
}

const placeOf = ({ terminal }: Alternative): string => JSON.stringify(terminal);

/** Rules character by character: the lexer has no choice to make. */
class SpelledLines {
  readonly #rules: RuleSet;

  constructor(rules: RuleSet) {
    this.#rules = rules;
  }

  write(): readonly string[] {
    const lines: string[] = [];
    // Writing free text adds rules to the map, which its iteration comes to.
    for (const [name, body] of this.#rules.rules) lines.push(`${larkName(name)}: ${this.written(body)}`);
    return lines;
  }

  written(expression: Expression, level = 0): string {
    const group = (inner: string, own: number): string => (level > own ? `(${inner})` : inner);
    switch (expression.kind) {
      case "text": {
        const characters = [...expression.text].map((each) => JSON.stringify(each));
        return group(characters.join(" "), characters.length === 1 ? 3 : 1);
      }
      case "class":
        return larkClass(expression.ranges);
      case "rule":
        return larkName(expression.name);
      case "token":
        return expression.written;
      case "sequence":
        if (expression.items.length === 0) return '""';
        return group(expression.items.map((item) => this.written(item, 2)).join(" "), 1);
      case "choice":
        return group(expression.items.map((item) => this.written(item, 1)).join(" | "), 0);
      case "repeat":
        return `${this.written(expression.item, 3)}${larkCount(expression.min, expression.max)}`;
      case "free": {
        const isCounted = expression.most !== Infinity;
        const made = isCounted
          ? freeTextRules(expression, this.#rules, "any_text")
          : freeTextLeft(expression, this.#rules, "any_text");
        return this.written(made, level);
      }
      case "json":
      case "until":
        throw new TypeError(`${expression.kind} is not spelled`);
    }
  }
}
