import { formats, type Format } from "@glossa/core";

/**
 * The format of a model by its name, from the name patterns that the formats declare; `org/` and case don't count, since
 * engines serve the same checkpoint under a path, an alias or in lower case. The longest pattern that fits is the one meant.
 */
export function formatOfModel(model: string): Format | undefined {
  const name = baseName(model);
  let best: { readonly format: Format; readonly length: number } | undefined;
  for (const format of formats) {
    for (const pattern of format.models ?? []) {
      const length = pattern.length;
      if ((best === undefined || length > best.length) && fits(baseName(pattern), name)) best = { format, length };
    }
  }
  return best?.format;
}

function baseName(model: string): string {
  return model.slice(model.lastIndexOf("/") + 1).toLowerCase();
}

/** Whether `name` fits `pattern`, in which `*` stands for anything. */
function fits(pattern: string, name: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return name === pattern;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  const last = rest.pop() ?? "";
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
