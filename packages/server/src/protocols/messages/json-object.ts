/**
 * The text of a JSON object, followed as it comes, so that what a stream has sent of it can be made whole wherever it breaks:
 * clients of Anthropic's throw at the end of a call whose `input_json_delta`s make no JSON.
 */
export interface JsonObjectText {
  /** What of the text goes on as an object does. The brace that closes it is kept back until the end. */
  push(text: string): string;
  /** What is to be sent behind it: the brace, or, where the text broke, what makes an object of it, with the rest in it. */
  end(): string;
  /** What came so far is the beginning of an object, and not yet all of it. */
  readonly open: boolean;
}

/** The name that Anthropic's documentation of fine-grained streaming has for arguments that are no JSON. */
const invalid = "INVALID_JSON";

type State =
  /** Nothing has come yet. */
  | "start"
  | "first-key"
  | "key"
  | "colon"
  | "value"
  | "first-item"
  | "in-key"
  | "in-string"
  | "in-word"
  /** Behind a value: a comma, or the end of what holds it. */
  | "after"
  /** The object is complete. */
  | "end";

const words = ["true", "false", "null"];
/** A number, or the beginning of one. */
const number = /^-?(?:0|[1-9]\d*)?(?:(?<=\d)\.\d*)?(?:(?<=\d)[eE][+-]?\d*)?$/;
const complete = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

export function createJsonObjectText(): JsonObjectText {
  let state: State = "start";
  /** What closes the brackets that are open. */
  const closers: string[] = [];
  /** The word under way, or the escape in a string. */
  let token = "";
  /** Whether the object has a member. */
  let filled = false;
  /** What came from the place on where it broke. */
  let rest: string[] | undefined;

  function open(bracket: string): State {
    closers.push(bracket === "{" ? "}" : "]");
    return bracket === "{" ? "first-key" : "first-item";
  }

  function close(bracket: string): State | undefined {
    if (closers.at(-1) !== bracket) return undefined;
    closers.pop();
    return closers.length === 0 ? "end" : "after";
  }

  /** The state behind a character; nothing if it can't stand here. */
  function next(character: string): State | undefined {
    if (state === "in-key" || state === "in-string") return inString(character, state);
    if (state === "in-word") {
      if (isWord(token + character)) {
        token += character;
        return state;
      }
      if (!isComplete(token)) return undefined;
      token = "";
      state = "after";
    }
    if (character === " " || character === "\n" || character === "\r" || character === "\t") return state;
    switch (state) {
      case "start":
        return character === "{" ? open(character) : undefined;
      case "first-key":
      case "key":
        if (character === '"') {
          filled = true;
          return "in-key";
        }
        return character === "}" && state === "first-key" ? close(character) : undefined;
      case "colon":
        return character === ":" ? "value" : undefined;
      case "value":
      case "first-item":
        if (character === "{" || character === "[") return open(character);
        if (character === '"') return "in-string";
        if (character === "]" && state === "first-item") return close(character);
        if (!isWord(character)) return undefined;
        token = character;
        return "in-word";
      case "after":
        if (character === ",") return closers.at(-1) === "}" ? "key" : "value";
        return close(character);
      default:
        return undefined;
    }
  }

  function inString(character: string, within: State): State | undefined {
    if (token !== "") {
      token += character;
      if (!/^\\(?:["\\/bfnrt]|u[\da-fA-F]{0,4})$/.test(token)) return undefined;
      if (token.length === (token[1] === "u" ? 6 : 2)) token = "";
      return within;
    }
    if (character === '"') return within === "in-key" ? "colon" : "after";
    if (character < " ") return undefined;
    if (character === "\\") token = character;
    return within;
  }

  /** What makes a whole of what is under way, up to and with its value. */
  function ending(): string {
    switch (state) {
      case "in-key":
        return `${escapeEnding(token)}":null`;
      case "in-string":
        return `${escapeEnding(token)}"`;
      case "in-word":
        return wordEnding(token);
      case "colon":
        return ":null";
      case "value":
        return "null";
      case "key":
        // Behind a comma something has to come; in the object itself, the rest does.
        return closers.length === 1 ? "" : '"":null';
      default:
        return "";
    }
  }

  return {
    push(text) {
      if (rest) {
        rest.push(text);
        return "";
      }
      for (let at = 0; at < text.length; at++) {
        const before = token;
        const found = next(text[at]!);
        if (found === undefined) {
          if (state !== "after") token = before;
          rest = [text.slice(at)];
          return text.slice(0, at);
        }
        state = found;
        if (state !== "end") continue;
        rest = [text.slice(at + 1)];
        return text.slice(0, at);
      }
      return text;
    },
    end() {
      const left = rest?.join("") ?? "";
      if (state === "end" && left.trim() === "") return "}";
      if (state === "start") return left === "" ? "{}" : JSON.stringify({ [invalid]: left });
      const inner = ending() + closers.slice(1).reverse().join("");
      const comma = filled && !(state === "key" && inner === "") ? "," : "";
      return `${inner}${comma}${JSON.stringify(invalid)}:${JSON.stringify(left)}}`;
    },
    get open() {
      return rest === undefined;
    },
  };
}

const isWord = (text: string): boolean => number.test(text) || words.some((word) => word.startsWith(text));
const isComplete = (text: string): boolean => complete.test(text) || words.includes(text);

function wordEnding(text: string): string {
  const word = words.find((each) => each.startsWith(text));
  if (word !== undefined) return word.slice(text.length);
  return isComplete(text) ? "" : "0";
}

/** `\` becomes a backslash, `\u12` the character 0x1200. */
function escapeEnding(text: string): string {
  if (text === "") return "";
  return text.length === 1 ? "\\" : "0".repeat(6 - text.length);
}
