import { expect, test } from "vitest";
import { OnnxSequence } from "../src/engines/local/onnx-sequence.ts";
import { SequencePool } from "../src/engines/local/sequence-pool.ts";
import { maskLogits } from "../src/engines/local/token-mask.ts";
import type { Tensor, TensorData, TransformersJs } from "../src/engines/local/transformers-js.ts";

class PlainTensor implements Tensor {
  readonly type: string;
  readonly data: TensorData;
  readonly dims: readonly number[];

  constructor(type: string, data: TensorData, dims: readonly number[]) {
    this.type = type;
    this.data = data;
    this.dims = dims;
  }

  to(): Tensor {
    return this;
  }
}

const library = { Tensor: PlainTensor } as unknown as TransformersJs;

/** Two heads, and two values for each token: `head * 100 + token * 10` and the next. */
function values(tokens: number, type: "float32" | "float16" = "float32"): Tensor {
  const numbers: number[] = [];
  for (const head of [0, 1]) {
    for (let token = 0; token < tokens; token++) numbers.push(head * 100 + token * 10, head * 100 + token * 10 + 1);
  }
  const data = type === "float32" ? Float32Array.from(numbers) : Uint16Array.from(numbers);
  return new PlainTensor(type, data, [1, 2, tokens, 2]);
}

test.each(["float32", "float16"] as const)("a sequence keeps the values of its first tokens, as %s", (type) => {
  const sequence = new OnnxSequence(library);
  sequence.extend([5, 6, 7], {
    logits: values(1),
    "present.0.key": values(3, type),
    "present.0.value": values(3, type),
  });
  expect(Object.keys(sequence.keyValues!)).toEqual(["past_key_values.0.key", "past_key_values.0.value"]);
  sequence.keep(2);
  expect(sequence.contextTokens).toEqual([5, 6]);
  const kept = sequence.keyValues!["past_key_values.0.value"]!;
  expect(kept.type).toBe(type);
  expect(kept.dims).toEqual([1, 2, 2, 2]);
  expect([...kept.data]).toEqual([0, 1, 10, 11, 100, 101, 110, 111]);
});

test("a sequence with a state, or with a window of values, can't go back and begins anew", () => {
  const state = new PlainTensor("float32", new Float32Array(4), [1, 4]);
  for (const other of [{ "present_conv.1": state }, { "present.1.key": values(2) }]) {
    const sequence = new OnnxSequence(library);
    sequence.extend([5, 6, 7], { "present.0.key": values(3), ...other });
    sequence.keep(3);
    expect(sequence.contextTokens).toEqual([5, 6, 7]);
    sequence.keep(2);
    expect(sequence.contextTokens).toEqual([]);
    expect(sequence.keyValues).toBeUndefined();
  }
});

test("the states of hybrid models go in by the names of their kind", () => {
  const sequence = new OnnxSequence(library);
  sequence.extend([1], { "present_conv.0": values(1), "present.1.key": values(1) });
  expect(Object.keys(sequence.keyValues!)).toEqual(["past_conv.0", "past_key_values.1.key"]);
});

test("a turn takes the sequence that gains it most, and leaves other conversations theirs", async () => {
  const { signal } = new AbortController();
  const sequences = [
    { name: "long", contextTokens: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
    { name: "empty", contextTokens: [] },
    { name: "short", contextTokens: [1, 2, 9] },
  ];
  const taken = async (...prompt: number[]): Promise<string> =>
    (await new SequencePool(sequences).take(prompt, signal))!.name;
  expect(await taken(1, 2, 3, 4, 5, 6, 10)).toBe("long");
  expect(await taken(1, 2, 8)).toBe("short");
  expect(await taken(1, 8)).toBe("empty");
});

test("a pool is drained when the last turn gives its sequence back, one that waits included", async () => {
  const { signal } = new AbortController();
  const pool = new SequencePool([{ contextTokens: [] }]);
  const first = (await pool.take([1], signal))!;
  const waiting = pool.take([2], signal);
  let drained = false;
  const end = pool.drained().then(() => (drained = true));
  pool.give(first);
  const second = (await waiting)!;
  expect(second).toBe(first);
  expect(drained).toBe(false);
  pool.give(second);
  await end;
});

test("a mask bans what it does not have, also in its last word", () => {
  const size = 70;
  const allowed = new Set([0, 31, 32, 40, 69]);
  const mask = new Uint32Array(3);
  for (const id of allowed) mask[id >> 5]! |= 1 << (id & 31);
  const logits = new Float32Array(size).fill(2);
  maskLogits(logits, mask);
  for (let id = 0; id < size; id++) expect(logits[id]).toBe(allowed.has(id) ? 2 : -Infinity);
});
