/**
 * Matrix products. Every sum runs over the columns in order, in double precision, whichever kernel does it: a token has
 * the same logits alone or in a batch, so a prompt read from the cache and one read anew give the same text.
 */
import type { Matrix } from "./weights.ts";

/** out[t] = matrix · x[t] for each of `count` tokens; both arrays hold one token after the other. */
export function project(matrix: Matrix, x: Float32Array, out: Float32Array, count: number): void {
  let t = 0;
  for (; t + 4 <= count; t += 4) projectFour(matrix, x, out, t);
  for (; t < count; t++) projectOne(matrix, x, out, t);
}

/** One token, four rows at a time: four independent sums keep the processor busy. */
function projectOne(matrix: Matrix, x: Float32Array, out: Float32Array, token: number): void {
  const { rows, columns, values, scales } = matrix;
  const xAt = token * columns;
  const outAt = token * rows;
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    let a = row * columns;
    let b = a + columns;
    let c = b + columns;
    let d = c + columns;
    let sumA = 0;
    let sumB = 0;
    let sumC = 0;
    let sumD = 0;
    for (let i = xAt, end = xAt + columns; i < end; i++) {
      const v = x[i] as number;
      sumA += (values[a++] as number) * v;
      sumB += (values[b++] as number) * v;
      sumC += (values[c++] as number) * v;
      sumD += (values[d++] as number) * v;
    }
    out[outAt + row] = sumA * (scales[row] as number);
    out[outAt + row + 1] = sumB * (scales[row + 1] as number);
    out[outAt + row + 2] = sumC * (scales[row + 2] as number);
    out[outAt + row + 3] = sumD * (scales[row + 3] as number);
  }
  for (; row < rows; row++) {
    let w = row * columns;
    let sum = 0;
    for (let i = xAt, end = xAt + columns; i < end; i++) sum += (values[w++] as number) * (x[i] as number);
    out[outAt + row] = sum * (scales[row] as number);
  }
}

/** Four tokens, two rows at a time: each weight is read once for four tokens, each input once for two rows. */
function projectFour(matrix: Matrix, x: Float32Array, out: Float32Array, token: number): void {
  const { rows, columns, values, scales } = matrix;
  const x0 = token * columns;
  const x1 = x0 + columns;
  const x2 = x1 + columns;
  const x3 = x2 + columns;
  const out0 = token * rows;
  for (let row = 0; row < rows; row += 2) {
    const a = row * columns;
    // An odd last row is computed twice, which is cheaper than a loop of its own.
    const second = Math.min(row + 1, rows - 1);
    const b = second * columns;
    let a0 = 0;
    let a1 = 0;
    let a2 = 0;
    let a3 = 0;
    let b0 = 0;
    let b1 = 0;
    let b2 = 0;
    let b3 = 0;
    for (let i = 0; i < columns; i++) {
      const v = values[a + i] as number;
      const w = values[b + i] as number;
      const y0 = x[x0 + i] as number;
      const y1 = x[x1 + i] as number;
      const y2 = x[x2 + i] as number;
      const y3 = x[x3 + i] as number;
      a0 += v * y0;
      a1 += v * y1;
      a2 += v * y2;
      a3 += v * y3;
      b0 += w * y0;
      b1 += w * y1;
      b2 += w * y2;
      b3 += w * y3;
    }
    const scaleA = scales[row] as number;
    const scaleB = scales[second] as number;
    let to = out0 + row;
    let and = out0 + second;
    out[to] = a0 * scaleA;
    out[and] = b0 * scaleB;
    out[(to += rows)] = a1 * scaleA;
    out[(and += rows)] = b1 * scaleB;
    out[(to += rows)] = a2 * scaleA;
    out[(and += rows)] = b2 * scaleB;
    out[to + rows] = a3 * scaleA;
    out[and + rows] = b3 * scaleB;
  }
}

/** out[t] = x[t] / rms(x[t]) * weight for each of `count` tokens. */
export function rmsNorm(
  x: Float32Array,
  weight: Float32Array,
  epsilon: number,
  out: Float32Array,
  count: number,
): void {
  const width = weight.length;
  for (let t = 0; t < count; t++) {
    const at = t * width;
    let squares = 0;
    for (let i = at; i < at + width; i++) squares += (x[i] as number) * (x[i] as number);
    const scale = 1 / Math.sqrt(squares / width + epsilon);
    for (let i = 0; i < width; i++) out[at + i] = (x[at + i] as number) * scale * (weight[i] as number);
  }
}

export function addTo(x: Float32Array, y: Float32Array, length: number): void {
  for (let i = 0; i < length; i++) x[i] = (x[i] as number) + (y[i] as number);
}
