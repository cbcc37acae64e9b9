/** A call as a conversation of ours has it: what the template gets is made of it by a `Shape`. */
export interface PlannedCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export type Turn =
  | { readonly role: "system" | "user"; readonly text: string }
  | {
      readonly role: "assistant";
      readonly text?: string;
      readonly reasoning?: string;
      readonly calls?: readonly PlannedCall[];
    }
  /** The result of call `of`, counted over the conversation. */
  | { readonly role: "tool"; readonly of: number; readonly content: unknown };

export interface Conversation {
  readonly title: string;
  readonly turns: readonly Turn[];
  /** Tools as OpenAI's API has them. */
  readonly tools?: readonly ToolSchema[];
  /** `enable_thinking`; left to the template where it is not given. */
  readonly thinking?: boolean;
}

export interface ToolSchema {
  readonly type: "function";
  readonly function: {
    readonly name: string;
    readonly description: string;
    readonly parameters: Readonly<Record<string, unknown>>;
  };
}

/** How a server writes what OpenAI's API leaves open. */
export interface Shape {
  readonly arguments: "object" | "text";
  /** The content of a message that has calls and no text. */
  readonly noContent: "" | null;
  readonly createId: (name: string, ordinal: number) => string;
}

/** The turns as messages, the way vLLM and transformers hand them to a template. */
export function toMessages(turns: readonly Turn[], shape: Shape): object[] {
  const calls = turns.flatMap((turn) => (turn.role === "assistant" ? (turn.calls ?? []) : []));
  const idOf = (ordinal: number): string => shape.createId(calls[ordinal]!.name, ordinal);
  let ordinal = 0;
  return turns.map((turn) => {
    switch (turn.role) {
      case "tool":
        return {
          role: "tool",
          tool_call_id: idOf(turn.of),
          name: calls[turn.of]!.name,
          content: turn.content,
        };
      case "assistant":
        return {
          role: "assistant",
          content: turn.text ?? shape.noContent,
          ...(turn.reasoning !== undefined && { reasoning_content: turn.reasoning }),
          ...(turn.calls && {
            tool_calls: turn.calls.map((call) => ({
              id: idOf(ordinal++),
              type: "function",
              function: {
                name: call.name,
                arguments: shape.arguments === "text" ? JSON.stringify(call.arguments) : call.arguments,
              },
            })),
          }),
        };
      default:
        return { role: turn.role, content: turn.text };
    }
  });
}
