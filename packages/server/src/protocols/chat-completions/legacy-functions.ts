import type { ChatCompletionRequest, RequestMessage } from "./request.ts";

/**
 * The request in the words of tools where it is in those of functions, which OpenAI had before: `functions`, `function_call`,
 * and in the conversation a `function_call` that is answered by a message of the role `function`.
 */
export function withTools(request: ChatCompletionRequest): {
  readonly request: ChatCompletionRequest;
  /** The answer has a `function_call` as well. */
  readonly legacy: boolean;
} {
  const { functions, function_call: call } = request;
  const messages = withToolMessages(request.messages);
  if (!functions || request.tools?.length) return { request: { ...request, messages }, legacy: false };
  return {
    legacy: true,
    request: {
      ...request,
      messages,
      tools: functions.map((each) => ({ type: "function" as const, function: each })),
      tool_choice:
        typeof call === "object" && call !== null ? { type: "function", function: { name: call.name } } : call,
      // The message has room for one.
      parallel_tool_calls: false,
    },
  };
}

/** A function's result belongs to the last call; neither has an id of its own. */
function withToolMessages(messages: readonly RequestMessage[]): readonly RequestMessage[] {
  let id = "";
  return messages.map((message, index) => {
    const { function_call: call, ...rest } = message;
    if (message.role === "assistant" && call) {
      id = `call_function_${index}`;
      return { ...rest, tool_calls: [...(rest.tool_calls ?? []), { id, type: "function", function: call }] };
    }
    if (message.role === "function") return { ...rest, role: "tool", tool_call_id: id };
    return message;
  });
}
