/**
 * The model's prompt layout, as in `model/chat_template.jinja`. A prompt is made of segments, so that markers which the
 * layout writes become special tokens while the same characters from a user, a tool or a schema stay text.
 */

export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

export interface PromptTool {
  readonly function: {
    readonly name: string;
    readonly description?: string | undefined;
    readonly parameters?: unknown;
  };
}

export interface PromptCall {
  readonly function: { readonly name: string; readonly arguments: string | Readonly<Record<string, unknown>> };
}

export interface PromptMessage {
  readonly role: string;
  readonly content?: string | null;
  readonly tool_calls?: readonly PromptCall[] | null;
}

export interface PromptOptions {
  readonly tools?: readonly PromptTool[] | undefined;
  /** False: the prompt closes the reasoning before it begins. Default true: the model opens it itself. */
  readonly enableThinking?: boolean | undefined;
  readonly addGenerationPrompt?: boolean | undefined;
}

export interface Segment {
  readonly text: string;
  /** Whether `text` is a marker of the layout. */
  readonly special: boolean;
}

/** JSON as Python writes it: a space after each comma and colon. */
export function spacedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}: ${spacedJson(inner)}`);
    return `{${entries.join(", ")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

/** The same of arguments that are text already, since clients write it with other blanks than the model did. */
function spacedText(json: string): string {
  try {
    return spacedJson(JSON.parse(json));
  } catch {
    return json;
  }
}

/** A schema shrunk to the shape of its values, with a type, a mark for what is optional and a description for each leaf. */
function shape(given: Schema, optional: boolean, description: string | undefined): unknown {
  let schema = given;
  if (schema.anyOf !== undefined && schema.type === undefined && schema.enum === undefined) {
    schema = schema.anyOf.find((option) => option.type !== "null") ?? {};
  }
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
  const type = types.find((t) => t !== "null") ?? "any";

  let body = type;
  if (schema.enum !== undefined) {
    body = schema.enum.map((v) => (typeof v === "string" ? v : spacedJson(v))).join("|");
  } else if (type === "object" && Object.keys(schema.properties ?? {}).length > 0) {
    const required = new Set(schema.required);
    const entries = Object.entries(schema.properties ?? {});
    return Object.fromEntries(entries.map(([key, p]) => [key, shape(p, !required.has(key), p.description)]));
  } else if (type === "array") {
    const items = schema.items ?? {};
    return [shape(items, optional, description || items.description)];
  }
  return body + (optional ? "?" : "") + (description ? `: ${description}` : "");
}

function toolLine({ function: { name, description, parameters } }: PromptTool): string {
  const schema = (parameters ?? {}) as Schema;
  const hasProperties = Object.keys(schema.properties ?? {}).length > 0;
  return spacedJson({
    name,
    ...(description ? { description } : {}),
    parameters: hasProperties ? shape({ ...schema, type: "object" }, false, undefined) : {},
  });
}

export function promptSegments(messages: readonly PromptMessage[], options: PromptOptions = {}): Segment[] {
  const { tools = [], enableThinking = true, addGenerationPrompt = true } = options;
  const segments: Segment[] = [];
  const text = (value: string): unknown => value !== "" && segments.push({ text: value, special: false });
  const marker = (value: string): unknown => segments.push({ text: value, special: true });

  const first = messages[0]?.role === "system" ? messages[0] : undefined;
  const rest = first === undefined ? messages : messages.slice(1);
  const system = first?.content ?? "";
  if (system !== "" || tools.length > 0) {
    marker("<|im_start|>");
    text(`system\n${system}`);
    if (tools.length > 0) {
      const lines = tools.map((tool) => `${toolLine(tool)}\n`).join("");
      text(`${system === "" ? "" : "\n\n"}<tools>\n${lines}</tools>`);
    }
    marker("<|im_end|>");
    text("\n");
  }

  for (const [index, message] of rest.entries()) {
    const content = message.content ?? "";
    if (message.role === "tool") {
      // Results that follow one another share a turn.
      if (rest[index - 1]?.role !== "tool") {
        marker("<|im_start|>");
        text("user");
      }
      text("\n");
      marker("<tool_response>");
      text(`\n${content}\n`);
      marker("</tool_response>");
      if (rest[index + 1]?.role === "tool") continue;
    } else {
      marker("<|im_start|>");
      text(`${message.role}\n${content}`);
      if (message.role === "assistant") writeCalls(message.tool_calls ?? [], content === "");
    }
    marker("<|im_end|>");
    text("\n");
  }

  if (addGenerationPrompt) {
    marker("<|im_start|>");
    text("assistant\n");
    if (!enableThinking) {
      marker("<think>");
      text("\n\n");
      marker("</think>");
      text("\n\n");
    }
  }
  return segments;

  function writeCalls(calls: readonly PromptCall[], atStart: boolean): void {
    for (const [index, { function: call }] of calls.entries()) {
      if (index > 0 || !atStart) text("\n");
      marker("<tool_call>");
      const given = typeof call.arguments === "string" ? spacedText(call.arguments) : spacedJson(call.arguments);
      text(`\n{"name": ${JSON.stringify(call.name)}, "arguments": ${given}}\n`);
      marker("</tool_call>");
    }
  }
}

export function renderPrompt(messages: readonly PromptMessage[], options: PromptOptions = {}): string {
  return promptSegments(messages, options)
    .map((segment) => segment.text)
    .join("");
}
