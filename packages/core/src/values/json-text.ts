/** The small parts of JSON text: escapes and numbers. */

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

export function isJsonNumber(text: string): boolean {
  return jsonNumber.test(text);
}

/** JSON escapes of a raw character below U+0020. */
export function escapeControl(code: number): string {
  if (code === 0x0a) return "\\n";
  if (code === 0x0d) return "\\r";
  if (code === 0x09) return "\\t";
  return `\\u${code.toString(16).padStart(4, "0")}`;
}

const needsEscape = /["\\\u0000-\u001f]/;

/** The inside of a JSON string for raw text. */
export function escapeJson(text: string): string {
  return needsEscape.test(text) ? JSON.stringify(text).slice(1, -1) : text;
}

/** A number as Python or a careless model writes it, as JSON, its digits kept; undefined if it is none. */
export function toJsonNumber(word: string): string | undefined {
  if (jsonNumber.test(word)) return word;
  const plain = word.replace(/(?<=\d)_(?=\d)/g, "").replace(/^\+/, "");
  if (jsonNumber.test(plain)) return plain;
  const radix = /^(-?)(0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/.exec(plain);
  if (radix) return `${radix[1]}${BigInt(radix[2]!)}`;
  const loose = /^(-?)(\d*)(?:\.(\d*))?([eE][+-]?\d+)?$/.exec(plain);
  if (!loose || (!loose[2] && !loose[3])) return undefined;
  const whole = loose[2]!.replace(/^0+(?=\d)/, "") || "0";
  return `${loose[1]}${whole}${loose[3] ? `.${loose[3]}` : loose[3] === "" ? ".0" : ""}${loose[4] ?? ""}`;
}
