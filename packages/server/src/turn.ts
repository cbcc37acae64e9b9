import { createParser, type Diagnostic, type Event, type Parser, type Tool, type ToolChoice } from "@glossa/core";
import { checkAnswer } from "./answer.ts";
import { answerStart, constraintOf } from "./constraint.ts";
import type {
  ChatMessage,
  Engine,
  Finish,
  GenerateRequest,
  Model,
  Piece,
  ResponseFormat,
  Sampling,
  Usage,
} from "./engines/engine.ts";
import { createArgumentsCheck } from "./arguments-check.ts";
import { createContentLogprobs, type ContentLogprob } from "./content-logprobs.ts";
import { following } from "./following.ts";
import { createParsedCalls } from "./parsed-calls.ts";
import { createReasoningTokens } from "./reasoning-tokens.ts";
import { createStopFilter } from "./stop.ts";

/** One turn of a model, as every protocol asks for it. */
export interface TurnRequest {
  readonly engine: Engine;
  readonly model: Model;
  readonly messages: readonly ChatMessage[];
  /** The last message is the assistant's, and goes on. */
  readonly continueFinalMessage: boolean;
  /** A prompt that stands for the conversation; what the model writes is all text then. */
  readonly rawPrompt?: string;
  /** The tools that may be called. */
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice;
  readonly parallelToolCalls: boolean;
  readonly responseFormat: ResponseFormat;
  readonly stop: readonly string[];
  /** `content`: a stop sequence ends the visible text, reasoning and arguments never match. `output`: it ends whatever it is in. */
  readonly stopScope: "content" | "output";
  readonly sampling: Sampling;
  /** The visible text comes with its tokens' log probabilities, and so many of the likeliest tokens at each place. */
  readonly topLogprobs?: number;
  readonly templateVariables: Readonly<Record<string, unknown>>;
  readonly reasoningEffort?: string;
  /** The client gets the answer when it is complete. */
  readonly whole?: boolean;
  /** What the request calls the fields that the model's engine or grammar may refuse. */
  readonly fields: RequestFields;
  /** What the client is told of its request: a tool that was left out, say. */
  readonly notes: readonly TurnDiagnostic[];
}

/** Paths into a request, as its protocol writes them. */
export interface RequestFields {
  /** What the prompt is made of. */
  readonly prompt: string;
  readonly toolChoice: string;
  readonly answerSchema: string;
  /** The parameters of the tool of that name. */
  parameters(tool: string): string;
}

export type TurnEvent = Exclude<Event, { readonly type: "diagnostic" | "text" }> | TextEvent;

export interface TextEvent {
  readonly type: "text";
  readonly text: string;
  /** The tokens that begin with this text, where log probabilities are wanted. */
  readonly logprobs?: readonly ContentLogprob[];
}

/** What the parser saw, or what the gateway found when it checked the whole answer. */
export interface TurnDiagnostic {
  readonly kind:
    | Diagnostic["kind"]
    | "arguments-mismatch"
    | "response-format-mismatch"
    | "tool-choice-unmet"
    | "logprobs-missing"
    | "schema-not-enforced"
    | "ignored-tool"
    | "ignored-item";
  readonly message: string;
  readonly offset?: number;
  readonly call?: number;
}

export interface TurnEnd {
  readonly reason: Finish["reason"];
  /** Whether a call was emitted. */
  readonly called: boolean;
  /** The stop sequence that ended the text. */
  readonly stopSequence?: string;
  readonly usage?: Usage;
  readonly diagnostics: readonly TurnDiagnostic[];
}

/**
 * Runs the engine and reads its output: yields the events of each piece together as soon as they are certain, and returns
 * how the turn ended. Leaving early, by `return` or by `signal`, cancels the engine.
 */
export async function* runTurn(
  request: TurnRequest,
  signal: AbortSignal,
): AsyncGenerator<readonly TurnEvent[], TurnEnd> {
  const own = following(signal);
  const diagnostics: TurnDiagnostic[] = [...request.notes];
  const pieces = request.engine.generate(generateRequest(request, diagnostics), own.signal);
  const reader = createReader(request, diagnostics);
  let finish: Finish | undefined;
  try {
    while (!finish && !reader.cut) {
      const step = await pieces.next();
      if (step.done) {
        finish = step.value;
        break;
      }
      const batch = "type" in step.value ? reader.take(step.value) : takeAll(reader, step.value);
      if (batch.length > 0) yield batch;
    }
    if (!reader.cut) {
      const batch = reader.end(finish?.reason === "length");
      if (batch.length > 0) yield batch;
    }
    return reader.finish(finish);
  } finally {
    own.end();
    if (!finish) {
      own.abort();
      // An engine that fails while it is being cancelled has nobody left to tell.
      await pieces.return?.(undefined as never).catch(() => undefined);
    }
  }
}

