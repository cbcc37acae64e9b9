import {
  behind,
  constrain,
  ConstrainError,
  lower,
  LoweringError,
  type ConstrainRequest,
  type Format,
  type JsonSchema,
  type ReasoningMode,
  type ResponseFormat as AnswerFormat,
  type StructuralTag,
  type Tool,
} from "@glossa/core";
import { compileGrammar, GrammarError } from "@glossa/grammar";
import { contentText } from "./engines/content-text.ts";
import type { Capabilities, GenerateRequest, ResponseFormat } from "./engines/engine.ts";
import { invalidRequest } from "./error.ts";
import { reasoningMode } from "./reasoning-mode.ts";
import type { TurnDiagnostic, TurnRequest } from "./turn.ts";

/**
 * The request's grammar, for an engine that takes one. Decoding under a mask of ours costs nothing, so it always has one where
 * there is something to keep to; where a grammar costs the engine something, it is sent only if the request asks for what the
 * model alone can't warrant.
 */
export function constraintOf(request: TurnRequest, diagnostics: TurnDiagnostic[]): GenerateRequest["constrain"] {
  const { engine, tools, toolChoice, parallelToolCalls, responseFormat } = request;
  const { mask, grammar } = engine.capabilities;
  if (request.rawPrompt !== undefined) return undefined;
  const answer = responseFormat.type !== "text";
  const calls = tools.length > 0;
  const asked = calls && (toolChoice !== "auto" || !parallelToolCalls || tools.some(({ strict }) => strict));
  if (!(mask ? answer || calls : grammar !== false && (answer || asked))) return undefined;
  if (mask) refuseUnenforceable(request);
  if (grammar === "json_schema" && request.continueFinalMessage) {
    const message =
      "The answer that goes on is not held to its format: the engine takes schemas for whole answers only.";
    diagnostics.push({ kind: "schema-not-enforced", message });
    return undefined;
  }
  const started = answerStart(request);
  const tagOf = (prompt: string | undefined, shown: readonly Tool[]): StructuralTag | undefined => {
    // A model small enough to run in this process may talk on and never come to the call that is required.
    const made = { started, preamble: !mask };
    if (started === "") return structuralTag(request, prompt, shown, made);
    // The prompt of an answer that has begun ends with what there is of it.
    const before = prompt?.endsWith(started) ? prompt.slice(0, prompt.length - started.length) : prompt;
    const tag = structuralTag(request, before, shown, made);
    const rest = restOf(tag, started);
    if (typeof rest !== "string") return rest;
    // Where no more text may come before the call, what there is of it stands all the same.
    const isText =
      mask && typeof restOf(structuralTag(request, before, shown, { started, preamble: true }), started) !== "string";
    if (isText) return tag;
    const message = `The answer that goes on is not held to what the request asks for: ${rest}.`;
    if (!diagnostics.some((each) => each.message === message))
      diagnostics.push({ kind: "schema-not-enforced", message });
    return undefined;
  };
  let held: readonly Tool[] | undefined;
  return (prompt, relax) => {
    if (!relax) {
      try {
        return tagOf(prompt, tools);
      } catch (error) {
        if (!(error instanceof ConstrainError)) throw error;
      }
    }
    try {
      if (relax?.refusal !== undefined) return tagOf(prompt, unheld(request, diagnostics, relax.refusal));
      return tagOf(prompt, (held ??= enforceable(request, diagnostics)));
    } catch (error) {
      if (!(error instanceof ConstrainError)) throw error;
      throw unsupportedSchema(error.message, fieldOf(error.path, request));
    }
  };
}

/** What is written of the answer already, where a last message of the assistant's goes on. */
export function answerStart({ continueFinalMessage, messages }: TurnRequest): string {
  return continueFinalMessage ? contentText(messages.at(-1)?.content ?? "") : "";
}

/** The grammar from where the answer's start ends, if there is any; or why there can't be. */
function restOf(tag: StructuralTag | undefined, started: string): StructuralTag | string | undefined {
  try {
    return tag && (behind(tag, started) ?? "no such answer begins like that");
  } catch (error) {
    if (!(error instanceof LoweringError)) throw error;
    return error.message;
  }
}

function structuralTag(
  request: TurnRequest,
  prompt: string | undefined,
  tools: readonly Tool[],
  { started, preamble }: { readonly started: string; readonly preamble: boolean },
): StructuralTag | undefined {
  const { model, engine, toolChoice, parallelToolCalls, responseFormat } = request;
  // Where it costs nothing, every tool is held to its schema, asked for or not.
  const held = engine.capabilities.mask ? tools.map((tool) => Object.assign({}, tool, { strict: true })) : tools;
  return constrain(model.format, {
    tools: held,
    toolChoice,
    parallelToolCalls,
    responseFormat: answerFormat(responseFormat),
    preamble,
    // Nor may such a model write blanks.
    ...(engine.capabilities.mask && { maxWhiteSpace: 1 }),
    ...(prompt !== undefined && { reasoning: modeBehind(reasoningMode(model.format, prompt), started) }),
  }).structuralTag;
}

/** Who has begun with the answer does not reason before it any more. */
function modeBehind(mode: ReasoningMode, started: string): ReasoningMode {
  return mode === "optional" && started.trim() !== "" ? "off" : mode;
}

function answerFormat(format: ResponseFormat): AnswerFormat {
  if (format.type !== "json_schema") return format;
  return { type: "json_schema", schema: format.json_schema.schema ?? true };
}

