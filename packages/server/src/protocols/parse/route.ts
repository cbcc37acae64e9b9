import { createParser, getFormat, UnknownFormatError, type Diagnostic, type Event, type Format } from "@glossa/core";
import * as v from "valibot";
import { cutText } from "../../engines/cut.ts";
import { invalidRequest } from "../../error.ts";
import type { Gateway } from "../../gateway.ts";
import { writeMessage } from "../../message-json.ts";
import { coreTool } from "../chat-completions/turn-request.ts";
import { functionToolSchema } from "../chat-completions/request.ts";
import { readJson } from "../read-json.ts";
import { validate } from "../validate.ts";

const requestSchema = v.looseObject({
  raw: v.string(),
  format: v.nullish(v.string()),
  model: v.nullish(v.string()),
  tools: v.nullish(v.array(functionToolSchema)),
  tool_choice: v.nullish(v.picklist(["none", "auto", "required"])),
  prompt: v.nullish(v.string()),
  events: v.nullish(v.boolean()),
});

/**
 * `POST /parse`: raw output in, the message that it says out. The format is named, or is that of a `model` of the gateway's;
 * without `tools` any name is a call. With `events`, the parser's events come as well, of the text a character at a time.
 */
export async function parseOutput(http: Request, gateway: Gateway): Promise<Response> {
  const {
    raw,
    format,
    model,
    tools,
    tool_choice: toolChoice,
    prompt,
    events,
  } = validate(requestSchema, await readJson(http));
  const parser = createParser(await formatOf(format, model, gateway), {
    ...(tools && { tools: tools.map(coreTool) }),
    ...(toolChoice && { toolChoice }),
    ...(typeof prompt === "string" && { prompt }),
  });
  const happened: Event[] = [];
  for (const piece of cutText(raw, events ? "chars" : "whole"))
    for (const event of parser.push(piece)) happened.push(event);
  happened.push(...parser.end());
  const diagnostics: Diagnostic[] = happened.flatMap((event) =>
    event.type === "diagnostic" ? [event.diagnostic] : [],
  );
  return Response.json({ ...writeMessage(parser.message, diagnostics), ...(events && { events: happened }) });
}

async function formatOf(
  name: string | null | undefined,
  model: string | null | undefined,
  gateway: Gateway,
): Promise<Format> {
  if (typeof name !== "string") return (await gateway.models.findSpeaker(model ?? undefined)).model.format;
  try {
    return getFormat(name);
  } catch (error) {
    if (!(error instanceof UnknownFormatError)) throw error;
    throw invalidRequest(`Invalid value for 'format': ${error.message}`, "format");
  }
}
