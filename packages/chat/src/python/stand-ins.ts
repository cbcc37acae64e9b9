/**
 * Characters that stand for others. Whoever wants to know where the characters of a message end up in a prompt renders
 * it with stand-ins that nothing else of the prompt has. The template must take the same way as without: so all that
 * looks into a text looks at what stands there (`plain`), cuts the text itself, and what is put in place of marked text
 * is marked as well. A stand-in is one UTF-16 unit, as is what it stands for: offsets are the same in both.
 */

/** Stand-ins by the characters that they stand for. */
export type StandIns = ReadonlyMap<string, string>;

interface Active {
  readonly standIns: StandIns;
  readonly originals: ReadonlyMap<string, string>;
  readonly marked: RegExp;
  readonly markable: RegExp;
}

let active: Active | undefined;

/** Runs a rendering in which they stand for others; renderings don't wait for anything, so that none runs beside it. */
export function withStandIns<Result>(standIns: StandIns, act: () => Result): Result {
  const outer = active;
  active = {
    standIns,
    originals: new Map(Array.from(standIns, ([character, standIn]) => [standIn, character])),
    marked: oneOf(standIns.values()),
    markable: oneOf(standIns.keys()),
  };
  try {
    return act();
  } finally {
    active = outer;
  }
}

function oneOf(units: Iterable<string>): RegExp {
  const escaped = Array.from(units, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return new RegExp(`[${escaped.join("")}]`, "g");
}

/** The text with what its characters stand for. */
export function plain(text: string): string {
  if (!active) return text;
  const { originals, marked } = active;
  return text.replace(marked, (unit) => originals.get(unit)!);
}

/** The text with stand-ins wherever there is one. */
export function mark(text: string): string {
  if (!active) return text;
  const { standIns, markable } = active;
  return text.replace(markable, (unit) => standIns.get(unit)!);
}

/** What comes in place of a text: marked if that was. */
export function inPlaceOf(text: string, replacement: string): string {
  return active && plain(text) !== text ? mark(replacement) : replacement;
}

/** The text with its stand-ins changed: the function is given what each stands for, and keeps it by returning undefined. */
export function replaceMarked(text: string, change: (original: string) => string | undefined): string {
  if (!active) return text;
  const { originals, marked } = active;
  return text.replace(marked, (unit) => change(originals.get(unit)!) ?? unit);
}
