/** Texts inside regular expressions. */

export const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** Characters inside a class. */
export const inClass = (characters: string): string =>
  [...new Set(characters)].map((character) => (/[\\\]^-]/.test(character) ? `\\${character}` : character === "\n" ? "\\n" : character)).join("");
