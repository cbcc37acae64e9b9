/** The weights file: matrices as int8 with a float32 scale a row, vectors as float32, one after the other in a fixed order. */

export interface ModelConfig {
  readonly model: string;
  readonly vocabularySize: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly hidden: number;
  readonly contextLength: number;
  readonly ropeTheta: number;
  readonly normEpsilon: number;
  /** Tokens that end an answer, as text. */
  readonly endTokens: readonly string[];
}

/** rows × columns, row by row; a value is its int8 times the scale of its row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Int8Array;
  readonly scales: Float32Array;
}

export interface Layer {
  readonly attentionNorm: Float32Array;
  readonly query: Matrix;
  readonly key: Matrix;
  readonly value: Matrix;
  readonly output: Matrix;
  readonly feedForwardNorm: Float32Array;
  readonly gate: Matrix;
  readonly up: Matrix;
  readonly down: Matrix;
}

export interface Weights {
  /** Token embeddings, and the output projection as well. */
  readonly embedding: Matrix;
  readonly layers: readonly Layer[];
  readonly finalNorm: Float32Array;
}

const COUNTS = ["vocabularySize", "width", "layers", "heads", "hidden", "contextLength"] as const;

export function readConfig(json: string): ModelConfig {
  const config = JSON.parse(json) as ModelConfig;
  for (const key of COUNTS) {
    if (!Number.isInteger(config[key]) || config[key] < 1) {
      throw new Error(`config.json: ${key} is ${JSON.stringify(config[key])}, not a positive integer`);
    }
  }
  if (config.width % (2 * config.heads) !== 0) {
    throw new Error(`config.json: a width of ${config.width} cannot be split into ${config.heads} heads of even size`);
  }
  return config;
}

export function readWeights(config: ModelConfig, file: Uint8Array): Weights {
  // A copy of its own, so that the float32 parts are aligned whatever the caller's buffer is.
  const { buffer } = new Uint8Array(file);
  let offset = 0;

  const take = (bytes: number): number => {
    const start = offset;
    offset += (bytes + 3) & ~3;
    if (offset > buffer.byteLength) {
      throw new Error(`The weights file has ${buffer.byteLength} bytes; the configuration asks for at least ${offset}`);
    }
    return start;
  };
  const vector = (length: number): Float32Array => new Float32Array(buffer, take(4 * length), length);
  const matrix = (rows: number, columns: number): Matrix => {
    const values = new Int8Array(buffer, take(rows * columns), rows * columns);
    return { rows, columns, values, scales: vector(rows) };
  };

  const { width, hidden } = config;
  const embedding = matrix(config.vocabularySize, width);
  const layers: Layer[] = [];
  for (let i = 0; i < config.layers; i++) {
    layers.push({
      attentionNorm: vector(width),
      query: matrix(width, width),
      key: matrix(width, width),
      value: matrix(width, width),
      output: matrix(width, width),
      feedForwardNorm: vector(width),
      gate: matrix(hidden, width),
      up: matrix(hidden, width),
      down: matrix(width, hidden),
    });
  }
  const finalNorm = vector(width);
  if (offset !== buffer.byteLength) {
    throw new Error(`The weights file has ${buffer.byteLength} bytes; the configuration asks for ${offset}`);
  }
  return { embedding, layers, finalNorm };
}
