import { errorBody } from "../../error.ts";
import type { TurnWriter } from "../answer-turn.ts";
import type { Output, OutputEvent } from "./output.ts";
import { endedResponse, failedResponse, type ResponseObject } from "./response.ts";

/** The events of a response, numbered; `done` is told of the response that ends it. */
export function createResponseWriter(
  response: ResponseObject,
  output: Output,
  done: (response: ResponseObject) => void,
): TurnWriter {
  let number = 0;

  function sse({ type, ...rest }: OutputEvent): string {
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number++, ...rest })}\n\n`;
  }

  function last(status: string, ended: ResponseObject): string {
    done(ended);
    return sse({ type: `response.${status}`, response: ended });
  }

  return {
    open: () => sse({ type: "response.created", response }) + sse({ type: "response.in_progress", response }),
    events: (batch) =>
      batch
        .flatMap((event) => output.add(event))
        .map(sse)
        .join(""),
    end(end) {
      const closing = output
        .end(end.reason !== "stop")
        .map(sse)
        .join("");
      const ended = endedResponse(response, output.items, end);
      return closing + last(ended.status, ended);
    },
    error(error) {
      const { message, code, param } = error;
      // The event's own fields are what the reference describes, `error` is what its server sends and its client throws.
      const told = sse({ type: "error", message, code, param, ...errorBody(error) });
      output.end(true);
      return told + last("failed", failedResponse(response, output.items, error));
    },
  };
}
