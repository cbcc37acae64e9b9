import { ApiError, invalidRequest } from "../error.ts";

/** A request's body. Throws `ApiError` if it is not JSON, or compressed: unpacked it could be of any length. */
export async function readJson(http: Request): Promise<unknown> {
  const encoding = http.headers.get("content-encoding") ?? "identity";
  if (encoding.toLowerCase() !== "identity") {
    const message = "The request body has a content-encoding: send it as it is, uncompressed.";
    throw new ApiError(message, { status: 415, type: "invalid_request_error", code: "unsupported_content_encoding" });
  }
  const text = await http.text();
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : String(error);
    throw invalidRequest(`The request body is not JSON: ${reason}.`, null, "invalid_json");
  }
}
