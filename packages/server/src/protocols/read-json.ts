import { invalidRequest } from "../error.ts";

/** A request's body. Throws `ApiError` if it is not JSON. */
export async function readJson(http: Request): Promise<unknown> {
  const text = await http.text();
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : String(error);
    throw invalidRequest(`The request body is not JSON: ${reason}.`, null, "invalid_json");
  }
}
