/** Regular expressions of a grammar as terminals of llguidance's Lark: named, each once. */
import { lastCharacter, without, type Expression, type FreeText, type Ranges } from "./expression.ts";

export class LarkTerminals {
  /** What is written → its name. */
  readonly #named = new Map<string, string>();
  /** Lists of texts → the name of what holds one: the same list stands beside each of many tools. */
  readonly #holders = new Map<string, string>();

  get lines(): readonly string[] {
    return [...this.#named].map(([written, name]) => `${name}: ${written}`);
  }

  /** The terminal in a rule: a text as it is, anything else by its name. */
  of(expression: Expression): string {
    return expression.kind === "text"
      ? JSON.stringify(expression.text)
      : this.#name(this.#write(expression, 0), "MARK");
  }

  /** A terminal that matches nothing. */
  get never(): string {
    return this.#name("/a/ & /b/", "NEVER");
  }

  #name(written: string, stem: string): string {
    const known = this.#named.get(written);
    if (known !== undefined) return known;
    const name = `${stem}_${this.#named.size + 1}`;
    this.#named.set(written, name);
    return name;
  }

  /** `level`: 0 as a whole, 1 in a choice, 2 in a sequence, 3 before a count. */
  #write(expression: Expression, level: number): string {
    const group = (written: string, own: number): string => (level > own ? `(${written})` : written);
    switch (expression.kind) {
      case "text":
        return JSON.stringify(expression.text);
      case "class":
        return larkClass(expression.ranges);
      case "sequence":
        if (expression.items.length === 0) return '""';
        return group(expression.items.map((item) => this.#write(item, 2)).join(" "), 1);
      case "choice":
        return group(expression.items.map((item) => this.#write(item, 1)).join(" | "), 0);
      case "repeat":
        return `${this.#write(expression.item, 3)}${larkCount(expression.min, expression.max)}`;
      case "free":
        return this.#freeText(expression);
      case "until":
        return this.#until(expression.free, expression.trigger);
      default:
        throw new TypeError(`a terminal holds no ${expression.kind}`);
    }
  }

  /** Text without the watched ones. */
  #freeText({ excludes, triggers, most, notFirst = [] }: FreeText): string {
    const any = most === Infinity ? "/(?s:.*)/" : `/(?s:.{0,${most}})/`;
    const watched = [...excludes, ...triggers];
    const without = watched.length === 0 ? "" : ` & ~${this.#holding(watched, "(?s:.*)")}`;
    return this.#name(`${any}${without}${this.#notBeginning(notFirst)}`, "TEXT");
  }

  #until({ excludes, triggers, notFirst = [] }: FreeText, trigger: string): string {
    // Of two triggers that end here, the longer is the one that counts.
    const longer = triggers.filter((each) => each !== trigger && each.endsWith(trigger));
    const others = longer.length > 0 ? ` & ~${this.#holding(longer, "")}` : "";
    const before = this.#holding([...excludes, ...triggers], "(?s:.+)");
    return this.#name(
      `/(?s:.*)${larkRegexText(trigger)}/ & ~${before}${others}${this.#notBeginning(notFirst)}`,
      "UNTIL",
    );
  }

  #notBeginning(texts: readonly string[]): string {
    if (texts.length === 0) return "";
    return ` & ~${this.#name(`/${anyOf([...new Set(texts)].map((text) => [...text]))}(?s:.*)/`, "FROM")}`;
  }

  /** Text that holds one of these, with that behind it. */
  #holding(texts: readonly string[], behind: string): string {
    const key = JSON.stringify([behind, ...texts]);
    let name = this.#holders.get(key);
    if (name === undefined) {
      name = this.#name(`/(?s:.*)${anyOf([...new Set(texts)].map((text) => [...text]))}${behind}/`, "WITH");
      this.#holders.set(key, name);
    }
    return name;
  }
}

/** One of the texts, what they begin with alike written once: that is less work for the engine. */
function anyOf(texts: readonly (readonly string[])[]): string {
  const byFirst = new Map<string, (readonly string[])[]>();
  for (const [first, ...rest] of texts) {
    if (first === undefined) continue;
    const rests = byFirst.get(first);
    if (rests) rests.push(rest);
    else byFirst.set(first, [rest]);
  }
  const branches = [...byFirst].map(([first, rests]) => larkCode(first.codePointAt(0)!) + anyOf(rests));
  if (branches.length === 0) return "";
  const written = branches.length === 1 ? branches[0]! : `(?:${branches.join("|")})`;
  return texts.some((text) => text.length === 0) ? `(?:${written})?` : written;
}

export function larkCount(min: number, max: number): string {
  if (max === Infinity && min <= 1) return min === 0 ? "*" : "+";
  if (min === 0 && max === 1) return "?";
  if (min === max) return `{${min}}`;
  return `{${min},${max === Infinity ? "" : max}}`;
}

function larkCode(code: number): string {
  const character = String.fromCodePoint(code);
  return /[a-zA-Z0-9]/.test(character) ? character : `\\x{${code.toString(16)}}`;
}

/** Halves of characters are none in Rust. */
const surrogates: Ranges = [[0xd800, 0xdfff]];

export function larkClass(ranges: Ranges): string {
  const isAny = ranges.length === 1 && ranges[0]![0] === 0 && ranges[0]![1] === lastCharacter;
  if (isAny) return "/(?s:.)/";
  const written = without(ranges, surrogates).map(([from, to]) =>
    from === to ? larkCode(from) : `${larkCode(from)}-${larkCode(to)}`,
  );
  return `/[${written.join("")}]/`;
}

const larkRegexText = (text: string): string => [...text].map((each) => larkCode(each.codePointAt(0)!)).join("");
