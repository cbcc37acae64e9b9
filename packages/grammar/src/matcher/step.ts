import { dead } from "../automata/char-automaton.ts";
import { GrammarError } from "../error.ts";
import type { Node } from "../ir.ts";
import { Closure, StateSet, type Thread } from "./closure.ts";
import { nextStep, pushFrame } from "./frame.ts";
import { inToken } from "./token-limit.ts";

/** The states after one more byte, or undefined where none is left. */
export function stepByte(from: StateSet, byte: number): StateSet | undefined {
  const step = nextStep();
  const set = new StateSet();
  let closure: Closure | undefined;
  for (const thread of from.threads) {
    const { node } = thread;
    if (node.kind === "token") continue;
    const frame = inToken(thread.frame);
    if (node.kind === "literal") {
      if (node.bytes[thread.state] !== byte) continue;
      if (thread.state + 1 < node.bytes.length) set.add(node, thread.state + 1, 0, frame);
      else (closure ??= new Closure(set, step)).leave(frame);
      continue;
    }
    const { automaton } = node;
    const state = automaton.step(thread.state, thread.part, byte);
    if (state === dead) continue;
    const { part } = automaton;
    if (node.kind === "text") {
      if (!automaton.ended(part)) set.add(node, state, part, frame);
      if (automaton.accepts(state, part)) {
        closure ??= new Closure(set, step);
        if (node.follow === undefined) closure.leave(frame);
        else closure.enter(node.follow(state), frame);
      }
      continue;
    }
    const trigger = part === 0 ? node.watched.triggered(state) : undefined;
    if (trigger === undefined) {
      set.add(node, state, part, frame);
      if (part === 0) (closure ??= new Closure(set, step)).leave(frame);
    } else {
      const follow = node.loop ? pushFrame(node, 0, frame, step) : frame;
      (closure ??= new Closure(set, step)).enter(node.rules[trigger] as Node, follow);
    }
  }
  closure?.finish();
  return set.threads.length === 0 && !set.complete ? undefined : set;
}

/** The states after several bytes, those of `bytes` from `at` to `end`; undefined where none is left. */
export function stepBytes(
  from: StateSet,
  bytes: Uint8Array,
  at: number,
  end: number,
  maxThreads: number,
): StateSet | undefined {
  let states = from;
  for (let next = at; next < end; next++) {
    const [thread] = states.threads;
    if (states.threads.length === 1 && thread !== undefined && next + 1 < end) {
      const passed = passAlone(thread, bytes, next, end);
      if (passed > next) {
        states = new StateSet();
        states.add(thread.node, stateAlone, partAlone, inToken(thread.frame));
        if (passed === end) return states;
        next = passed;
      }
    }
    const to = stepByte(states, bytes[next] as number);
    if (to === undefined) return undefined;
    checkWidth(to, maxThreads);
    states = to;
  }
  return states;
}

/** A grammar that can be read in ever more ways is no use to anyone. */
function checkWidth(states: StateSet, maxThreads: number): void {
  if (states.threads.length > maxThreads)
    throw new GrammarError("", "grammar", `a text can be read in more than ${maxThreads} ways at once`);
}

/* Where `passAlone` has left its thread: registers, so that it allocates nothing. */
let stateAlone = 0;
let partAlone = 0;

/** Reads on as long as a thread by itself stays within its literal or text, and that can't end. Returns where it stops. */
function passAlone({ node, state, part }: Thread, bytes: Uint8Array, from: number, end: number): number {
  stateAlone = state;
  partAlone = part;
  let at = from;
  if (node.kind === "literal") {
    const last = node.bytes.length - 1;
    while (at < end && stateAlone < last && node.bytes[stateAlone] === bytes[at]) {
      stateAlone++;
      at++;
    }
  } else if (node.kind === "text") {
    const { automaton } = node;
    for (; at < end; at++) {
      const to = automaton.step(stateAlone, partAlone, bytes[at] as number);
      if (to === dead || automaton.accepts(to, automaton.part) || automaton.ended(automaton.part)) break;
      stateAlone = to;
      partAlone = automaton.part;
    }
  }
  return at;
}
