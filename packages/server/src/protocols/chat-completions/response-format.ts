import type { JsonSchema } from "@glossa/core";
import type { ResponseFormat } from "../../engines/engine.ts";
import { invalidRequest } from "../../error.ts";
import type { ChatCompletionRequest } from "./request.ts";

export interface AskedFormat {
  readonly responseFormat: ResponseFormat;
  /** The field that asks for it. */
  readonly field: string;
}

/**
 * What the answer has to be: by `response_format`, or by the fields that vLLM has for it, `structured_outputs` and the older
 * `guided_json`, `guided_regex`, `guided_choice` and `guided_grammar`. Throws `ApiError` where there is more than one.
 */
export function responseFormatOf(request: ChatCompletionRequest): AskedFormat {
  const asked = [...openaiFormat(request), ...structuredFormats(request), ...guidedFormats(request)];
  const [first, second] = asked;
  if (second) {
    const message = `Invalid value for '${second.field}': '${first?.field}' says already what the answer has to be.`;
    throw invalidRequest(message, second.field);
  }
  return first ?? { responseFormat: { type: "text" }, field: "response_format" };
}

function openaiFormat({ response_format: format }: ChatCompletionRequest): readonly AskedFormat[] {
  if (!format || format.type === "text") return [];
  if (format.type === "json_object") return [{ responseFormat: { type: "json_object" }, field: "response_format" }];
  const { name, schema, strict } = format.json_schema;
  const json_schema = { name, ...(schema && { schema }), ...(typeof strict === "boolean" && { strict }) };
  return [{ responseFormat: { type: "json_schema", json_schema }, field: "response_format.json_schema.schema" }];
}

function structuredFormats({ structured_outputs: outputs }: ChatCompletionRequest): readonly AskedFormat[] {
  if (!outputs) return [];
  const { json, regex, choice, grammar, json_object } = outputs;
  return formats(
    { json, regex, choice, grammar, ...(json_object && { json_object }) },
    (name) => `structured_outputs.${name}`,
  );
}

function guidedFormats(request: ChatCompletionRequest): readonly AskedFormat[] {
  const { guided_json: json, guided_regex: regex, guided_choice: choice, guided_grammar: grammar } = request;
  return formats({ json, regex, choice, grammar }, (name) => `guided_${name}`);
}

interface Asked {
  readonly json?: string | JsonSchema | null | undefined;
  readonly regex?: string | null | undefined;
  readonly choice?: readonly string[] | null | undefined;
  readonly grammar?: string | null | undefined;
  readonly json_object?: boolean;
}

function formats(asked: Asked, fieldOf: (name: keyof Asked) => string): readonly AskedFormat[] {
  const found: AskedFormat[] = [];
  const add = (name: keyof Asked, responseFormat: ResponseFormat): void =>
    void found.push({ responseFormat, field: fieldOf(name) });
  const { json, regex, choice, grammar } = asked;
  if (json !== undefined && json !== null) add("json", schemaFormat(json, fieldOf("json")));
  if (typeof regex === "string") add("regex", { type: "regex", pattern: regex });
  if (choice) add("choice", { type: "choice", choices: choice });
  if (typeof grammar === "string") add("grammar", { type: "grammar", grammar });
  if (asked.json_object) add("json_object", { type: "json_object" });
  return found;
}

/** vLLM takes a schema as an object or as its text. */
function schemaFormat(json: string | JsonSchema, field: string): ResponseFormat {
  let schema: unknown = json;
  if (typeof json === "string") {
    try {
      schema = JSON.parse(json);
    } catch {
      throw invalidRequest(`Invalid value for '${field}': it is a text, but not of JSON.`, field);
    }
  }
  if (schema === true) return { type: "json_schema", json_schema: { name: "answer" } };
  if (typeof schema === "object" && schema !== null && !Array.isArray(schema)) {
    return {
      type: "json_schema",
      json_schema: { name: "answer", schema: schema as Record<string, unknown>, strict: true },
    };
  }
  throw invalidRequest(`Invalid value for '${field}': it is no JSON Schema.`, field);
}
