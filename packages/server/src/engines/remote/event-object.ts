import { engineError } from "../../error.ts";
import { errorIn, isRecord, type Upstream } from "./upstream.ts";

/** TGI's `error_type` where it is the request that is at fault, or too many come at once. */
const statusOf = new Map([
  ["validation", 422],
  ["overloaded", 429],
]);

/** An event's JSON object. An error in place of an answer is thrown as what it says: servers send it inside a 200. */
export function parseObject(upstream: Upstream, data: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (error) {
    throw engineError(`The engine ${upstream.name} sent an event that is not JSON.`, "engine_protocol", {
      cause: error,
    });
  }
  if (!isRecord(value))
    throw engineError(`The engine ${upstream.name} sent an event that is no object.`, "engine_protocol");
  if (value["error"] !== undefined && value["error"] !== null) {
    const inner = value["error"];
    const code = isRecord(inner)
      ? (inner["code"] ?? inner["http_status_code"])
      : statusOf.get(String(value["error_type"]));
    throw errorIn(upstream, value, typeof code === "number" && code >= 400 && code < 600 ? code : 502);
  }
  return value;
}
