import type { Tool, ToolChoice } from "@glossa/core";
import { invalidRequest } from "../error.ts";

/** A tool by its name, with the request's field that names it. */
export interface NamedTool {
  readonly name: string;
  readonly field: string;
}

/** What a request asks of its tools, in whatever words its protocol has for it. */
export type RequestedChoice =
  | "none"
  | "auto"
  | "required"
  | NamedTool
  | { readonly mode: "auto" | "required"; readonly allowed: readonly NamedTool[] };

export interface ChosenTools {
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice;
}

/**
 * The tools that the model gets to see are those that it may call: none where none is to be called, the allowed ones where
 * some are. That is the surest way to have no other called, also by engines that take no grammar.
 */
export function chooseTools(
  tools: readonly Tool[],
  choice: RequestedChoice,
  fields: { name(index: number): string; readonly choice: string },
): ChosenTools {
  const names = new Set<string>();
  for (const [index, { name }] of tools.entries()) {
    const field = fields.name(index);
    if (names.has(name)) throw invalidRequest(`Invalid value for '${field}': there is another tool '${name}'.`, field);
    names.add(name);
  }
  const known = ({ name, field }: NamedTool): string => {
    if (names.has(name)) return name;
    throw invalidRequest(`Invalid value for '${field}': '${name}' is none of the 'tools'.`, field);
  };

  if (choice === "none") return { tools: [], toolChoice: "none" };
  if (choice === "auto") return { tools, toolChoice: "auto" };
  if (tools.length === 0) {
    const message = `Invalid value for '${fields.choice}': it asks for a call, but there are no 'tools'.`;
    throw invalidRequest(message, fields.choice);
  }
  if (choice === "required") return { tools, toolChoice: "required" };
  // All tools stay in sight, since the named one may be described in terms of others; the grammar admits only this one.
  if ("name" in choice) return { tools, toolChoice: { name: known(choice) } };
  const allowed = new Set(choice.allowed.map(known));
  if (allowed.size === 0 && choice.mode === "required") {
    const message = `Invalid value for '${fields.choice}': it asks for a call, but none of the tools that it allows is known here.`;
    throw invalidRequest(message, fields.choice);
  }
  return { tools: tools.filter(({ name }) => allowed.has(name)), toolChoice: choice.mode };
}
