import { engineError } from "../error.ts";
import { errorIn, isRecord, type Upstream } from "./upstream.ts";

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
    const code = isRecord(inner) ? inner["code"] : undefined;
    throw errorIn(upstream, value, typeof code === "number" && code >= 400 && code < 600 ? code : 502);
  }
  return value;
}