/** What arrived together goes out together. */
function takeAll(reader: Reader, pieces: readonly Piece[]): readonly TurnEvent[] {
  const batch: TurnEvent[] = [];
  for (const piece of pieces) {
    if (reader.cut) break;
    batch.push(...reader.take(piece));
  }
  return batch;
}

interface Reader {
  take(piece: Piece): readonly TurnEvent[];
  end(truncated: boolean): readonly TurnEvent[];
  finish(finish: Finish | undefined): TurnEnd;
  /** Nothing further is wanted of the engine. */
  readonly cut: boolean;
}

/** Pieces in, events out: the parser, the calls that the engine has parsed, and the stop sequences. */
function createReader(request: TurnRequest, diagnostics: TurnDiagnostic[]): Reader {
  const { model, tools, toolChoice, responseFormat, parallelToolCalls } = request;
  const stop = createStopFilter(request.stop);
  const parsedCalls = createParsedCalls();
  const argumentsCheck = createArgumentsCheck(tools);
  const callIndexes = new Map<string, number>();
  const called: string[] = [];
  const wantsText = responseFormat.type !== "text";
  const stopsText = request.stopScope === "content";
  const reasoningTokens = createReasoningTokens();
  let parser: Parser | undefined;
  let prompt: string | undefined;
  let usage: Usage | undefined;
  // What the message began with is a part of the answer that is judged.
  let answer = answerStart(request);
  let cut = false;
  const contentLogprobs =
    request.topLogprobs === undefined
      ? undefined
      : createContentLogprobs(() => (request.rawPrompt === undefined ? openParser().spans : undefined));
  let spoke = false;
  let told = false;

  const openParser = (): Parser =>
    (parser ??= createParser(model.format, {
      tools,
      toolChoice,
      callCount: countCalls(request.messages),
      ...(prompt !== undefined && { prompt }),
      ...(model.specialTokens && { specialTokens: model.specialTokens }),
      spans: contentLogprobs !== undefined,
    }));

  /** Calls come from the parser or from the engine; the client sees one count. */
  function indexOf(source: "parser" | "engine", index: number): number {
    const key = `${source}${index}`;
    const known = callIndexes.get(key);
    if (known !== undefined) return known;
    callIndexes.set(key, callIndexes.size);
    return callIndexes.size - 1;
  }

  function addText(batch: TurnEvent[], text: string): void {
    if (text === "") return;
    if (wantsText) answer += text;
    if (!contentLogprobs) {
      append(batch, { type: "text", text });
      return;
    }
    const logprobs = contentLogprobs.take(text);
    spoke = true;
    told ||= logprobs.length > 0;
    append(batch, { type: "text", text, logprobs });
  }

  function project(events: readonly Event[], source: "parser" | "engine"): TurnEvent[] {
    const batch: TurnEvent[] = [];
    for (const event of events) {
      if (event.type === "diagnostic") {
        const { call, ...diagnostic } = event.diagnostic;
        diagnostics.push(call === undefined ? diagnostic : { ...diagnostic, call: indexOf(source, call) });
        continue;
      }
      if (event.type === "text") {
        addText(batch, stopsText ? stop.push(event.text) : event.text);
        if (!stopsText || stop.stopped === undefined) continue;
        cut = true;
        break;
      }
      // Something else follows the text, so that what was held back of it can't become a stop sequence any more.
      if (stopsText) addText(batch, stop.flush());
      if (event.type === "reasoning") {
        append(batch, event);
        continue;
      }
      if (event.type === "call-start") {
        // Decoding stops here, so that nobody waits and pays for calls that would be dropped.
        if (!parallelToolCalls && called.length > 0) {
          cut = true;
          break;
        }
        called.push(event.name);
      }
      const placed = { ...event, index: indexOf(source, event.index) };
      append(batch, placed);
      const found = argumentsCheck(placed);
      if (found) diagnostics.push(found);
    }
    return batch;
  }

  /** What the model wrote, read; a stop sequence anywhere in it ends it, if that is its scope. */
  function read(piece: Extract<Piece, { readonly type: "text" }>): readonly TurnEvent[] {
    if (request.rawPrompt !== undefined) return project([{ type: "text", text: piece.text }], "parser");
    if (stopsText) {
      const delta = piece.tokens ? { text: piece.text, tokens: piece.tokens } : piece.text;
      return project(openParser().push(delta), "parser");
    }
    const text = stop.push(piece.text);
    const batch = text === "" ? [] : project(openParser().push(text), "parser");
    if (stop.stopped === undefined) return batch;
    cut = true;
    return [...batch, ...project(openParser().end(), "parser")];
  }

  return {
    take(piece) {
      const batch = take(piece);
      reasoningTokens.add(piece, batch);
      return batch;
    },
    end(truncated) {
      const held = stopsText ? "" : stop.flush();
      const batch = held === "" ? [] : project(openParser().push(held), "parser");
      if (request.rawPrompt === undefined) batch.push(...project(openParser().end(), "parser"));
      if (!cut) batch.push(...project(parsedCalls.end(truncated), "engine"));
      addText(batch, stop.flush());
      return batch;
    },
    finish(finish) {
      const end = finish?.usage ?? usage;
      const thought = end?.reasoningTokens ?? reasoningTokens.count;
      if (!cut || called.length > 0) checkToolChoice(toolChoice, called, diagnostics);
      if (wantsText && called.length === 0) {
        const mismatch = checkAnswer(responseFormat, answer);
        if (mismatch !== undefined) diagnostics.push({ kind: "response-format-mismatch", message: mismatch });
      }
      if (spoke && !told) {
        const message = `The engine ${request.engine.name} was asked for log probabilities and sent none.`;
        diagnostics.push({ kind: "logprobs-missing", message });
      }
      return {
        reason: finish?.reason ?? "stop",
        called: called.length > 0,
        diagnostics,
        ...(stop.stopped !== undefined && { stopSequence: stop.stopped }),
        ...(end && { usage: thought === undefined ? end : { ...end, reasoningTokens: thought } }),
      };
    },
    get cut() {
      return cut;
    },
  };

  function take(piece: Piece): readonly TurnEvent[] {
    switch (piece.type) {
      case "prompt":
        if (!parser) prompt = (prompt ?? "") + piece.text;
        return [];
      case "text":
        usage = piece.usage ?? usage;
        contentLogprobs?.add(piece.text, piece.logprobs ?? []);
        return read(piece);
      case "reasoning":
        // An engine that tells reasoning from the rest has also taken its markup: the text starts behind it.
        if (!parser) prompt = undefined;
        return project([{ type: "reasoning", text: piece.text }], "engine");
      case "call":
        return project(parsedCalls.take(piece), "engine");
    }
  }
}

