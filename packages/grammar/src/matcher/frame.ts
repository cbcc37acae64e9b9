import type { DispatchNode, LimitNode, RepeatNode, RuleNode, SequenceNode } from "../ir.ts";

/**
 * What is to follow when the current node ends: an immutable linked stack. Threads share tails, so a fork copies nothing.
 * `undefined` is the bottom: the whole text ends.
 */
export interface Frame {
  /** A rule stands for several stacks that wait for the same rule: they share what is above them. */
  readonly node: SequenceNode | RepeatNode | DispatchNode | LimitNode | RuleNode;
  /**
   * In a sequence the next item; in a repetition the number of items begun; under a limit twice the number of tokens that had a
   * part in the text, and one more within a token that has.
   */
  readonly count: number;
  readonly below: Frame | undefined;
  /** Under a rule, the stacks besides `below`. */
  readonly beside: readonly (Frame | undefined)[];
  readonly hash: number;
  /** The step in which it was pushed: a repetition's item that ends in the same step was empty. */
  readonly step: number;
}

let steps = 0;

/** Steps are numbered through: frames of one matcher may live on in another. */
export function nextStep(): number {
  return ++steps;
}

export function hashOf(frame: Frame | undefined): number {
  return frame === undefined ? 17 : frame.hash;
}

const none: readonly (Frame | undefined)[] = [];

export function pushFrame(node: Frame["node"], count: number, below: Frame | undefined, step: number): Frame {
  let hash = Math.imul(hashOf(below) ^ node.id, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15) ^ count, 0x85ebca6b);
  return { node, count, below, beside: none, hash: hash ^ (hash >>> 13), step };
}

/** One frame for all the stacks that wait for a rule which begins now. */
export function joinFrames(node: RuleNode, frames: readonly (Frame | undefined)[], step: number): Frame | undefined {
  if (frames.length === 1) return frames[0];
  const [below, ...beside] = frames;
  const joined = pushFrame(node, beside.length, below, step);
  const hash = beside.reduce((sum, frame) => Math.imul(sum, 31) ^ hashOf(frame), joined.hash);
  return { ...joined, beside, hash };
}

/** Whether two stacks mean the same. Shared tails end the walk early. */
export function sameFrame(a: Frame | undefined, b: Frame | undefined): boolean {
  let left = a;
  let right = b;
  while (left !== right) {
    if (left === undefined || right === undefined) return false;
    if (left.hash !== right.hash || left.node !== right.node || left.count !== right.count) return false;
    // Joined stacks are compared by identity only: a join that is missed costs a thread, no more.
    for (let i = 0; i < left.beside.length; i++) if (left.beside[i] !== right.beside[i]) return false;
    left = left.below;
    right = right.below;
  }
  return true;
}
