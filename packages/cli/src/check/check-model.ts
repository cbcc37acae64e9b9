import { CheckpointError, type Checkpoint } from "@glossa/chat";
import { createTokenizer, type Tokenizer } from "@glossa/chat/tokenizer";
import { DeclarationError, detect, type Candidate, type DetectOptions, type Format } from "@glossa/core";
import { checkTemplate } from "./check-template.ts";
import { compared, compareTemplates, type Difference } from "./compare.ts";
import { fault, type Fault, type FaultCode } from "./fault.ts";
import { printsResultsInPython } from "./result-faults.ts";
import type { RoundTrip } from "./round-trip.ts";
import { Subject } from "./subject.ts";
import { vocabularyFaults } from "./vocabulary-faults.ts";

export interface CheckRequest {
  readonly checkpoint: Checkpoint;
  /** The path of the checkpoint, which may name the model. */
  readonly path: string;
  /** A template in place of the checkpoint's own, and its path. */
  readonly template?: { readonly path: string; readonly text: string } | undefined;
  /** The format that the model writes, if it is known. */
  readonly format?: Format | undefined;
}

export interface CheckReport {
  readonly model: string;
  /** The path of the template; undefined for the model's own. */
  readonly template: string | undefined;
  /** What was found out about the format, or what was given; undefined where nothing speaks for one. */
  readonly format: Candidate | undefined;
  readonly others: readonly Candidate[];
  readonly faults: readonly Fault[];
  /** The faults that the model's own template has as well. */
  readonly inherited: readonly FaultCode[];
  /** Faults that the model's own template has and the given one has not. */
  readonly mended: readonly Fault[];
  readonly differences: readonly Difference[];
  /** How many conversations were compared; 0 where there is one template alone. */
  readonly compared: number;
  readonly roundTrips: readonly RoundTrip[];
  /** What is no fault and worth knowing. */
  readonly notes: readonly string[];
}

/** Examines the template given, or the checkpoint's own, and compares the two. */
export function checkModel({ checkpoint, path, template: given, format }: CheckRequest): CheckReport {
  const template = given?.text;
  const notes: string[] = [];
  const tokenizer = openTokenizer(checkpoint, notes);
  const own = Object.values(checkpoint.templates).join("\n");
  const evidence = { checkpoint, path, notes };
  const detected = format ? asGiven(format) : detectFormat({ ...evidence, template: template ?? own });
  const subject = new Subject(checkpoint, template, detected?.format);
  notes.push(...missingTokens(checkpoint, subject.text));
  const { faults, roundTrips } = checkTemplate(subject);
  const all = [...faults, ...vocabularyFaults(subject, checkpoint, tokenizer)];
  if (!detected) notes.push("no format is known to speak of: calls were not read back (name one with --format)");
  if (printsResultsInPython(subject))
    notes.push("results of calls that are objects would be printed as a Python dict: pass them as text");

  let inherited: readonly FaultCode[] = [];
  let mended: readonly Fault[] = [];
  let differences: readonly Difference[] = [];
  const isCompared = template !== undefined && own !== "";
  if (template !== undefined && own === "") notes.push("the model has no template of its own to compare with");
  if (isCompared) {
    if (!tokenizer) notes.push("there is no tokenizer: prompts were compared by words");
    const ownFormat = format ?? detectFormat({ ...evidence, template: own })?.format;
    if (ownFormat !== subject.format)
      notes.push(`the model's own template has it write ${ownFormat?.name ?? "no format that is known"}`);
    const original = new Subject(checkpoint, undefined, ownFormat);
    const codes = new Set(faults.map(({ code }) => code));
    const originalFaults = checkTemplate(original).faults;
    inherited = [...codes].filter((code) => originalFaults.some((each) => each.code === code));
    mended = originalFaults.filter(({ code }) => !codes.has(code));
    differences = compareTemplates(original, subject, tokenizer);
    if (differences.length > 0)
      all.push(
        fault(
          "differs",
          `${differences.length} of ${compared.length} prompts are not those of the model's own template`,
        ),
      );
  }
  return {
    model: path,
    template: given?.path,
    format: detected && { format: detected.format, confidence: detected.confidence, reason: detected.reason },
    others: detected?.others ?? [],
    faults: all,
    inherited,
    mended,
    differences,
    compared: isCompared ? compared.length : 0,
    roundTrips,
    notes,
  };
}

type Detected = Candidate & { readonly others?: readonly Candidate[] };

const asGiven = (format: Format): Detected => ({ format, confidence: "certain", reason: "it was given" });

function detectFormat({
  checkpoint,
  path,
  template,
  notes,
}: {
  readonly checkpoint: Checkpoint;
  readonly path: string;
  readonly template: string;
  readonly notes: string[];
}): Detected | undefined {
  const options: DetectOptions = {
    template,
    model: path,
    ...(checkpoint.vocabulary && { vocabulary: checkpoint.vocabulary.tokens }),
  };
  try {
    return detect({ ...options, tokenizerConfig: checkpoint.tokenizerConfig });
  } catch (error) {
    if (!(error instanceof DeclarationError)) throw error;
    notes.push(`the response_template of tokenizer_config.json can't be read: ${error.message}`);
    return detect(options);
  }
}

/** Special tokens that the template reads and the checkpoint does not name: nothing is printed for them, or it fails. */
function missingTokens({ specialTokens }: Checkpoint, template: string): string[] {
  const missing = ["bos_token", "eos_token"].filter(
    (name) => specialTokens[name] === undefined && new RegExp(`\\b${name}\\b(?!\\s*=[^=])`).test(template),
  );
  return missing.map((name) => `the template has ${name}, which the files of the model don't name`);
}

function openTokenizer(checkpoint: Checkpoint, notes: string[]): Tokenizer | undefined {
  if (checkpoint.tokenizer === undefined && !checkpoint.vocabulary) return undefined;
  try {
    return createTokenizer(checkpoint);
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    notes.push(`the tokenizer can't be read: ${error.message}`);
    return undefined;
  }
}
