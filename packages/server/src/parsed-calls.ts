import type { CallStatus, Event } from "@glossa/core";
import type { Piece } from "./engines/engine.ts";
import { written } from "./schema-check.ts";

type CallPiece = Extract<Piece, { readonly type: "call" }>;

/** Calls that the engine has parsed by itself, as events. */
export interface ParsedCalls {
  take(piece: CallPiece): Event[];
  end(truncated: boolean): Event[];
}

interface Call {
  readonly index: number;
  started: boolean;
  id: string | undefined;
  name: string;
  arguments: string;
}

export function createParsedCalls(): ParsedCalls {
  const calls = new Map<number, Call>();
  const open = new Set<Call>();

  /** The calls under way that are complete: the next one has started. What is not may still get the rest. */
  function endComplete(): Event[] {
    const complete = [...open].filter((call) => isObject(call.arguments));
    return complete.flatMap((call) => endCall(call, "complete"));
  }

  function endCall(call: Call, otherwise: CallStatus): Event[] {
    const { index, name } = call;
    open.delete(call);
    const events: Event[] = [];
    if (call.arguments === "") {
      // Some servers send nothing for a call without arguments.
      call.arguments = "{}";
      events.push({ type: "call-arguments", index, delta: "{}" });
    }
    const status = isObject(call.arguments) ? "complete" : otherwise;
    events.push({ type: "call-end", index, status });
    if (status !== "complete") {
      const kind = status === "truncated" ? "truncated-call" : "malformed-call";
      const message = `The arguments of ${name}, as the engine parsed them, are no JSON object.`;
      events.push({ type: "diagnostic", diagnostic: { kind, message, offset: 0, call: index } });
    }
    return events;
  }

  return {
    take(piece) {
      let call = calls.get(piece.index);
      if (!call) {
        call = { index: piece.index, started: false, id: undefined, name: "", arguments: "" };
        calls.set(piece.index, call);
      }
      const events: Event[] = [];
      if (!call.started) {
        call.id ??= piece.id;
        call.name += piece.name ?? "";
        call.arguments += piece.arguments ?? "";
        if (call.name === "") return events;
        events.push(...endComplete());
        call.started = true;
        open.add(call);
        const id = call.id ?? `call_${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`;
        events.push({ type: "call-start", index: piece.index, id, name: call.name });
        if (call.arguments !== "") events.push({ type: "call-arguments", index: piece.index, delta: call.arguments });
      } else if (piece.arguments !== undefined && piece.arguments !== "") {
        call.arguments += piece.arguments;
        events.push({ type: "call-arguments", index: piece.index, delta: piece.arguments });
      }
      return events;
    },
    end: (truncated) => [...open].flatMap((call) => endCall(call, truncated ? "truncated" : "malformed")),
  };
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    // What can't be written again is of no use to whoever takes the call.
    return typeof value === "object" && value !== null && !Array.isArray(value) && written(value) !== undefined;
  } catch {
    return false;
  }
}
