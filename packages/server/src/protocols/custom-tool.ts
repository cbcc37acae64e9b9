import { render, type Format, type Tool } from "@glossa/core";
import { GrammarError, larkPattern, rustPattern } from "@glossa/grammar";
import { refusalOfTool } from "../constraint.ts";
import type { Capabilities } from "../engines/engine.ts";
import type { ServedModel } from "../models.ts";
import type { TurnDiagnostic } from "../turn.ts";
import { keepYoungest } from "../youngest.ts";

/** A tool that takes one text, as OpenAI's protocols declare it. */
export interface CustomTool {
  readonly name: string;
  readonly description?: string | null | undefined;
  /** What the text keeps to. `syntax`: `lark` or `regex`, in Rust's spelling. */
  readonly grammar?: { readonly syntax: string; readonly definition: string } | undefined;
}

export interface DeclaredCustomTool {
  readonly tool: Tool;
  readonly note?: TurnDiagnostic;
}

/**
 * A custom tool as models know tools: a function of one text, `input`. The model is shown the grammar,
 * and where the engine can hold the text to it, it is the text's pattern as well; where not, `note` says why.
 */
export function customTool(custom: CustomTool, served: ServedModel): DeclaredCustomTool {
  const { mask, grammar: language } = served.engine.capabilities;
  const key = JSON.stringify([custom, mask, language]);
  if (key.length > longestKept) return declare(custom, served);
  const { format } = served.model;
  let ofFormat = kept.get(format);
  if (!ofFormat) kept.set(format, (ofFormat = keepYoungest(32)));
  return ofFormat(key, () => declare(custom, served));
}

/** The same tools come again with every turn of a conversation; whether a grammar can be held to takes tens of milliseconds. */
const kept = new WeakMap<Format, ReturnType<typeof keepYoungest<DeclaredCustomTool>>>();
/** In UTF-16 units of what declares it. */
const longestKept = 100_000;

function declare({ name, description, grammar }: CustomTool, served: ServedModel): DeclaredCustomTool {
  const shown = grammar && `The input keeps to this ${grammar.syntax} grammar:\n${grammar.definition}`;
  const text = [description, shown].filter((each) => typeof each === "string").join("\n\n");
  const free = inputTool(name, text, { type: "string" });
  if (!grammar) return { tool: free };
  try {
    const held = inputTool(name, text, { type: "string", pattern: patternOf(grammar) }, true);
    const refusal = refusalOf(held, served);
    if (refusal === undefined) return { tool: held };
    return { tool: free, note: notHeld(name, refusal) };
  } catch (error) {
    if (!(error instanceof GrammarError)) throw error;
    return { tool: free, note: notHeld(name, error.message) };
  }
}

function inputTool(name: string, description: string, input: object, strict = false): Tool {
  return {
    name,
    ...(description !== "" && { description }),
    parameters: { type: "object", properties: { input }, required: ["input"], additionalProperties: false },
    ...(strict && { strict }),
  };
}

function patternOf({ syntax, definition }: NonNullable<CustomTool["grammar"]>): string {
  if (syntax === "lark") return larkPattern(definition);
  if (syntax === "regex") return rustPattern(definition);
  throw new GrammarError("", "syntax", `it is ${JSON.stringify(syntax)}; lark and regex are known`);
}

/** Why the engine can't hold the text to its pattern, in a sentence; nothing if it can. */
function refusalOf(tool: Tool, { engine, model }: ServedModel): string | undefined {
  const { mask, grammar }: Capabilities = engine.capabilities;
  if (!mask && grammar === false) return "the engine takes no grammar.";
  if (!mask && grammar === "json_schema") return "the engine takes a grammar for answers only.";
  // xgrammar matches a pattern with the text as it is written, escapes and all.
  if (!mask && grammar === "structural_tag") return "the engine's patterns don't know how JSON is escaped.";
  if (!writesJson(model.format)) return `${model.format.name} writes a text as it is, up to a closing tag.`;
  return refusalOfTool(model.format, tool, engine.capabilities);
}

const writing = new WeakMap<Format, boolean>();

/** Whether a call's arguments are JSON in this format. */
function writesJson(format: Format): boolean {
  const known = writing.get(format);
  if (known !== undefined) return known;
  const input = 'a\n"b"';
  const call = {
    type: "call",
    id: "call_1",
    name: "f",
    arguments: JSON.stringify({ input }),
    status: "complete",
  } as const;
  const found =
    format.calls !== undefined && render(format, { parts: [call] }, { verify: false }).includes(JSON.stringify(input));
  writing.set(format, found);
  return found;
}

function notHeld(name: string, why: string): TurnDiagnostic {
  return { kind: "schema-not-enforced", message: `The input of ${name} is not held to its grammar: ${why}` };
}

/** What a call of a custom tool says, as the arguments of the function that the model sees. */
export const customArguments = (input: string): string => JSON.stringify({ input });
