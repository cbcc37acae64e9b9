import type { DispatchNode, Node, TextNode } from "../ir.ts";
import { entered, left, type StateSet } from "../matcher/closure.ts";
import { type Frame, pushFrame } from "../matcher/frame.ts";

interface Known {
  left: StateSet | undefined;
  entered: Map<Node, StateSet> | undefined;
  loops: Map<DispatchNode, Frame> | undefined;
}

/** What follows where a text ends, remembered for each stack: masks ask for it again and again. */
export class Continuations {
  readonly #same: (states: StateSet) => StateSet;
  readonly #known = new WeakMap<Frame, Known>();
  readonly #bottom: Known = { left: undefined, entered: undefined, loops: undefined };

  /** `same`: the set of equal states that has been met before. Without it ambiguity would come as ever new sets of the same states. */
  constructor(same: (states: StateSet) => StateSet) {
    this.#same = same;
  }

  #of(frame: Frame | undefined): Known {
    if (frame === undefined) return this.#bottom;
    let known = this.#known.get(frame);
    if (known === undefined)
      this.#known.set(frame, (known = { left: undefined, entered: undefined, loops: undefined }));
    return known;
  }

  /** What was above the frame has ended. */
  left(frame: Frame | undefined): StateSet {
    const known = this.#of(frame);
    return (known.left ??= this.#same(left(frame)));
  }

  /** The text has ended in a state of its automaton. */
  ended(node: TextNode | DispatchNode, state: number, frame: Frame | undefined): StateSet {
    if (node.kind === "text") {
      const follow = node.follow?.(state);
      return follow === undefined ? this.left(frame) : this.#entered(follow, frame);
    }
    const trigger = node.watched.triggered(state);
    if (trigger === undefined) return this.left(frame);
    return this.#entered(node.rules[trigger] as Node, node.loop ? this.#loop(node, frame) : frame);
  }

  #entered(node: Node, frame: Frame | undefined): StateSet {
    const known = (this.#of(frame).entered ??= new Map<Node, StateSet>());
    let states = known.get(node);
    if (states === undefined) known.set(node, (states = this.#same(entered(node, frame))));
    return states;
  }

  #loop(node: DispatchNode, frame: Frame | undefined): Frame {
    const known = (this.#of(frame).loops ??= new Map<DispatchNode, Frame>());
    let loop = known.get(node);
    // No step has this number: what is read next always comes after it was pushed.
    if (loop === undefined) known.set(node, (loop = pushFrame(node, 0, frame, 0)));
    return loop;
  }
}
