import type { DispatchNode, RepeatNode, SequenceNode } from "../ir.ts";

/**
 * What is to follow when the current node ends: an immutable linked stack. Threads share tails, so a fork copies nothing.
 * `undefined` is the bottom: the whole text ends.
 */
export interface Frame {
  readonly node: SequenceNode | RepeatNode | DispatchNode;
  /** In a sequence the next item; in a repetition the number of items begun. */
  readonly count: number;
  readonly below: Frame | undefined;
  readonly hash: number;
  /** The step in which it was pushed: a repetition's item that ends in the same step was empty. */
  readonly step: number;
}

export function hashOf(frame: Frame | undefined): number {
  return frame === undefined ? 17 : frame.hash;
}

export function pushFrame(node: Frame["node"], count: number, below: Frame | undefined, step: number): Frame {
  let hash = Math.imul(hashOf(below) ^ node.id, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15) ^ count, 0x85ebca6b);
  return { node, count, below, hash: hash ^ (hash >>> 13), step };
}

/** Whether two stacks mean the same. Shared tails end the walk early. */
export function sameFrame(a: Frame | undefined, b: Frame | undefined): boolean {
  let left = a;
  let right = b;
  while (left !== right) {
    if (left === undefined || right === undefined) return false;
    if (left.hash !== right.hash || left.node !== right.node || left.count !== right.count) return false;
    left = left.below;
    right = right.below;
  }
  return true;
}
