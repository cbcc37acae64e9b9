import * as fc from "fast-check";
import { createParser, getFormat } from "@glossa/core";
import { createApp, replayEngine, type Engine, type Piece, type TokenLogprob } from "@glossa/server";
import OpenAI from "openai";
import { expect, test } from "vitest";
import { playedFormats, playedOf, type Played } from "./corpus.ts";

const encoder = new TextEncoder();

/** A token of an output: its bytes, and the characters that these are of. */
interface Token extends TokenLogprob {
  readonly bytes: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** The output cut into tokens of so many bytes, in turn; each has a log probability that no other has. */
function tokensOf(raw: string, lengths: readonly number[]): readonly Token[] {
  const places: { byte: number; start: number; end: number }[] = [];
  let at = 0;
  for (const character of raw) {
    const place = { start: at, end: (at += character.length) };
    for (const byte of encoder.encode(character)) places.push({ byte, ...place });
  }
  const tokens: Token[] = [];
  for (let from = 0, turn = 0; from < places.length; turn++) {
    const own = places.slice(from, from + lengths[turn % lengths.length]!);
    from += own.length;
    const bytes = own.map(({ byte }) => byte);
    const token = new TextDecoder().decode(Uint8Array.from(bytes));
    const top = [{ token, logprob: -1, bytes }];
    tokens.push({ token, bytes, top, logprob: -1 - tokens.length, start: own[0]!.start, end: own.at(-1)!.end });
  }
  return tokens;
}

/** The tokens a few at a time; half a character waits for its other half, its token perhaps not. */
function* piecesOf(tokens: readonly Token[], sizes: readonly number[], early: boolean): Generator<Piece, void> {
  const text = new TextDecoder("utf-8", { ignoreBOM: true });
  let waiting: Token[] = [];
  for (let from = 0, turn = 0; from < tokens.length; turn++) {
    const own = tokens.slice(from, from + sizes[turn % sizes.length]!);
    from += own.length;
    const complete = text.decode(Uint8Array.from(own.flatMap(({ bytes }) => bytes)), { stream: true });
    waiting.push(...own);
    if (complete === "" && !early) continue;
    yield { type: "text", text: complete, logprobs: waiting };
    waiting = [];
  }
}

function clientOf(one: Played, pieces: () => Iterable<Piece>): OpenAI {
  const replay = replayEngine({ recordings: [one.recording] });
  const engine: Engine = {
    ...replay,
    capabilities: { ...replay.capabilities, logprobs: true },
    async *generate({ topLogprobs }) {
      expect(topLogprobs).toBe(1);
      if (one.recording.prompt !== undefined) yield { type: "prompt", text: one.recording.prompt };
      yield* pieces();
      return { reason: "stop" };
    },
  };
  const app = createApp({ engines: [engine] });
  const fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> =>
    app.fetch(new Request(url, init));
  return new OpenAI({ baseURL: "http://glossa/v1", apiKey: "none", maxRetries: 0, fetch });
}

/** The stretches of the output that are visible text, by a parser of the test's own. */
function visible({ recording, tools }: Played): readonly { readonly start: number; readonly end: number }[] {
  const { raw, prompt } = recording;
  const parser = createParser(getFormat(recording.format!), {
    tools,
    toolChoice: "auto",
    spans: true,
    ...(prompt !== undefined && { prompt }),
  });
  parser.push(raw);
  parser.end();
  return parser.spans.filter(({ kind }) => kind === "text");
}

const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 7 });
const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 });

test.each(playedFormats)(
  "%s: the tokens of the content are those of its text, however they are cut",
  async (format) => {
    const all = playedOf(format, 2);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...all), lengths, sizes, fc.boolean(), async (one, cuts, groups, early) => {
        const tokens = tokensOf(one.recording.raw, cuts);
        const client = clientOf(one, () => piecesOf(tokens, groups, early));
        const tools = one.tools.map(({ name, parameters = {} }) => ({
          type: "function" as const,
          function: { name, parameters: parameters as Record<string, unknown> },
        }));
        const messages = [{ role: "user" as const, content: "?" }];
        const request = { model: one.model, messages, tools, logprobs: true, top_logprobs: 1 };
        const [choice] = (await client.chat.completions.create(request)).choices;
        const stretches = visible(one);
        const expected = tokens.filter(({ start, end }) =>
          stretches.some((each) => start < each.end && each.start < end),
        );
        const written = expected.map(({ token, logprob, bytes, top }) => ({
          token,
          logprob,
          bytes,
          top_logprobs: top,
        }));
        expect(choice?.logprobs).toEqual({ content: written, refusal: null });

        const streamed = await client.chat.completions.stream(request).finalChatCompletion();
        expect(streamed.choices[0]?.logprobs?.content ?? []).toEqual(written);
        expect(streamed.choices[0]?.message.content ?? "").toBe(choice?.message.content ?? "");
      }),
      { numRuns: 6 },
    );
  },
);

test.each(playedFormats)("%s: where no token is half markup, their bytes are the content's", async (format) => {
  for (const one of playedOf(format, 3)) {
    // A token a byte: a character's tokens go with it.
    const client = clientOf(one, () => piecesOf(tokensOf(one.recording.raw, [1]), [3], true));
    const messages = [{ role: "user" as const, content: "?" }];
    const tools = one.tools.map(({ name }) => ({ type: "function" as const, function: { name } }));
    const request = { model: one.model, messages, tools, logprobs: true, top_logprobs: 1 };
    const [choice] = (await client.chat.completions.create(request)).choices;
    const bytes = choice!.logprobs!.content!.flatMap(({ bytes: own }) => own!);
    expect(new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes)), one.model).toBe(
      choice!.message.content ?? "",
    );
  }
});
