/** Whether unknown data has the fields and types of a declaration. What the nodes mean together is checked by the rules. */
import { DeclarationError, describe } from "./declaration-error.ts";
import { kinds, objects, type Fields, type KindsName, type Shape } from "./language.ts";

/** Far deeper than any format; a declaration that comes from a module could hold itself. */
const deepest = 64;

type Unknown = { readonly [key: string]: unknown };

/** Throws a `DeclarationError` for the first place at which `value` is no format. */
export function checkStructure(value: unknown): void {
  check(value, "", { type: "object", object: "format" }, 0);
}

function fail(path: string, value: unknown, allowed: string): never {
  throw new DeclarationError(path, describe(value), allowed);
}

function check(value: unknown, path: string, shape: Shape, depth: number): void {
  if (depth > deepest) throw new DeclarationError(path, `more than ${deepest} levels of nesting`, "fewer");
  switch (shape.type) {
    case "text": {
      const { empty, pattern } = shape;
      const fits = typeof value === "string" && (empty || value !== "");
      if (!fits || (pattern && !new RegExp(pattern.source).test(value)))
        fail(path, value, pattern ? `a string, ${pattern.says}` : empty ? "a string" : "a string that is not empty");
      return;
    }
    case "flag":
      if (typeof value !== "boolean") fail(path, value, "true or false");
      return;
    case "count": {
      const { least, most } = shape;
      if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most)
        fail(path, value, `a whole number from ${least} to ${most}`);
      return;
    }
    case "word":
      if (typeof value !== "string" || !shape.words.includes(value))
        fail(path, value, shape.words.map((word) => JSON.stringify(word)).join(", "));
      return;
    case "list":
      return checkList(value, path, shape, depth);
    case "map":
      return checkMap(value, path, shape, depth);
    case "object":
      if (!isObject(value)) fail(path, value, "an object");
      return checkFields(value, path, objects[shape.object].fields, depth, []);
    case "kinds":
      return checkKind(value, path, shape.kinds, depth);
  }
}

function isObject(value: unknown): value is Unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checkList(value: unknown, path: string, shape: Extract<Shape, { type: "list" }>, depth: number): void {
  const { item, least, distinct } = shape;
  if (!Array.isArray(value)) fail(path, value, "a list");
  if (value.length < least) fail(path, value, `a list of ${least} or more`);
  for (const [index, element] of value.entries()) {
    check(element, `${path}[${index}]`, item, depth + 1);
    if (distinct && value.indexOf(element) < index)
      throw new DeclarationError(`${path}[${index}]`, `${describe(element)} once more`, "each once");
  }
}

function checkMap(value: unknown, path: string, shape: Extract<Shape, { type: "map" }>, depth: number): void {
  if (!isObject(value)) fail(path, value, "an object");
  const names = Object.keys(value);
  if (names.length < shape.least) throw new DeclarationError(path, "an empty object", "an object with a field");
  for (const name of names) {
    if (name === "" || (shape.keys && !shape.keys.includes(name)))
      throw new DeclarationError(path, `the field ${JSON.stringify(name)}`, shape.keys?.join(", ") ?? "a word");
    check(value[name], `${path}.${name}`, shape.value, depth + 1);
  }
}

function checkKind(value: unknown, path: string, name: KindsName, depth: number): void {
  if (!isObject(value)) fail(path, value, "an object with a kind");
  const known = kinds[name];
  const { kind } = value;
  if (typeof kind !== "string" || !Object.hasOwn(known, kind))
    fail(`${path}.kind`, kind, Object.keys(known).join(", "));
  checkFields(value, path, known[kind]!.fields, depth, ["kind"]);
}

function checkFields(value: Unknown, path: string, fields: Fields, depth: number, also: readonly string[]): void {
  const names = [...also, ...Object.keys(fields)];
  for (const name of Object.keys(value)) {
    if (!names.includes(name))
      throw new DeclarationError(path, `the unknown field ${JSON.stringify(name)}`, names.join(", "));
  }
  for (const [name, { shape, required }] of Object.entries(fields)) {
    const at = path === "" ? name : `${path}.${name}`;
    if (value[name] !== undefined) check(value[name], at, shape, depth + 1);
    else if (required) throw new DeclarationError(path, `no field ${JSON.stringify(name)}`, `${name} is required`);
  }
}
