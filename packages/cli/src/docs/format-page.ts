import type { Format, IdPolicy } from "@glossa/core";
import { describeFormat } from "../describe-format.ts";
import { annotateSample, spanTable, spellingSamples } from "../sample.ts";
import { inCode, tolerancesOf } from "./tolerances.ts";

/** What a declaration's comment says. */
export interface Comment {
  readonly text: string;
  /** Where the wire strings come from. */
  readonly source: string;
}

const notations: Readonly<Record<string, string>> = {
  json: "JSON",
  python: "Python keyword arguments",
  gemma: "bare keys, strings between quotes of its own",
  tagged: "a tag a parameter",
  text: "the text of one parameter",
};

/** The page of one format. */
export function formatPage(format: Format, comment: Comment | undefined): string {
  const { raw, spans } = annotateSample(format);
  const paragraphs = [
    `# ${format.name}`,
    comment?.text ?? "",
    facts(format),
    comment?.source ? `Source: ${comment.source}` : "",
    "## A sample",
    fenced(raw),
    "The same, and what each stretch of it is:",
    fenced(spanTable(spans)),
    ...spellings(format),
    "## What is tolerated",
    tolerances(format),
  ];
  return `${paragraphs.filter((text) => text !== "").join("\n\n")}\n`;
}

function facts(format: Format): string {
  const { aliases, models, notation, reasoning, parallel, special_tokens: tokens } = describeFormat(format);
  const rows: readonly (readonly [string, string])[] = [
    ["Also known as", codes(aliases)],
    ["Models", codes(models)],
    ["Reasoning", codes(reasoning)],
    ["Arguments", notation.map((name) => notations[name] ?? name).join(", ")],
    ["Several calls a turn", format.calls ? (parallel ? "yes" : "no") : ""],
    ["Call ids", format.calls ? idsText(format.ids) : ""],
    ["Turn starts behind", codes(format.turn)],
    ["Turn ends with", codes(format.end)],
    ["Special tokens", codes(tokens)],
  ];
  return table(
    ["", ""],
    rows.filter(([, text]) => text !== ""),
  );
}

function idsText(ids: IdPolicy): string {
  if (ids.kind === "pattern") return inCode(ids.pattern);
  return `${ids.prefix === "" ? "" : `${inCode(ids.prefix)} and `}${ids.length} letters and digits`;
}

function spellings(format: Format): readonly string[] {
  const samples = spellingSamples(format);
  if (samples.length === 0) return [];
  const others = samples.length === 1 ? "this way" : "these ways";
  return [
    "## Other spellings",
    `Templates of the family write a call in ${others} too. It is read without a diagnostic, and a grammar offers it.`,
    ...samples.map(fenced),
  ];
}

function tolerances(format: Format): string {
  const all = tolerancesOf(format);
  if (all.length === 0) return "Nothing beside the way it is written.";
  const rows = all.map(({ what, says, noted }) => [what, says, noted ? "yes" : ""]);
  return table(["What", "", "Noted"], rows);
}

/** The index of the pages. */
export function indexPage(formats: readonly Format[]): string {
  const rows = formats.map((format) => {
    const { name, aliases, notation, reasoning } = describeFormat(format);
    return [
      `[${name}](${name}.md)`,
      codes(aliases),
      codes(reasoning),
      notation.map((each) => notations[each] ?? each).join(", "),
    ];
  });
  return [
    "# Formats",
    "These pages are generated from the declarations in `packages/core/src/formats` by `npm run docs:formats`.",
    table(["Format", "Also known as", "Reasoning", "Arguments"], rows),
    [
      "A format of your own is a file, JSON or a module: every `--format` takes its path, and `glossa formats test` holds it",
      "to samples. [`format.schema.json`](../format.schema.json) is a JSON Schema of such files, and",
      "[`examples/format.json`](../../examples/format.json) is one of them.",
    ].join("\n"),
    "",
  ]
    .join("\n\n")
    .replace(/\n+$/, "\n");
}

const codes = (texts: readonly string[]): string => texts.map(inCode).join(", ");

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`.replaceAll(/ {2,}(?=\|)/g, " ");
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A block of code, between as many backticks as it takes. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text.replace(/\n$/, "")}\n${fence}`;
}
