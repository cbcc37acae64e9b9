import { formatSchema, type Format } from "@glossa/core";
import { formatPage, indexPage, type Comment } from "./format-page.ts";

/**
 * Every generated document by its path below `docs`: a page a format, their index, and the JSON Schema of declaration
 * files. `sources` are the texts of the files in which the formats are declared, for what their comments say.
 */
export function documents(formats: readonly Format[], sources: readonly string[]): ReadonlyMap<string, string> {
  const comments = new Map(sources.flatMap(commentsIn));
  return new Map([
    ["format.schema.json", `${JSON.stringify(fileSchema(), null, 2)}\n`],
    ["formats/README.md", indexPage(formats)],
    ...formats.map((format): [string, string] => [
      `formats/${format.name}.md`,
      formatPage(format, comments.get(format.name)),
    ]),
  ]);
}

/** The comments of the formats that a source file exports, by their names. */
function commentsIn(source: string): [string, Comment][] {
  const declarations = source.matchAll(/\/\*\*((?:(?!\*\/)[^])*)\*\/\s*export const (\w+): Format\b/g);
  return [...declarations].map(([, comment, name]) => {
    const text = comment!
      .split("\n")
      .map((line) => line.replace(/^\s*\*? ?/, "").trim())
      .join(" ")
      .trim();
    const [about = "", source = ""] = text.split(/\s*\bSources?: /);
    return [name!, { text: about, source }];
  });
}

/** The schema of a file: a declaration, its samples and the name of this schema. */
function fileSchema(): unknown {
  const { properties, ...schema } = formatSchema() as { readonly properties: object };
  return {
    ...schema,
    properties: {
      $schema: { type: "string" },
      ...properties,
      samples: {
        description: "Outputs and the messages that they tell, for `glossa formats test`.",
        type: "array",
        items: sampleSchema,
      },
    },
  };
}

const text = { type: "string" };

const sampleSchema = {
  type: "object",
  properties: {
    title: text,
    raw: { description: "What the model wrote.", ...text },
    tools: { description: "The request's tools; without them any name is a call.", type: "array" },
    prompt: { description: "The rendered prompt or its tail.", ...text },
    parts: {
      description: "The message.",
      type: "array",
      items: {
        anyOf: [
          {
            type: "object",
            properties: { type: { enum: ["text", "reasoning"] }, text },
            required: ["type", "text"],
          },
          {
            type: "object",
            properties: {
              type: { const: "call" },
              name: text,
              arguments: { type: ["string", "object"] },
              status: { enum: ["complete", "truncated", "malformed"] },
              id: text,
            },
            required: ["type", "name", "arguments"],
          },
        ],
      },
    },
    diagnostics: { description: "The kinds of the diagnostics, in order; absent: any.", type: "array", items: text },
  },
  required: ["raw", "parts"],
  additionalProperties: false,
};
