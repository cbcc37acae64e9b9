/** Input that the user can put right: names the option or field, says what was found and what is allowed. */
export class InputError extends Error {
  override name = "InputError";
  /** An option (`--cut`), a path into a record (`tools[0].name`), or null for the input as a whole. */
  readonly field: string | null;

  constructor(field: string | null, message: string, cause?: unknown) {
    super(message, { cause });
    this.field = field;
  }
}

/** What was found, short enough for one line. */
export function found(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The value is not what the field takes. */
export function wrong(field: string, value: unknown, allowed: string): InputError {
  return new InputError(field, `found ${found(value)}, expected ${allowed}`);
}

/** An option as it is typed, by the name that the parsed flags have: `structuralTag` → `--structural-tag`. */
export const optionFlag = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** An address as it may stand in a log. */
export function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^/?#]*@/, "//…@").replace(/\?.*/s, "?…");
}
