import type { ConstrainToolChoice, Tool } from "@glossa/core";
import { isGiven, readArray, readBoolean, readObject, readSchema, readString, readWord } from "./fields.ts";
import { found, InputError, wrong } from "./input-error.ts";
import type { JsonObject } from "./jsonl.ts";

/** Tools as OpenAI's API takes them, `{type: "function", function: {…}}`, or flat: `{name, description, parameters, strict}`. */
export function readTools(value: unknown, field: string): readonly Tool[] {
  return readArray(value, field).map((item, index) => {
    const { body, within } = unwrap(readObject(item, `${field}[${index}]`), `${field}[${index}]`);
    const name = readName(body, within);
    const { description, parameters, strict } = body;
    return {
      name,
      ...(isGiven(description) && { description: readString(description, `${within}.description`) }),
      ...(isGiven(parameters) && { parameters: readSchema(parameters, `${within}.parameters`) }),
      ...(isGiven(strict) && { strict: readBoolean(strict, `${within}.strict`) }),
    };
  });
}

/** What `{type: "function", function: {…}}` holds, or the object itself. */
function unwrap(object: JsonObject, field: string): { readonly body: JsonObject; readonly within: string } {
  const nested = object["function"];
  if (nested === undefined) return { body: object, within: field };
  return { body: readObject(nested, `${field}.function`), within: `${field}.function` };
}

function readName(object: JsonObject, field: string): string {
  const name = readString(object["name"], `${field}.name`);
  if (name === "") throw wrong(`${field}.name`, name, "a name");
  return name;
}

/**
 * `"auto"`, `"none"`, `"required"`; a tool by name, `{type: "function", function: {name}}`, `{type, name}` or `{name}`; some
 * of the tools, `{type: "allowed_tools", allowed_tools: {mode, tools}}` or `{type: "allowed_tools", mode, tools}`.
 */
export function readToolChoice(value: unknown, field: string, tools: readonly Tool[] | undefined): ConstrainToolChoice {
  if (value === "auto" || value === "none" || value === "required") return value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrong(field, value, '"auto", "none", "required" or an object that names a tool');
  }
  const choice = value as JsonObject;
  if (choice["type"] === "allowed_tools") return readAllowedTools(choice, field, tools);
  const { body, within } = unwrap(choice, field);
  return { name: checkName(readName(body, within), `${within}.name`, tools) };
}

function readAllowedTools(choice: JsonObject, field: string, tools: readonly Tool[] | undefined): ConstrainToolChoice {
  const nested = choice["allowed_tools"];
  const within = nested === undefined ? field : `${field}.allowed_tools`;
  const body = nested === undefined ? choice : readObject(nested, within);
  const allowed = readArray(body["tools"], `${within}.tools`).map((item, index) => {
    const tool = unwrap(readObject(item, `${within}.tools[${index}]`), `${within}.tools[${index}]`);
    return checkName(readName(tool.body, tool.within), `${tool.within}.name`, tools);
  });
  return { allowed, mode: readWord(body["mode"], `${within}.mode`, ["auto", "required"]) };
}

/** The same on the command line: one of the three words, or the name of a tool. */
export function readToolChoiceOption(value: string, tools: readonly Tool[] | undefined): ConstrainToolChoice {
  if (value === "auto" || value === "none" || value === "required") return value;
  return { name: checkName(value, "--tool-choice", tools) };
}

function checkName(name: string, field: string, tools: readonly Tool[] | undefined): string {
  if (!tools || tools.some((tool) => tool.name === name)) return name;
  const names = tools.map((tool) => JSON.stringify(tool.name)).join(", ");
  const expected = names === "" ? "one of the tools, of which there are none" : `one of ${names}`;
  throw new InputError(field, `found the tool ${found(name)}, expected ${expected}`);
}
