/** Reads back what was rendered: a message that the notation cannot carry is refused, never altered. */
import type { Format } from "../format.ts";
import type { Message, Part, Tool } from "../message.ts";
import { everyNode } from "../nodes.ts";
import { createParser } from "../parse/create-parser.ts";
import { sameJsonText } from "../values/json-tree.ts";
import { RenderError } from "./render-error.ts";

export interface VerifyOptions {
  readonly tools?: readonly Tool[] | undefined;
  readonly callCount?: number | undefined;
  /** What stands before the text: the start of the turn, if that was rendered too. */
  readonly prompt?: string | undefined;
}

/** Throws a `RenderError` for the first part that does not come back as it is. Ids are not compared: most formats carry none. */
export function verify(format: Format, message: Message, text: string, options: VerifyOptions): void {
  checkShape(message);
  const parser = createParser(format, {
    ...(options.tools && { tools: options.tools }),
    ...(options.callCount !== undefined && { callCount: options.callCount }),
    ...(options.prompt !== undefined && { prompt: options.prompt }),
  });
  parser.push(text);
  parser.end();
  const read = parser.message.parts;
  const isSorted = everyNode(format.calls?.nodes ?? []).some(
    (node) => node.kind === "arguments" && node.notation.kind === "gemma" && node.notation.sorted,
  );
  message.parts.forEach((part, index) => {
    const difference = differenceOf(part, read[index], isSorted);
    if (difference !== undefined) throw new RenderError(index, `${format.name} cannot carry it: ${difference}`);
  });
  const extra = read[message.parts.length];
  if (extra) {
    throw new RenderError(
      Math.max(0, message.parts.length - 1),
      `${format.name} cannot carry it: it reads back with ${describe(extra)} behind it`,
    );
  }
}

/** What no text can say, whatever the format. */
function checkShape({ parts }: Message): void {
  parts.forEach((part, index) => {
    if (part.type === "call") return;
    if (part.text === "") throw new RenderError(index, `empty ${part.type} leaves no trace on the wire`);
    if (parts[index - 1]?.type === part.type) {
      throw new RenderError(index, `${part.type} directly behind ${part.type} reads back as one part`);
    }
  });
}

function describe(part: Part | undefined): string {
  if (!part) return "nothing";
  if (part.type === "call") return `a ${part.status} call of ${excerpt(part.name)}`;
  return `the ${part.type} ${excerpt(part.text)}`;
}

const excerpt = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text);

/** `isSorted`: the notation sorts keys. */
function differenceOf(part: Part, read: Part | undefined, isSorted: boolean): string | undefined {
  if (part.type !== "call" || read?.type !== "call") {
    const same = part.type !== "call" && read?.type === part.type && read.text === part.text;
    return same ? undefined : `it reads back as ${describe(read)}`;
  }
  if (read.name !== part.name) return `its name reads back as ${excerpt(read.name)}`;
  if (read.status !== "complete") return `it reads back as ${describe(read)}`;
  return sameJsonText(part.arguments, read.arguments, isSorted)
    ? undefined
    : `its arguments read back as ${excerpt(read.arguments)}`;
}
