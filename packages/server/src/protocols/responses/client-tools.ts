import type { Tool } from "@glossa/core";

/*
 * Tools that a request declares by their type alone and that the client runs: OpenAI's models know them, others are shown a
 * function. Read from OpenAI's TypeScript SDK 6.49; what came before the newest of them is there for older agents.
 */

export type ClientToolType = "tool_search" | "local_shell" | "shell" | "apply_patch";

/** A call of such a tool, as the client gets it and sends it back. */
export interface ClientCallItem {
  readonly type: `${ClientToolType}_call`;
  readonly id: string;
  readonly call_id: string;
  readonly status: "in_progress" | "completed" | "incomplete";
  readonly [field: string]: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

interface ClientTool {
  /** How models see it. */
  readonly tool: Tool;
  /** What the ids of its items begin with. */
  readonly prefix: string;
  /** What a call's item holds beside its names; nothing where the arguments are none for this tool. */
  call(input: Fields): Fields | undefined;
  /** The arguments that such an item stands for. */
  input(call: Fields): Fields;
  /** What came of the call, for the model to read. */
  result(output: Fields): string;
}

const isStrings = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");
const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string =>
  typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
const given = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));

const strings = { type: "array", items: { type: "string" } };
const milliseconds = { type: "integer", minimum: 1, description: "Milliseconds until it is ended." };

export const clientTools: Readonly<Record<ClientToolType, ClientTool>> = {
  tool_search: {
    tool: {
      name: "tool_search",
      description: "Finds tools that are not loaded yet. Those found can be called from then on.",
      parameters: {
        type: "object",
        properties: { query: { type: "string" }, limit: { type: "integer", minimum: 1 } },
        required: ["query"],
      },
    },
    prefix: "tsc",
    call: (input) => ({ execution: "client", arguments: input }),
    input: ({ arguments: input }) => (isObject(input) ? input : {}),
    result: ({ tools }) => {
      const names = loadedNames(tools);
      return names.length === 0 ? "No tools found." : `Tools loaded: ${names.join(", ")}`;
    },
  },
  local_shell: {
    tool: {
      name: "local_shell",
      description: "Runs a command on the user's machine.",
      parameters: {
        type: "object",
        properties: {
          command: { ...strings, minItems: 1, description: 'The program and its arguments: ["bash", "-lc", "ls"]' },
          working_directory: { type: "string" },
          timeout_ms: milliseconds,
        },
        required: ["command"],
      },
    },
    prefix: "lsh",
    call: ({ command, working_directory, timeout_ms, env }) =>
      isStrings(command)
        ? {
            action: {
              type: "exec",
              command,
              env: isObject(env) ? env : {},
              ...given({ working_directory, timeout_ms }),
            },
          }
        : undefined,
    input: ({ action }) => {
      const { command, working_directory, timeout_ms } = isObject(action) ? action : {};
      return given({ command, working_directory, timeout_ms });
    },
    result: ({ output }) => textOf(output),
  },
  shell: {
    tool: {
      name: "shell",
      description: "Runs commands in a shell on the user's machine.",
      parameters: {
        type: "object",
        properties: { commands: { ...strings, minItems: 1 }, timeout_ms: milliseconds },
        required: ["commands"],
      },
    },
    prefix: "sh",
    call: ({ commands, timeout_ms = null, max_output_length = null }) =>
      isStrings(commands) ? { action: { commands, timeout_ms, max_output_length } } : undefined,
    input: ({ action }) => {
      const { commands, timeout_ms } = isObject(action) ? action : {};
      return given({ commands, timeout_ms });
    },
    result: ({ output }) => (Array.isArray(output) ? output.map(shellOutput).join("\n") : textOf(output)),
  },
  apply_patch: {
    tool: {
      name: "apply_patch",
      description: "Creates, changes or deletes a file.",
      parameters: {
        type: "object",
        properties: {
          type: { enum: ["create_file", "update_file", "delete_file"] },
          path: { type: "string" },
          diff: {
            type: "string",
            description:
              "What changes, without file names: @@ before each place, then its lines, each behind a blank, a - or a +. Of a new file every line stands behind a +.",
          },
        },
        required: ["type", "path"],
      },
    },
    prefix: "apc",
    call: ({ type, path, diff }) => {
      if (typeof path !== "string") return undefined;
      if (type === "delete_file") return { operation: { type, path } };
      const known = (type === "create_file" || type === "update_file") && typeof diff === "string";
      return known ? { operation: { type, path, diff } } : undefined;
    },
    input: ({ operation }) => (isObject(operation) ? operation : {}),
    result: ({ status, output }) => [textOf(status), textOf(output)].filter((text) => text !== "").join(": "),
  },
};

function shellOutput(output: unknown): string {
  if (!isObject(output)) return textOf(output);
  const { stdout, stderr, outcome } = output;
  const { type, exit_code: code } = isObject(outcome) ? outcome : {};
  const end =
    type === "timeout" ? "(timed out)" : code === 0 || code === undefined ? "" : `(exit code ${textOf(code)})`;
  return [textOf(stdout), textOf(stderr), end].filter((text) => text !== "").join("\n");
}

/** The names by which the model knows the tools of a search. */
function loadedNames(tools: unknown): readonly string[] {
  if (!Array.isArray(tools)) return [];
  return tools.flatMap((tool: unknown): readonly string[] => {
    if (!isObject(tool) || typeof tool["name"] !== "string") return [];
    const inside = tool["type"] === "namespace" && Array.isArray(tool["tools"]) ? tool["tools"] : undefined;
    if (!inside) return [tool["name"]];
    return inside.flatMap((each: unknown) =>
      isObject(each) && typeof each["name"] === "string" ? [shownName(tool["name"] as string, each["name"])] : [],
    );
  });
}

/**
 * The name by which a model knows a tool of a namespace, where names have no spaces of their own: MCP's `mcp__server__tool`. The
 * namespace `functions` is the one that tools are in without any.
 */
export function shownName(namespace: string | null | undefined, name: string): string {
  if (!namespace || namespace === "functions") return name;
  return namespace.endsWith("__") ? namespace + name : `${namespace}__${name}`;
}
