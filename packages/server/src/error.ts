/** The error types that OpenAI's API names, and one of ours for what went wrong behind the gateway. */
export type ErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "not_found_error"
  | "rate_limit_error"
  | "server_error"
  | "engine_error";

export interface ApiErrorOptions {
  readonly status: number;
  readonly type: ErrorType;
  readonly code?: string | null;
  /** The request's field that is at fault, as a path: `messages[0].content`. */
  readonly param?: string | null;
  /** Seconds after which a further try makes sense. */
  readonly retryAfter?: string;
  readonly cause?: unknown;
}

/** An error that a client may see. Everything else that is thrown becomes "internal error", its text kept from the client. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;
  readonly type: ErrorType;
  readonly code: string | null;
  readonly param: string | null;
  readonly retryAfter: string | undefined;

  constructor(message: string, options: ApiErrorOptions) {
    super(message, { cause: options.cause });
    this.status = options.status;
    this.type = options.type;
    this.code = options.code ?? null;
    this.param = options.param ?? null;
    this.retryAfter = options.retryAfter;
  }
}

/** A 400 that names the field. */
export function invalidRequest(message: string, param: string | null, code: string = "invalid_value"): ApiError {
  return new ApiError(message, { status: 400, type: "invalid_request_error", param, code });
}

/** What went wrong behind the gateway: the engine is gone, answers nonsense, or breaks off. */
export function engineError(
  message: string,
  code: string,
  options: Partial<Pick<ApiErrorOptions, "status" | "retryAfter" | "cause">> = {},
): ApiError {
  return new ApiError(message, { status: 502, ...options, type: "engine_error", code });
}

export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: ErrorType;
    readonly param: string | null;
    readonly code: string | null;
  };
}

/** Anything thrown, as an error that a client may see. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError("The gateway failed on this request.", {
    status: 500,
    type: "server_error",
    code: "internal_error",
    cause: error,
  });
}

export function errorBody({ message, type, param, code }: ApiError): ErrorBody {
  return { error: { message, type, param, code } };
}

/** The error as a whole response, in OpenAI's shape. */
export function errorResponse(error: ApiError, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json(errorBody(error), {
    status: error.status,
    headers: error.retryAfter === undefined ? headers : { ...headers, "retry-after": error.retryAfter },
  });
}
