/**
 * Bytes in classes, as bits of a number: the kinds of characters that patterns tell apart. A subtree of a trie knows the classes
 * of its bytes; a state of an automaton that stays what it is under all of them takes the subtree as a whole.
 */
const classes: readonly string[] = [
  "abcdef",
  "ghijklmnopqrstuvwxyz",
  "ABCDEF",
  "GHIJKLMNOPQRSTUVWXYZ",
  "0123456789",
  " ",
  "_",
  "-",
  ".",
  "/",
  ":",
  "@",
  '"',
  "\\",
  ",",
  ";",
  "'",
  "<",
  ">",
  "()",
  "[]",
  "{}",
  "=",
  "+",
  "\n\t\r",
  "!#$%&*?^`|~",
];

const control = 1 << classes.length;
/** Well-formed characters outside ASCII, the last one perhaps cut. */
export const beyondAscii: number = 1 << (classes.length + 1);
/** Bytes that are no part of a character that began in the same token, and all behind them. */
export const broken: number = 1 << (classes.length + 2);

/** The class of each byte as the first one of a character. */
export const classOf: Int32Array = new Int32Array(0x100)
  .fill(broken)
  .fill(control, 0, 0x80)
  .fill(beyondAscii, 0xc2, 0xf5);
classes.forEach((chars, index) => {
  for (const char of chars) classOf[char.charCodeAt(0)] = 1 << index;
});