function generateRequest(request: TurnRequest, diagnostics: TurnDiagnostic[]): GenerateRequest {
  const { stop, stopScope: _scope, engine: _engine, fields: _fields, notes: _notes, ...rest } = request;
  const constrain = constraintOf(request, diagnostics);
  return {
    ...rest,
    ...(constrain && { constrain }),
    mayBeCut: stop.length > 0 || (!request.parallelToolCalls && request.tools.length > 0),
  };
}

function checkToolChoice(choice: ToolChoice, called: readonly string[], diagnostics: TurnDiagnostic[]): void {
  if (choice === "auto" || choice === "none") return;
  if (choice === "required") {
    if (called.length === 0)
      diagnostics.push({ kind: "tool-choice-unmet", message: "A call was required; none was made." });
    return;
  }
  if (called.length === 0 || called.some((name) => name !== choice.name)) {
    const made = called.length === 0 ? "none was made" : `${called.join(", ")} was called`;
    diagnostics.push({ kind: "tool-choice-unmet", message: `A call of ${choice.name} was required; ${made}.` });
  }
}

/** The calls before this turn, for formats that number theirs over the conversation. */
function countCalls(messages: readonly ChatMessage[]): number {
  return messages.reduce((count, { tool_calls: calls }) => count + (calls?.length ?? 0), 0);
}

/** Appends, joining deltas of the same kind: what comes together goes out together. */
export function append(batch: TurnEvent[], event: TurnEvent): void {
  const last = batch.at(-1);
  if (last?.type === "text" && event.type === "text") {
    const text = last.text + event.text;
    const logprobs = event.logprobs && [...(last.logprobs ?? []), ...event.logprobs];
    batch[batch.length - 1] = logprobs ? { type: "text", text, logprobs } : { type: "text", text };
  } else if (last?.type === "reasoning" && event.type === "reasoning") {
    batch[batch.length - 1] = { type: "reasoning", text: last.text + event.text };
  } else if (last?.type === "call-arguments" && event.type === "call-arguments" && last.index === event.index) {
    batch[batch.length - 1] = { ...last, delta: last.delta + event.delta };
  } else {
    batch.push(event);
  }
}
