/** A schema's `pattern` where the string is written with closers or quotes around it that it must not contain. */
import { ConstrainError } from "./constrain-error.ts";
import { escapeRegex, inClass } from "./regex.ts";

/**
 * A regular expression for the whole string that admits what the pattern admits, less what contains one of the `forbidden`
 * characters: `.` and negated classes are narrowed, an open end is filled with what is left. What cannot be narrowed that
 * way is refused. Where the characters are what `closers` begin with, they may stand in a stretch without bounds (`.*`, `[^x]+`,
 * an open end) before one that no closer goes on with.
 */
export function narrowed(pattern: string, forbidden: string, path: string, closers: readonly string[] = []): string {
  const refuse = (what: string): never => {
    throw new ConstrainError(path, `the pattern ${JSON.stringify(pattern)} cannot be held in this notation: ${what}`);
  };
  const not = inClass(forbidden);
  const repeats = (at: number): boolean => pattern[at] === "*" || pattern[at] === "+";
  let body = "";
  let depth = 0;
  let start = false;
  let end = false;
  let branches = false;
  for (let i = 0; i < pattern.length;) {
    const rest = pattern.slice(i);
    const character = pattern[i]!;
    if (character === "^" && i === 0) {
      start = true;
      i++;
    } else if (character === "$" && i === pattern.length - 1) {
      end = true;
      i++;
    } else if (character === "^" || character === "$") refuse("an anchor inside");
    else if (character === "\\") {
      const escape = /^\\(?:u[\da-fA-F]{4}|x[\da-fA-F]{2}|.)/s.exec(rest)?.[0] ?? refuse("a backslash at its end");
      body += narrowedEscape(escape, forbidden, refuse);
      i += escape.length;
    } else if (character === "[") {
      const set = /^\[(\^?)((?:\\.|[^\]\\])*)\]/s.exec(rest) ?? refuse("a class without an end");
      const isNegated = set[1] === "^";
      const narrow = narrowedClass(isNegated, set[2]!, forbidden, refuse);
      i += set[0].length;
      body += isNegated && repeats(i) ? unit(set[2]!, forbidden, closers) : narrow;
    } else if (character === ".") {
      i++;
      body += repeats(i) ? unit("\\n\\r", forbidden, closers) : `[^\\n\\r${not}]`;
    } else {
      if (rest.startsWith("(?") && !rest.startsWith("(?:")) refuse("a group that looks around");
      if (forbidden.includes(character)) refuse(`it holds ${JSON.stringify(character)}`);
      depth += character === "(" ? 1 : character === ")" ? -1 : 0;
      if (character === "|" && depth === 0) branches = true;
      body += character;
      i++;
    }
  }
  if (branches && start !== end) refuse("an anchor in one of its branches");
  if (branches && start) refuse("anchors in its branches");
  const fill = `${unit("", forbidden, closers)}*`;
  const inner = branches || (body !== "" && !(start && end)) ? `(?:${body})` : body;
  return `${start ? "" : fill}${inner}${end ? "" : fill}`;
}

/** Of a stretch without bounds: none of the members, and none of `forbidden` but before what no closer goes on with. */
function unit(members: string, forbidden: string, closers: readonly string[]): string {
  const others = members.replace(/^-/, "\\-");
  const single = `[^${inClass(forbidden)}${others}]`;
  const pairs = [...forbidden].flatMap((first) => {
    const seconds = closers.filter((text) => text.startsWith(first)).map((text) => [...text][1]);
    if (seconds.length === 0 || seconds.includes(undefined) || matchesAny(`[${others}]`, first)) return [];
    return `${escapeRegex(first)}[^${inClass(forbidden + seconds.join(""))}${others}]`;
  });
  return pairs.length === 0 ? single : `(?:${[single, ...pairs].join("|")})`;
}

type Refuse = (what: string) => never;

/** The white space of a string that must not go over the end of its line. */
const blanks = " \\t";

const holdsLineEnd = (forbidden: string): boolean => /[\n\r]/.test(forbidden);

function narrowedClass(isNegated: boolean, members: string, forbidden: string, refuse: Refuse): string {
  if (/\\[SDWpPbB]/.test(members)) refuse("a negated class inside a class");
  // A hyphen at its start would make a range with what is put before it.
  if (isNegated) return `[^${inClass(forbidden)}${members.replace(/^-/, "\\-")}]`;
  const narrow = holdsLineEnd(forbidden)
    ? members.replace(/\\(.)/gs, (escape, letter) => (letter === "s" ? blanks : escape))
    : members;
  if (matchesAny(`[${narrow}]`, forbidden)) refuse(`the class [${members}] holds one of ${JSON.stringify(forbidden)}`);
  return `[${narrow}]`;
}

const negated: ReadonlyMap<string, string> = new Map([
  ["\\S", "\\s"],
  ["\\D", "\\d"],
  ["\\W", "\\w"],
]);

function narrowedEscape(escape: string, forbidden: string, refuse: Refuse): string {
  const base = negated.get(escape);
  if (base !== undefined) return `[^${base}${inClass(forbidden)}]`;
  if (escape === "\\s" && holdsLineEnd(forbidden)) return `[${blanks}]`;
  if (/^\\[pPbBk\d]/.test(escape)) return refuse(`${escape} in it`);
  if (matchesAny(escape, forbidden)) return refuse(`${escape} matches one of ${JSON.stringify(forbidden)}`);
  return escape;
}

function matchesAny(source: string, characters: string): boolean {
  try {
    const pattern = new RegExp(source, "s");
    return [...characters].some((character) => pattern.test(character));
  } catch {
    return true;
  }
}
