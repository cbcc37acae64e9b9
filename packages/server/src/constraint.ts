import {
  constrain,
  ConstrainError,
  type JsonSchema,
  type ResponseFormat as AnswerFormat,
  type StructuralTag,
  type Tool,
} from "@glossa/core";
import { compileGrammar, GrammarError } from "@glossa/grammar";
import type { GenerateRequest, ResponseFormat } from "./engines/engine.ts";
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
  const answer = responseFormat.type !== "text";
  const calls = tools.length > 0;
  const asked = calls && (toolChoice !== "auto" || !parallelToolCalls || tools.some(({ strict }) => strict));
  if (!(mask ? answer || calls : grammar === "structural_tag" && (answer || asked))) return undefined;
  if (mask) refuseUnenforceable(request);
  return (prompt, relax) => structuralTag(request, prompt, relax ? enforceable(tools, diagnostics) : tools);
}

function structuralTag(
  request: TurnRequest,
  prompt: string | undefined,
  tools: readonly Tool[],
): StructuralTag | undefined {
  const { model, engine, toolChoice, parallelToolCalls, responseFormat } = request;
  // Where it costs nothing, every tool is held to its schema, asked for or not.
  const held = engine.capabilities.mask ? tools.map((tool) => Object.assign({}, tool, { strict: true })) : tools;
  try {
    return constrain(model.format, {
      tools: held,
      toolChoice,
      parallelToolCalls,
      responseFormat: answerFormat(responseFormat),
      ...(prompt !== undefined && { reasoning: reasoningMode(model.format, prompt) }),
    }).structuralTag;
  } catch (error) {
    if (!(error instanceof ConstrainError)) throw error;
    throw unsupportedSchema(error.message, fieldOf(error.path, request.tools));
  }
}

function answerFormat(format: ResponseFormat): AnswerFormat {
  if (format.type !== "json_schema") return format;
  return { type: "json_schema", schema: format.json_schema.schema ?? true };
}

/** What the client wants held to the letter, and the grammar can't hold, is refused before the model writes. */
function refuseUnenforceable({ tools, responseFormat }: TurnRequest): void {
  if (responseFormat.type === "json_schema" && responseFormat.json_schema.strict) {
    const refusal = refusalOf(responseFormat.json_schema.schema ?? true, false);
    if (refusal !== undefined) throw unsupportedSchema(refusal, "response_format.json_schema.schema");
  }
  for (const [index, { strict, parameters }] of tools.entries()) {
    const refusal = strict ? refusalOf(parameters ?? true, false) : undefined;
    if (refusal !== undefined) throw unsupportedSchema(refusal, `tools[${index}].function.parameters`);
  }
}

/** The tools with schemas that make a grammar: their own, or any object where it is no schema at all, about which the client is told. */
function enforceable(tools: readonly Tool[], diagnostics: TurnDiagnostic[]): readonly Tool[] {
  return tools.map((tool) => {
    const refusal = refusalOf(tool.parameters ?? true, true);
    if (refusal === undefined) return tool;
    const message = `The parameters of ${tool.name} are not held to their schema: ${refusal}`;
    diagnostics.push({ kind: "schema-not-enforced", message });
    return Object.assign({}, tool, { parameters: { type: "object" } });
  });
}

/** Why a schema makes no grammar, in a sentence; nothing if it does. */
function refusalOf(jsonSchema: JsonSchema, lenient: boolean): string | undefined {
  try {
    compileGrammar({ jsonSchema }, { lenient });
    return undefined;
  } catch (error) {
    if (error instanceof GrammarError) return error.message;
    throw error;
  }
}

/** The field of the request for a path that names tools by their names. */
function fieldOf(path: string, tools: readonly Tool[]): string {
  const index = tools.findIndex(({ name }) => path === `tools.${name}` || path.startsWith(`tools.${name}.`));
  return index === -1 ? path : `tools[${index}].function.parameters`;
}

function unsupportedSchema(refusal: string, param: string): Error {
  return invalidRequest(`Invalid value for '${param}': it can't be enforced: ${refusal}`, param, "unsupported_schema");
}
