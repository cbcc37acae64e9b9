/**
 * Stop sequences over streamed text: what can no longer be part of one goes out at once, at most the longest sequence is
 * held back. They are ours rather than the engine's, because an engine applies them to its raw output, where they would cut
 * reasoning and arguments.
 */
export interface StopFilter {
  /** What may go out now. Once `stopped`, nothing further does. */
  push(text: string): string;
  /** The text ends or something else follows: nothing held back can become a stop sequence any more. */
  flush(): string;
  /** The sequence that was met. */
  readonly stopped: string | undefined;
}

export function createStopFilter(sequences: readonly string[]): StopFilter {
  const longest = sequences.reduce((length, sequence) => Math.max(length, sequence.length), 0);
  let held = "";
  let stopped: string | undefined;

  return {
    push(text) {
      if (stopped !== undefined) return "";
      if (longest === 0) return text;
      const buffer = held + text;
      // Of several, the one that is complete first, as for a reader who gets the text character by character.
      let end = Infinity;
      for (const sequence of sequences) {
        const at = buffer.indexOf(sequence);
        if (at === -1 || at + sequence.length > end) continue;
        if (at + sequence.length === end && sequence.length < (stopped?.length ?? 0)) continue;
        end = at + sequence.length;
        stopped = sequence;
      }
      if (stopped !== undefined) {
        held = "";
        return buffer.slice(0, end - stopped.length);
      }
      const keep = heldLength(buffer, sequences, longest);
      held = buffer.slice(buffer.length - keep);
      return buffer.slice(0, buffer.length - keep);
    },
    flush() {
      const text = held;
      held = "";
      return text;
    },
    get stopped() {
      return stopped;
    },
  };
}

/** Length of the longest end of `buffer` that is the beginning of a sequence. */
function heldLength(buffer: string, sequences: readonly string[], longest: number): number {
  for (let start = Math.max(0, buffer.length - longest + 1); start < buffer.length; start++) {
    for (const sequence of sequences) {
      if (sequence.length > buffer.length - start && sequence.startsWith(buffer.slice(start)))
        return buffer.length - start;
    }
  }
  return 0;
}
