/** A column: its title and the width at which the words of its cells go on in the next line. */
export interface Column {
  readonly title: string;
  readonly width: number;
}

/** A table in plain text; a cell is a list of words, which are never broken. */
export function textTable(columns: readonly Column[], rows: readonly (readonly (readonly string[])[])[]): string {
  const header = columns.map(({ title }) => [title]);
  const cells = [header, ...rows].map((row) => row.map((words, index) => wrapWords(words, columns[index]!.width)));
  const widths = columns.map((_, index) => Math.max(...cells.flatMap((row) => row[index]!.map((line) => line.length))));
  const lines = cells.map((row) => {
    const height = Math.max(...row.map((cell) => cell.length));
    return Array.from({ length: height }, (_, line) =>
      row
        .map((cell, index) => (cell[line] ?? "").padEnd(widths[index]!))
        .join("  ")
        .trimEnd(),
    ).join("\n");
  });
  return `${lines.join("\n")}\n`;
}

function wrapWords(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const [index, word] of words.entries()) {
    const text = index < words.length - 1 ? `${word},` : word;
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + text.length <= width) lines[lines.length - 1] = `${last} ${text}`;
    else lines.push(text);
  }
  return lines.length > 0 ? lines : ["-"];
}
