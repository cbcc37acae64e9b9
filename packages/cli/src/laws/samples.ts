import type { DiagnosticKind, Part, Tool } from "@glossa/core";
import { isGiven, readArray, readObject, readString, readWord } from "../fields.ts";
import { InputError, wrong } from "../input-error.ts";
import { parseJson } from "../input.ts";
import type { JsonObject } from "../jsonl.ts";
import { readTools } from "../tool-fields.ts";

/** A call as a sample expects it; arguments as an object are compared as JSON, as text to the letter or as JSON. */
export interface ExpectedCall {
  readonly type: "call";
  readonly name: string;
  readonly arguments: string | JsonObject;
  readonly status: "complete" | "truncated" | "malformed";
  /** Only where the model writes it. */
  readonly id?: string;
}

export type ExpectedPart = Exclude<Part, { readonly type: "call" }> | ExpectedCall;

/** An output of a model, and the message that it tells. */
export interface Sample {
  readonly title: string;
  readonly raw: string;
  readonly tools?: readonly Tool[];
  readonly prompt?: string;
  readonly parts: readonly ExpectedPart[];
  /** The kinds of the diagnostics, in order; absent: any. */
  readonly diagnostics?: readonly DiagnosticKind[];
}

const fields = ["title", "raw", "tools", "prompt", "parts", "diagnostics"];

const diagnosticKinds: { readonly [kind in DiagnosticKind]: true } = {
  "unknown-tool": true,
  "malformed-call": true,
  "truncated-call": true,
  tolerance: true,
  "stray-marker": true,
  "duplicate-parameter": true,
  "truncated-reasoning": true,
  limit: true,
};

/** The samples of a declaration's file. */
export function readSamples(value: unknown, field: string): readonly Sample[] {
  return readArray(value, field).map((item, index) => readSample(item, `${field}[${index}]`));
}

/** The samples of a JSONL text, one a line; blank lines are passed over. */
export function readSampleLines(jsonl: string, path: string): readonly Sample[] {
  return jsonl.split("\n").flatMap((line, index) => {
    const field = `${path}: line ${index + 1}`;
    return line.trim() === "" ? [] : [readSample(parseJson(line, field, "the line"), field)];
  });
}

function readSample(value: unknown, field: string): Sample {
  const record = readObject(value, field);
  const unknown = Object.keys(record).find((name) => !fields.includes(name));
  if (unknown !== undefined)
    throw new InputError(field, `found the unknown field ${JSON.stringify(unknown)}, expected ${fields.join(", ")}`);
  const { title, raw, tools, prompt, parts, diagnostics } = record;
  return {
    title: isGiven(title) ? readString(title, `${field}.title`) : field,
    raw: readString(raw, `${field}.raw`),
    ...(isGiven(tools) && { tools: readTools(tools, `${field}.tools`) }),
    ...(isGiven(prompt) && { prompt: readString(prompt, `${field}.prompt`) }),
    parts: readArray(parts, `${field}.parts`).map((part, index) => readPart(part, `${field}.parts[${index}]`)),
    ...(isGiven(diagnostics) && {
      diagnostics: readArray(diagnostics, `${field}.diagnostics`).map((kind, index) =>
        readWord(kind, `${field}.diagnostics[${index}]`, Object.keys(diagnosticKinds) as DiagnosticKind[]),
      ),
    }),
  };
}

function readPart(value: unknown, field: string): ExpectedPart {
  const part = readObject(value, field);
  const type = readWord(part["type"], `${field}.type`, ["reasoning", "text", "call"]);
  if (type !== "call") return { type, text: readString(part["text"], `${field}.text`) };
  const { name, arguments: given, status, id } = part;
  if (typeof given !== "string" && (typeof given !== "object" || given === null || Array.isArray(given)))
    throw wrong(`${field}.arguments`, given, "JSON text or an object");
  return {
    type,
    name: readString(name, `${field}.name`),
    arguments: given as string | JsonObject,
    status: isGiven(status) ? readWord(status, `${field}.status`, ["complete", "truncated", "malformed"]) : "complete",
    ...(isGiven(id) && { id: readString(id, `${field}.id`) }),
  };
}
