import type { ApiError } from "../../error.ts";

/** Anthropic's error types, as its API reference lists them by status. */
export type MessagesErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "permission_error"
  | "not_found_error"
  | "request_too_large"
  | "rate_limit_error"
  | "timeout_error"
  | "overloaded_error"
  | "api_error";

const byStatus: ReadonlyMap<number, MessagesErrorType> = new Map([
  [401, "authentication_error"],
  [403, "permission_error"],
  [404, "not_found_error"],
  [413, "request_too_large"],
  [429, "rate_limit_error"],
  [503, "overloaded_error"],
  [504, "timeout_error"],
]);

export interface MessagesErrorBody {
  readonly type: "error";
  readonly error: { readonly type: MessagesErrorType; readonly message: string };
}

export function messagesErrorBody({ status, message }: ApiError): MessagesErrorBody {
  const type = byStatus.get(status) ?? (status < 500 ? "invalid_request_error" : "api_error");
  return { type: "error", error: { type, message } };
}

/** The error as a whole response, in Anthropic's shape. */
export function messagesErrorResponse(error: ApiError, headers: Readonly<Record<string, string>> = {}): Response {
  const retry = error.retryAfter === undefined ? {} : { "retry-after": error.retryAfter };
  return Response.json(messagesErrorBody(error), { status: error.status, headers: { ...headers, ...retry } });
}
