import { PythonObject, type Value } from "./value.ts";
import { replaceMarked } from "./stand-ins.ts";
import { countCharacters } from "./text.ts";

/** A string that counts as HTML: what is joined to it is escaped first. */
export class Markup extends PythonObject {
  readonly typeName = "Markup";
  readonly text: string;

  constructor(text: string) {
    super();
    this.text = text;
  }

  override get qualifiedName(): string {
    return "markupsafe.Markup";
  }

  override get length(): number {
    return countCharacters(this.text);
  }

  override iterate(): Iterator<Value> {
    return this.text[Symbol.iterator]();
  }

  override str(): string {
    return this.text;
  }
}

/** The characters of a string, marked as HTML or not; undefined for any other value. */
export function textOf(value: Value): string | undefined {
  if (typeof value === "string") return value;
  return value instanceof Markup ? value.text : undefined;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "'": "&#39;",
  '"': "&#34;",
};

export function escapeHtml(text: string): string {
  return replaceMarked(
    text.replaceAll(/[&<>'"]/g, (character) => entities[character]!),
    (character) => entities[character],
  );
}
