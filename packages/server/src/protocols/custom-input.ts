/**
 * The text that a custom tool is called with, out of the JSON arguments of the function that stands for it, as they come:
 * `{"input": "…"}` is told as it comes. What else a model writes is known for what it is at the end only.
 */
export interface CustomInput {
  /** What is new of the text. */
  push(json: string): string;
  /** What is left of it, when the arguments are over. */
  end(): string;
}

/** What stands before the text. */
const opening = /^\s*\{\s*"input"\s*:\s*"/;
const openingText = '{"input":"';
/** So many blanks make no opening any more. */
const longestOpening = 200;
const escape = /^\\(?:u[\da-fA-F]{4}|["\\/bfnrt])/;
const partOfEscape = /^\\(?:u[\da-fA-F]{0,3})?$/;
const highSurrogate = /^\\u[dD][89abAB]/;

export function createCustomInput(): CustomInput {
  /** All of the arguments, as long as they may have to be told as they are. */
  let whole = "";
  let state: "opening" | "text" | "behind" | "other" = "opening";
  /** Of the text, what has come and can't be told yet: an escape that is not complete. */
  let held = "";

  function text(json: string): string {
    held += json;
    let told = "";
    let at = 0;
    while (at < held.length) {
      const plain = /^[^"\\]+/.exec(held.slice(at))?.[0];
      if (plain !== undefined) {
        told += plain;
        at += plain.length;
        continue;
      }
      if (held[at] === '"') {
        state = "behind";
        held = "";
        return told;
      }
      const rest = held.slice(at, at + 12);
      const found = escape.exec(rest)?.[0];
      if (found === undefined) {
        if (partOfEscape.test(rest)) break;
        // No JSON, which the model wrote all the same: told as it stands.
        told += "\\";
        at++;
        continue;
      }
      // Half a character is told with its other half.
      const second = highSurrogate.test(found) ? rest.slice(found.length) : undefined;
      if (second !== undefined && partOfSecond(second)) break;
      const pair = second !== undefined && /^\\u[dD][c-fC-F][\da-fA-F]{2}/.exec(second)?.[0];
      const unit = found + (pair || "");
      told += JSON.parse(`"${unit}"`) as string;
      at += unit.length;
    }
    held = held.slice(at);
    return told;
  }

  return {
    push(json) {
      if (state === "text") return text(json);
      if (state === "behind") return "";
      whole += json;
      if (state === "other") return "";
      const found = opening.exec(whole)?.[0];
      if (found !== undefined) {
        state = "text";
        return text(whole.slice(found.length));
      }
      const mayOpen = whole.length < longestOpening && openingText.startsWith(whole.replaceAll(/\s/g, ""));
      if (!mayOpen) state = "other";
      return "";
    },
    end() {
      if (state === "text") return held;
      return state === "behind" ? "" : otherInput(whole);
    },
  };
}

const partOfSecond = (text: string): boolean =>
  text.length < 6 && /^(?:\\(?:u(?:[dD](?:[c-fC-F][\da-fA-F]?)?)?)?)?$/.test(text);

/** An object's `input`, or its only member, or a text alone; anything else is told as it is. */
function otherInput(json: string): string {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "string") return value;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return json;
    const members = Object.values(value) as readonly unknown[];
    const input = "input" in value ? value.input : members.length === 1 ? members[0] : undefined;
    return typeof input === "string" ? input : json;
  } catch {
    return json;
  }
}
