import { expect, test } from "vitest";
import { answerMessages } from "../src/protocols/responses/conversation.ts";
import { textPart } from "../src/protocols/responses/items.ts";
import { newResponse, type ResponseObject } from "../src/protocols/responses/response.ts";
import { createResponseStore, type ResponseStore } from "../src/protocols/responses/store.ts";

function keep(store: ResponseStore, id: string, text: string, previous?: string): void {
  const item = { type: "message", id: `msg_${id}`, role: "assistant", status: "completed" } as const;
  const response: ResponseObject = {
    ...newResponse(id, "m", { input: "?" }),
    output: [{ ...item, content: [textPart(text)] }],
  };
  const before = previous === undefined ? [] : store.conversation(previous);
  const conversation = [...before, { role: "user" as const, content: "?" }, ...answerMessages(response.output)];
  store.keep(response, { input: [], conversation, previous });
}

const kept = (store: ResponseStore, ids: readonly string[]): string[] =>
  ids.filter((id) => store.item(`msg_${id}`) !== undefined);

test("long ones push others out sooner, and what they were a part of counts with them", () => {
  const store = createResponseStore({ maxResponses: 100, maxLength: 30_000 });
  keep(store, "a", "x".repeat(5000));
  keep(store, "b", "x".repeat(5000));
  expect(kept(store, ["a", "b"])).toEqual(["a", "b"]);
  // Twice each: in the response, and in the conversation that goes on from it.
  keep(store, "c", "y", "b");
  expect(kept(store, ["a", "b", "c"])).toEqual(["b", "c"]);
  expect(store.conversation("c").map(({ content }) => content?.length)).toEqual([1, 5000, 1, 1]);
  expect(() => store.conversation("a")).toThrow("previous_response_id");
});

test("one that is longer than all may be is not kept, and none is not a fault", () => {
  const store = createResponseStore({ maxResponses: 100, maxLength: 1000 });
  keep(store, "a", "x".repeat(5000));
  expect(kept(store, ["a"])).toEqual([]);
  store.delete("a");
  keep(store, "b", "x");
  expect(kept(store, ["b"])).toEqual(["b"]);
  const none = createResponseStore({ maxResponses: 0, maxLength: 100_000 });
  keep(none, "a", "x");
  expect(kept(none, ["a"])).toEqual([]);
});
