/** Texts inside regular expressions. */

export const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

const controls: { readonly [character: string]: string } = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Characters inside a class. */
export const inClass = (characters: string): string =>
  [...new Set(characters)].map((each) => controls[each] ?? (/[\\\][^-]/.test(each) ? `\\${each}` : each)).join("");
