import type { CheckReport } from "./check-model.ts";
import type { Difference, Side } from "./compare.ts";
import { remedies, type Fault } from "./fault.ts";

/** How many kinds of differences are shown; `--json` has every difference. */
const shownKinds = 8;

/** A report for a person. */
export function reportText(report: CheckReport, allowed: ReadonlySet<string>): string {
  const { format, others, faults, inherited, mended, differences, compared, roundTrips, notes } = report;
  const counted = faults.filter(({ code }) => !allowed.has(code));
  const same = roundTrips.filter(({ outcome }) => outcome === "same").length;
  const kinds = kindsOf(differences);
  const maybe = others.map((other) => other.format.name).join(", ");
  return [
    `model       ${report.model}\n`,
    `template    ${report.template ?? "the model's own"}\n`,
    `format      ${format ? `${format.format.name} (${format.confidence}): ${format.reason}` : "unknown"}\n`,
    maybe === "" ? "" : `            or ${maybe}\n`,
    roundTrips.length === 0 ? "" : `read back   ${same} of ${roundTrips.length} messages as they were\n`,
    ...roundTrips.flatMap(({ conversation, outcome, seen }) =>
      outcome === "same" ? [] : [`            ${conversation}: ${outcome === "differs" ? "not the same" : seen}\n`],
    ),
    compared === 0
      ? ""
      : `compared    ${compared - differences.length} of ${compared} prompts as the model's own template has them\n`,
    ...notes.map((note) => `note        ${note}\n`),
    ...faults.map((each) =>
      faultText(each, [
        ...(allowed.has(each.code) ? ["allowed"] : []),
        ...(inherited.includes(each.code) ? ["the model's own template has it too"] : []),
      ]),
    ),
    ...kinds.slice(0, shownKinds).map(differenceText),
    kinds.length > shownKinds ? `\n… and ${kinds.length - shownKinds} more; --json has them all\n` : "",
    mended.length === 0
      ? ""
      : `\nmended      ${[...new Set(mended.map(({ code }) => code))].join(", ")}: the model's own template has it, this one not\n`,
    `\n${summary(counted.length, faults.length - counted.length)}\n`,
  ].join("");
}

function summary(count: number, allowed: number): string {
  const found = count === 0 ? "no faults" : `${count} ${count === 1 ? "fault" : "faults"}`;
  return allowed === 0 ? found : `${found}, and ${allowed} allowed`;
}

function faultText({ code, seen, conversation }: Fault, remarks: readonly string[]): string {
  const where = conversation === undefined ? "" : `${conversation}: `;
  const behind = remarks.length === 0 ? "" : ` (${remarks.join("; ")})`;
  return `\n${code}${behind}\n    seen  ${where}${seen}\n    do    ${remedies[code]}\n`;
}

/** Differences where both sides go on in the same way: one place of the template, most of the time. */
type Kind = readonly Difference[];

function kindsOf(differences: readonly Difference[]): Kind[] {
  const kinds = new Map<string, Difference[]>();
  for (const difference of differences) {
    const key = JSON.stringify([difference.own, difference.other]);
    const kind = kinds.get(key);
    if (kind) kind.push(difference);
    else kinds.set(key, [difference]);
  }
  return [...kinds.values()];
}

function differenceText([first, ...more]: Kind): string {
  const { conversation, character, token, both, own, other } = first!;
  const place = [
    ...(character === undefined ? [] : [`character ${character}`]),
    ...(token === undefined ? [] : [`token ${token}`]),
  ].join(", ");
  return [
    `\n${conversation}${place === "" ? "" : `: ${place}`}${more.length === 0 ? "" : `, and ${more.length} more like it`}\n`,
    both.length === 0 ? "" : `    both  …${pieces(both)}\n`,
    `    own   ${sideText(own)}\n`,
    `    this  ${sideText(other)}\n`,
  ].join("");
}

function sideText({ pieces: shown, error }: Side): string {
  if (error !== undefined) return `refused: ${error}`;
  return shown.length === 0 ? "(the end)" : `${pieces(shown)}…`;
}

const pieces = (list: readonly string[]): string => list.map(visible).join("|");

/** White space as signs. */
function visible(text: string): string {
  return text
    .replaceAll("\n", "⏎")
    .replaceAll("\t", "⇥")
    .replaceAll(" ", "␣")
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`);
}

/** A report for a program. */
export function reportJson(report: CheckReport, allowed: ReadonlySet<string>): object {
  const faultJson = ({ code, seen, conversation }: Fault): object => ({
    code,
    seen,
    conversation: conversation ?? null,
    remedy: remedies[code],
  });
  const { format } = report;
  return {
    model: report.model,
    template: report.template ?? null,
    ok: report.faults.every(({ code }) => allowed.has(code)),
    format: format ? { name: format.format.name, confidence: format.confidence, reason: format.reason } : null,
    other_formats: report.others.map((other) => other.format.name),
    faults: report.faults.map((each) => ({
      ...faultJson(each),
      allowed: allowed.has(each.code),
      inherited: report.inherited.includes(each.code),
    })),
    mended: report.mended.map(faultJson),
    compared: report.compared,
    differences: report.differences,
    round_trips: report.roundTrips,
    notes: report.notes,
  };
}
