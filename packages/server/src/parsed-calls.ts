import type { CallStatus, Event } from "@glossa/core";
import type { Piece } from "./engines/engine.ts";

type CallPiece = Extract<Piece, { readonly type: "call" }>;

/** Calls that the engine has parsed by itself, as events. */
export interface ParsedCalls {
  take(piece: CallPiece): Event[];
  end(truncated: boolean): Event[];
}

export function createParsedCalls(): ParsedCalls {
  const calls = new Map<number, { started: boolean; id: string | undefined; name: string; arguments: string }>();

  return {
    take(piece) {
      let call = calls.get(piece.index);
      if (!call) calls.set(piece.index, (call = { started: false, id: undefined, name: "", arguments: "" }));
      const events: Event[] = [];
      if (!call.started) {
        call.id ??= piece.id;
        call.name += piece.name ?? "";
        call.arguments += piece.arguments ?? "";
        if (call.name === "") return events;
        call.started = true;
        const id = call.id ?? `call_${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`;
        events.push({ type: "call-start", index: piece.index, id, name: call.name });
        if (call.arguments !== "") events.push({ type: "call-arguments", index: piece.index, delta: call.arguments });
      } else if (piece.arguments !== undefined && piece.arguments !== "") {
        call.arguments += piece.arguments;
        events.push({ type: "call-arguments", index: piece.index, delta: piece.arguments });
      }
      return events;
    },
    end(truncated) {
      const events: Event[] = [];
      for (const [index, call] of calls) {
        if (!call.started) continue;
        if (call.arguments === "") {
          // Some servers send nothing for a call without arguments.
          call.arguments = "{}";
          events.push({ type: "call-arguments", index, delta: "{}" });
        }
        const status: CallStatus = isObject(call.arguments) ? "complete" : truncated ? "truncated" : "malformed";
        events.push({ type: "call-end", index, status });
        if (status !== "complete") {
          const kind = status === "truncated" ? "truncated-call" : "malformed-call";
          const message = `The arguments of ${call.name}, as the engine parsed them, are no JSON object.`;
          events.push({ type: "diagnostic", diagnostic: { kind, message, offset: 0, call: index } });
        }
      }
      return events;
    },
  };
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
