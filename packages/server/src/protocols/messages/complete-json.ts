/**
 * JSON text that was cut off, with its brackets closed and without the value or key that it broke off in, as the SDKs of
 * Anthropic read the arguments of a call under way. Text that is wrong in another way need not come back right.
 */
export function completeJson(text: string): string {
  /** What closes the brackets that are open. */
  const closers: string[] = [];
  /** Up to where the text makes JSON if it is closed there. */
  let end = 0;
  let inKey = false;

  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === "{" || character === "[") {
      closers.push(character === "{" ? "}" : "]");
      inKey = character === "{";
      end = at + 1;
    } else if (character === "}" || character === "]") {
      closers.pop();
      inKey = false;
      end = at + 1;
    } else if (character === ",") inKey = closers.at(-1) === "}";
    else if (character === ":") inKey = false;
    else if (!/\s/.test(character)) {
      const behind = character === '"' ? stringEnd(text, at) : wordEnd(text, at);
      // A string that does not end, or a number or word that might go on.
      if (behind === -1) break;
      at = behind - 1;
      if (!inKey) end = behind;
    }
  }
  return closers.length === 0 ? text : text.slice(0, end) + closers.reverse().join("");
}

/** Behind the string that starts at `at`; -1 if it does not end. */
function stringEnd(text: string, at: number): number {
  for (let next = at + 1; next < text.length; next++) {
    if (text[next] === "\\") next++;
    else if (text[next] === '"') return next + 1;
  }
  return -1;
}

/** Behind the number or word that starts at `at`; -1 if the text ends with it. */
function wordEnd(text: string, at: number): number {
  for (let next = at + 1; next < text.length; next++) if (/[\s,:{}[\]"]/.test(text[next]!)) return next;
  return -1;
}
