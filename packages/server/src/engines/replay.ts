import { getFormat, type Format } from "@glossa/core";
import * as v from "valibot";
import { invalidRequest } from "../error.ts";
import { contentText } from "./content-text.ts";
import { cutText, type Cut } from "./cut.ts";
import type { Engine, Finish, GenerateRequest, Model, Piece } from "./engine.ts";

/** One recorded output, as a line of a JSONL file holds it. */
export interface Recording {
  /** What the model wrote, markup and all. */
  readonly raw: string;
  readonly format?: string;
  /** The model to serve it as; default `replay`, or `replay-FORMAT` where the line names a format. */
  readonly model?: string;
  /** Played when the last message's text holds this; recordings without it are played in turn. */
  readonly match?: string;
  /** The prompt that it answered, or its tail. */
  readonly prompt?: string;
  readonly finish_reason?: "stop" | "length";
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

const recordingSchema = v.object({
  raw: v.string(),
  format: v.optional(v.string()),
  model: v.optional(v.string()),
  match: v.optional(v.string()),
  prompt: v.optional(v.string()),
  finish_reason: v.optional(v.picklist(["stop", "length"])),
  usage: v.optional(v.object({ prompt_tokens: v.number(), completion_tokens: v.number() })),
});

/** The recordings of a JSONL text; empty lines are skipped. Throws an error that names the line. */
export function parseRecordings(jsonl: string): Recording[] {
  return jsonl.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      return [v.parse(recordingSchema, JSON.parse(line)) as Recording];
    } catch (error) {
      const reason =
        error instanceof v.ValiError ? `${v.getDotPath(error.issues[0])}: ${error.message}` : String(error);
      throw new Error(`line ${index + 1} is no recording: ${reason}`, { cause: error });
    }
  });
}

export interface ReplayOptions {
  readonly recordings: readonly Recording[];
  /** The format of recordings that name none, or its name. Default `hermes`. */
  readonly format?: string | Format;
  /** Milliseconds before each piece. Default 0. */
  readonly pace?: number;
  /** Default `whole`. */
  readonly cut?: Cut;
}

/** Streams recorded outputs, so that a parser problem seen elsewhere can be looked at here, at any pace and cut. */
export function replayEngine({ recordings, format = "hermes", pace = 0, cut = "whole" }: ReplayOptions): Engine {
  const byModel = new Map<string, { readonly model: Model; readonly recordings: Recording[]; next: number }>();
  for (const recording of recordings) {
    const id = recording.model ?? (recording.format === undefined ? "replay" : `replay-${recording.format}`);
    let entry = byModel.get(id);
    if (!entry) {
      const model = { id, format: formatOf(recording.format ?? format), owner: "replay", fingerprint: "replay" };
      byModel.set(id, (entry = { model, recordings: [], next: 0 }));
    }
    entry.recordings.push(recording);
  }

  function choose(id: string, last: string): Recording {
    const entry = byModel.get(id);
    const matching = entry?.recordings.find(({ match }) => match !== undefined && last.includes(match));
    if (matching) return matching;
    const unconditional = entry?.recordings.filter(({ match }) => match === undefined) ?? [];
    const recording = unconditional[(entry?.next ?? 0) % unconditional.length];
    if (!entry || !recording) {
      throw invalidRequest(`No recording of ${id} matches the last message.`, "messages", "no_recording");
    }
    entry.next++;
    return recording;
  }

  async function* generate(
    { model, messages, rawPrompt }: GenerateRequest,
    signal: AbortSignal,
  ): AsyncGenerator<Piece, Finish> {
    const recording = choose(model.id, rawPrompt ?? contentText(messages.at(-1)?.content ?? ""));
    if (recording.prompt !== undefined) yield { type: "prompt", text: recording.prompt };
    for (const text of cutText(recording.raw, cut)) {
      if (pace > 0) await delay(pace, signal);
      signal.throwIfAborted();
      yield { type: "text", text };
    }
    const { usage } = recording;
    return {
      reason: recording.finish_reason ?? "stop",
      ...(usage && { usage: { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens } }),
    };
  }

  return {
    name: "replay",
    kind: "replay",
    capabilities: {
      mask: false,
      grammar: false,
      tokens: false,
      prefill: true,
      rawPrompt: true,
      textOnly: false,
      sampling: "any",
    },
    models: async () => [...byModel.values()].map(({ model }) => model),
    generate,
  };
}

/** Resolves after so many milliseconds, rejects as soon as the signal is aborted. */
function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", abort, { once: true });
  });
}

const formatOf = (format: string | Format): Format => (typeof format === "string" ? getFormat(format) : format);
