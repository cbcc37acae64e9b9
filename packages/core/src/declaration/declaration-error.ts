/** A declaration that is none: names the place, what stands there and what may. */
export class DeclarationError extends Error {
  override readonly name = "DeclarationError";
  /** Where: `calls.nodes[0].nodes[2].text`; empty for the declaration itself. */
  readonly path: string;
  readonly found: string;
  readonly allowed: string;

  constructor(path: string, found: string, allowed: string) {
    super(`${path === "" ? "the declaration" : path}: found ${found}, allowed: ${allowed}`);
    this.path = path;
    this.found = found;
    this.allowed = allowed;
  }
}

/** What was found, short enough for one line. */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (typeof value === "object") return "an object";
  if (typeof value === "function") return "a function";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
