import * as v from "valibot";
import { validate } from "../validate.ts";
import { newId, textPart } from "./items.ts";
import { stored, type ResponseStore } from "./store.ts";

/** An item of a request as it was sent, with an id, and a message's text as the parts that it stands for. */
export interface ReceivedItem {
  readonly [field: string]: unknown;
  readonly id: string;
  readonly type: string;
}

const idPrefixes: Readonly<Record<string, string>> = {
  message: "msg",
  reasoning: "rs",
  function_call: "fc",
  function_call_output: "fco",
  custom_tool_call: "ctc",
  custom_tool_call_output: "ctco",
};

/** The `input` of a request that has been checked. */
export function receivedItems(input: unknown): readonly ReceivedItem[] {
  const items = typeof input === "string" ? [{ role: "user", content: input }] : (input as readonly object[]);
  return items.map((sent) => {
    const { id, type, role, content, ...rest } = sent as Readonly<Record<string, unknown>>;
    const kind = typeof type === "string" ? type : role === undefined ? "item_reference" : "message";
    return {
      id: typeof id === "string" ? id : newId(idPrefixes[kind] ?? "item"),
      type: kind,
      ...(kind === "message" && { status: "completed" }),
      ...(role !== undefined && { role }),
      ...(content !== undefined && { content: kind === "message" ? contentParts(role, content) : content }),
      ...rest,
    };
  });
}

function contentParts(role: unknown, content: unknown): unknown {
  if (typeof content !== "string") return content;
  return role === "assistant" ? [textPart(content)] : [{ type: "input_text", text: content }];
}

const querySchema = v.object({
  after: v.optional(v.string()),
  limit: v.optional(
    v.pipe(v.string(), v.regex(/^(?:[1-9]\d?|100)$/, "it is not a whole number from 1 to 100"), v.transform(Number)),
    "20",
  ),
  order: v.optional(v.picklist(["asc", "desc"]), "desc"),
});

/** `GET /v1/responses/{id}/input_items`: what that request itself sent; what went before is with the responses before. */
export function listInputItems(http: Request, store: ResponseStore, id: string): Response {
  const { after, limit, order } = validate(querySchema, Object.fromEntries(new URL(http.url).searchParams));
  const sent = stored(store.input(id), id);
  const items = order === "asc" ? sent : sent.toReversed();
  // An id that is not there begins nothing anew: the list is over.
  const start = after === undefined ? 0 : items.findIndex((item) => item.id === after) + 1 || items.length;
  const data = items.slice(start, start + limit);
  return Response.json({
    object: "list",
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: start + data.length < items.length,
  });
}
