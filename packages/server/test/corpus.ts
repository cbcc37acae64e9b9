import type { Tool } from "@glossa/core";
import { type Case, toolbox } from "../../core/test/corpus/case.ts";
import { corpora } from "../../core/test/corpus/index.ts";
import type { Recording } from "@glossa/server";

/** An output of the parser's corpora, to be played by the replay engine under a model's name of its own. */
export interface Played {
  readonly model: string;
  readonly recording: Recording;
  readonly tools: readonly Tool[];
  readonly parts: Case["parts"];
}

/** What the corpora of all formats hold, but for cases that need what no request can say. */
export const played: readonly Played[] = corpora.flatMap(({ format, cases }) =>
  cases
    .filter(({ toolChoice, tools }) => toolChoice === undefined && tools !== "unknown")
    .map((one, index) => {
      const model = `${format}-${index}`;
      const { raw, prompt, parts } = one;
      const recording = { raw, format, model, ...(prompt !== undefined && { prompt }) };
      return { model, recording, tools: (one.tools as readonly Tool[] | undefined) ?? toolbox, parts };
    }),
);

export const playedFormats: readonly string[] = corpora.map(({ format }) => format);

/** Every so many-th of a format's outputs, beginning with the one at `offset`. */
export function playedOf(format: string, every = 1, offset = 0): readonly Played[] {
  const own = played.filter(({ recording }) => recording.format === format);
  return own.filter((_, index) => index % every === offset);
}