/** What the client wants held to the letter, and the grammar can't hold, is refused before the model writes. */
function refuseUnenforceable({ tools, responseFormat, fields }: TurnRequest): void {
  if (responseFormat.type === "json_schema" && responseFormat.json_schema.strict) {
    const refusal = refusalOf(responseFormat.json_schema.schema ?? true);
    if (refusal !== undefined) throw unsupportedSchema(refusal, fields.answerSchema);
  }
  for (const { name, strict, parameters } of tools) {
    const refusal = strict ? refusalOf(parameters ?? true) : undefined;
    if (refusal !== undefined) throw unsupportedSchema(refusal, fields.parameters(name));
  }
}

/**
 * The tools with schemas that can be held to: their own, or any object where that makes no grammar, about which the client is
 * told. What it wants held to the letter is refused instead.
 */
function enforceable(request: TurnRequest, diagnostics: TurnDiagnostic[]): readonly Tool[] {
  const { engine, model, tools, responseFormat, fields } = request;
  const { capabilities } = engine;
  // An engine with a compiler of schemas holds some of what makes no grammar of ours.
  const readsSchemas = !capabilities.mask && capabilities.grammar === "structural_tag";
  if (responseFormat.type !== "text" && responseFormat.type !== "json_object") {
    const refusal = refusalOfTag(model.format, { responseFormat: answerFormat(responseFormat) }, capabilities);
    const isLoose = readsSchemas && responseFormat.type === "json_schema" && responseFormat.json_schema.strict !== true;
    if (refusal !== undefined && !isLoose) throw unsupportedSchema(refusal, fields.answerSchema);
    if (refusal !== undefined) {
      const message = `The answer is not held to all of its schema: ${refusal}`;
      diagnostics.push({ kind: "schema-not-enforced", message });
    }
  }
  return tools.map((tool) => {
    const refusal = refusalOfTool(model.format, tool, capabilities);
    if (refusal === undefined) return tool;
    if (tool.strict) throw unsupportedSchema(refusal, fields.parameters(tool.name));
    const isLoose = readsSchemas && isWritable(model.format, tool);
    const message = `The parameters of ${tool.name} are not held to ${isLoose ? "all of " : ""}their schema: ${refusal}`;
    diagnostics.push({ kind: "schema-not-enforced", message });
    if (isLoose) return tool;
    return Object.assign({}, tool, { parameters: { type: "object" } });
  });
}

/** The tools with any object for their parameters, where they are not strict: the engine has refused the grammar with their schemas. */
function unheld(request: TurnRequest, diagnostics: TurnDiagnostic[], refusal: string): readonly Tool[] {
  const { tools, responseFormat, fields } = request;
  const loose = tools.filter(({ strict, parameters }) => !strict && parameters !== undefined);
  if (loose.length === 0) {
    const answer = responseFormat.type !== "text" && responseFormat.type !== "json_object";
    const [tool] = tools;
    const field = answer || !tool ? fields.answerSchema : fields.parameters(tool.name);
    throw unsupportedSchema(`the engine refuses its grammar: ${refusal}`, field);
  }
  for (const { name } of loose) {
    const message = `The parameters of ${name} are not held to their schema: the engine refuses the grammar: ${refusal}`;
    diagnostics.push({ kind: "schema-not-enforced", message });
  }
  return tools.map((tool) =>
    loose.includes(tool) ? Object.assign({}, tool, { parameters: { type: "object" } }) : tool,
  );
}

/** Why a schema makes no grammar, in a sentence; nothing if it does. */
function refusalOf(jsonSchema: JsonSchema): string | undefined {
  return refusalBy(() => compileGrammar({ jsonSchema }));
}

/** Why a call of the tool can't be held to its schema; nothing if it can. */
export function refusalOfTool(format: Format, tool: Tool, capabilities: Capabilities): string | undefined {
  return refusalOfTag(format, { tools: [tool], toolChoice: "required" }, capabilities);
}

/** Whether the format itself has words for the tool's schema. */
const isWritable = (format: Format, tool: Tool): boolean =>
  refusalBy(() => constrain(format, { tools: [tool], toolChoice: "required" })) === undefined;

/** The same for a request on its own, in the words of the model's format and in the engine's language. */
function refusalOfTag(format: Format, request: ConstrainRequest, { mask, grammar }: Capabilities): string | undefined {
  return refusalBy(() => {
    const { structuralTag: tag } = constrain(format, request);
    if (!tag) return;
    if (mask) compileGrammar(tag, { lenient: true });
    else if (grammar === "structural_tag") lower(tag, "xgrammar");
    else if (grammar && grammar !== "json_schema") lower(tag, grammar);
  });
}

function refusalBy(attempt: () => unknown): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    const refused = error instanceof GrammarError || error instanceof ConstrainError || error instanceof LoweringError;
    if (refused) return error.message;
    throw error;
  }
}

/** The field of the request for a path in the grammar's own words, which name tools by their names. */
function fieldOf(path: string, { tools, fields }: TurnRequest): string {
  const tool = tools.find(({ name }) => path === `tools.${name}` || path.startsWith(`tools.${name}.`));
  if (tool) return fields.parameters(tool.name);
  return path.startsWith("responseFormat") ? fields.answerSchema : fields.toolChoice;
}

function unsupportedSchema(refusal: string, param: string): Error {
  return invalidRequest(`Invalid value for '${param}': it can't be enforced: ${refusal}`, param, "unsupported_schema");
}
