import { constrain, type JsonSchema, type StructuralTag, type Tool } from "@glossa/core";
import type { GenerateRequest } from "./engines/engine.ts";
import { invalidRequest } from "./error.ts";
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
  return (prompt, refusalOf) => structuralTag(request, prompt, refusalOf, diagnostics);
}

function structuralTag(
  request: TurnRequest,
  prompt: string | undefined,
  refusalOf: ((schema: JsonSchema) => string | undefined) | undefined,
  diagnostics: TurnDiagnostic[],
): StructuralTag {
  const { model, toolChoice, parallelToolCalls, responseFormat } = request;
  let { tools } = request;
  if (refusalOf) {
    if (responseFormat.type === "json_schema") {
      const refusal = refusalOf(responseFormat.json_schema.schema ?? true);
      if (refusal !== undefined) throw unsupportedSchema(refusal, "response_format.json_schema.schema");
    }
    tools = tools.map((tool, index) => enforceable(tool, index, refusalOf, diagnostics));
  }
  return constrain(model.format, {
    tools,
    toolChoice,
    parallelToolCalls,
    responseFormat,
    ...(prompt !== undefined && { prompt }),
  }).structuralTag;
}

/** The tool with a schema that can be enforced: its own, or any object, about which the client is told. */
function enforceable(
  tool: Tool,
  index: number,
  refusalOf: (schema: JsonSchema) => string | undefined,
  diagnostics: TurnDiagnostic[],
): Tool {
  const refusal = refusalOf(tool.parameters ?? true);
  if (refusal === undefined) return tool;
  if (tool.strict) throw unsupportedSchema(refusal, `tools[${index}].function.parameters`);
  diagnostics.push({
    kind: "schema-not-enforced",
    message: `The parameters of ${tool.name} are not held to their schema: ${refusal}`,
  });
  return { ...tool, parameters: { type: "object" } };
}

function unsupportedSchema(refusal: string, param: string): Error {
  return invalidRequest(`The schema '${param}' can't be enforced: ${refusal}`, param, "unsupported_schema");
}
