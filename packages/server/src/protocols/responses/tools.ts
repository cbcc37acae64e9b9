import type { Tool } from "@glossa/core";
import type { ServedModel } from "../../models.ts";
import type { TurnDiagnostic } from "../../turn.ts";
import { customTool } from "../custom-tool.ts";
import { clientTools, shownName, type ClientToolType } from "./client-tools.ts";
import type { InputItem, RequestTool, ResponsesRequest } from "./request.ts";
import type { ResponseStore } from "./store.ts";

/** How a call of a tool goes back to the client. */
export type ToolUse =
  | { readonly kind: "function" | "custom"; readonly name: string; readonly namespace?: string }
  | { readonly kind: ClientToolType };

export interface DeclaredTools {
  /** As the model sees them. */
  readonly tools: readonly Tool[];
  /** By the names that the model sees. */
  readonly uses: ReadonlyMap<string, ToolUse>;
  /** Where in the request each of `tools` is declared. */
  readonly fields: readonly string[];
  readonly notes: readonly TurnDiagnostic[];
}

interface Declaration {
  readonly given: RequestTool;
  readonly field: string;
  readonly namespace?: string;
  /** What is said of the whole namespace, with the first of it. */
  readonly about?: string;
}

/**
 * The tools of a request: those of its `tools`, and those that came in the input since, by `additional_tools` or as what a search
 * found; `earlier` are those of the responses before. A namespace is spelled out in the names of its tools. What OpenAI's servers
 * run is left out.
 */
export function declaredTools(
  { tools: given, input }: Pick<ResponsesRequest, "tools" | "input">,
  earlier: readonly RequestTool[],
  served: ServedModel,
): DeclaredTools {
  const tools: Tool[] = [];
  const fields: string[] = [];
  const uses = new Map<string, ToolUse>();
  const notes: TurnDiagnostic[] = [];
  const own = (given ?? []).flatMap((tool, index) => spelledOut(tool, `tools[${index}]`));
  const searchable = own.some(({ given: tool }) => tool.type === "tool_search" && isRunByClient(tool));

  function declare({ given: tool, field, namespace, about }: Declaration): void {
    const declared = declaredTool(tool, namespace, served);
    if (!declared) {
      notes.push(ignoredTool(tool, field));
      return;
    }
    const { tool: shown, use, note } = declared;
    tools.push(about === undefined ? shown : { ...shown, description: [about, shown.description].join("\n\n").trim() });
    fields.push(field);
    uses.set(shown.name, use);
    if (note) notes.push(note);
  }

  // A tool that is to be searched for is no tool yet; where nobody can search, it is one from the start.
  for (const each of own) if (!(searchable && each.given.defer_loading)) declare(each);
  const since = typeof input === "string" ? [] : input.flatMap(toolsOf);
  const loaded = [...earlier.map((tool) => ({ tool, field: "previous_response_id" })), ...since];
  for (const { tool, field } of loaded) {
    // What a search finds twice is one tool.
    for (const each of spelledOut(tool, field)) if (!uses.has(nameOf(each))) declare(each);
  }
  return { tools, uses, fields, notes };
}

/** What searches have found in the responses that this one goes on with, as far as they are still there. */
export function earlierTools({ tools, previous_response_id }: ResponsesRequest, store: ResponseStore): RequestTool[] {
  const found: RequestTool[] = [];
  if (!tools?.some(({ type }) => type === "tool_search")) return found;
  for (
    let id: unknown = previous_response_id;
    typeof id === "string";
    id = store.response(id)?.["previous_response_id"]
  ) {
    const items = store.input(id) ?? [];
    // They were checked when they came.
    found.push(...items.flatMap((item) => (bringsTools(item) ? (item["tools"] as RequestTool[]) : [])));
  }
  return found;
}

const bringsTools = ({ type }: { readonly type: string }): boolean =>
  type === "additional_tools" || type === "tool_search_output";

function toolsOf(item: InputItem, index: number): readonly { readonly tool: RequestTool; readonly field: string }[] {
  if (item.type !== "additional_tools" && item.type !== "tool_search_output") return [];
  return item.tools.map((tool, at) => ({ tool, field: `input[${index}].tools[${at}]` }));
}

function spelledOut(tool: RequestTool, field: string): readonly Declaration[] {
  const { type, name, tools, description } = tool;
  if (type !== "namespace" || !tools) return [{ given: tool, field }];
  return tools.map((given, index) => ({
    given,
    field: `${field}.tools[${index}]`,
    ...(typeof name === "string" && { namespace: name }),
    ...(index === 0 && description && { about: `${name}: ${description}` }),
  }));
}

const nameOf = ({ given: { type, name }, namespace }: Declaration): string => shownName(namespace, name ?? type);

function declaredTool(
  tool: RequestTool,
  namespace: string | undefined,
  served: ServedModel,
): { readonly tool: Tool; readonly use: ToolUse; readonly note?: TurnDiagnostic } | undefined {
  const { type, name: called, description, parameters, strict, format } = tool;
  if (isClientTool(type) && typeof called !== "string") {
    if (!isRunByClient(tool)) return undefined;
    const own = { ...(description && { description }), ...(parameters && { parameters }) };
    return { tool: { ...clientTools[type].tool, ...own }, use: { kind: type } };
  }
  if ((type !== "function" && type !== "custom") || typeof called !== "string") return undefined;
  const name = shownName(namespace, called);
  const use: ToolUse = { kind: type, name: called, ...(namespace !== undefined && { namespace }) };
  if (type === "custom") {
    const { syntax, definition } = format ?? {};
    const isGrammar = format?.type === "grammar" && typeof syntax === "string" && typeof definition === "string";
    const grammar = isGrammar ? { syntax, definition } : undefined;
    return { ...customTool({ name, description, grammar }, served), use };
  }
  return {
    use,
    tool: {
      name,
      ...(typeof description === "string" && { description }),
      ...(parameters !== undefined && parameters !== null && { parameters }),
      ...(typeof strict === "boolean" && { strict }),
    },
  };
}

const isClientTool = (type: string): type is ClientToolType => Object.hasOwn(clientTools, type);

/** A search says who runs it, and a shell where it is. */
function isRunByClient({ type, execution, environment }: RequestTool): boolean {
  if (type === "tool_search") return execution === "client";
  if (type !== "shell") return true;
  const where = (environment as { readonly type?: unknown } | null | undefined)?.type;
  return where === undefined || where === "local";
}

function ignoredTool({ type }: RequestTool, field: string): TurnDiagnostic {
  return { kind: "ignored-tool", message: `${field} is left out: ${type} is run by OpenAI's servers, not here.` };
}
