import type { GenerateRequest } from "../engines/engine.ts";

/**
 * What a conversation starts with: the model, its tools and the messages up to the first of the user. It stays the same
 * while the conversation grows, so that every turn goes to the replica that still holds the ones before in its prefix cache,
 * whichever of many gateways it comes through; the first words of the user keep conversations apart that share a system
 * prompt.
 */
export function conversationStart(request: GenerateRequest): string {
  const { model, tools, messages, templateVariables, rawPrompt } = request;
  if (rawPrompt !== undefined) return JSON.stringify([model.id, rawPrompt.slice(0, promptStart)]);
  const firstOfUser = messages.findIndex(({ role }) => role === "user");
  return JSON.stringify([model.id, tools, templateVariables, messages.slice(0, firstOfUser + 1 || 1)]);
}

/** How much of a prompt counts as its start, in UTF-16 units. */
const promptStart = 1024;

export interface Weighted {
  /** Tells it from the others and stays the same over restarts: its address. */
  readonly id: string;
  /** Its share of the conversations, beside the others'. */
  readonly weight: number;
}

/**
 * Candidates in the order in which they should serve this key: weighted rendezvous hashing. Each has a score of its own for
 * each key, so that one more or less moves only the conversations that it takes or held.
 */
export function byAffinity<T extends Weighted>(key: string, candidates: readonly T[]): T[] {
  const start = hash(key, 0);
  const scored = candidates.map((candidate) => {
    // Uniform in (0, 1); -ln of it is exponential, and the least of exponentials of rate w is w's in proportion to w.
    const uniform = (hash(candidate.id, start) + 1) / 0x1_0000_0001;
    return { candidate, score: -Math.log(uniform) / candidate.weight };
  });
  return scored.toSorted((a, b) => a.score - b.score).map(({ candidate }) => candidate);
}

/** FNV-1a over UTF-16 units, its bits mixed at the end as MurmurHash3 does: neighbouring keys are far apart. */
function hash(text: string, seed: number): number {
  let h = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
