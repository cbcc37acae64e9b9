/** Writes ONNX files: as much of `onnx.proto` (IR version 8) as a graph of float32 tensors needs. Fields by their numbers there. */

/** Types of tensors and of attributes, by their numbers in `onnx.proto`. */
export const elementType = { float: 1, int64: 7 };
const attributeType = { float: 1, int: 2, ints: 7 };

function varint(value) {
  const bytes = [];
  let left = BigInt.asUintN(64, BigInt(value));
  for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
  return Buffer.from([...bytes, Number(left)]);
}

const int = (field, value) => Buffer.concat([varint(field << 3), varint(value)]);
const bytes = (field, content) => Buffer.concat([varint((field << 3) | 2), varint(content.length), content]);
const text = (field, value) => bytes(field, Buffer.from(value));
const message = (field, ...parts) => bytes(field, Buffer.concat(parts.flat()));

function float(field, value) {
  const four = Buffer.alloc(4);
  four.writeFloatLE(value);
  return Buffer.concat([varint((field << 3) | 5), four]);
}

/** A whole number is an `int`, a list of them `ints`, and what is made by `floatAttribute` a `float`. */
function attribute(name, value) {
  if (typeof value === "object" && "float" in value)
    return message(5, text(1, name), float(2, value.float), int(20, attributeType.float));
  if (Array.isArray(value))
    return message(
      5,
      text(1, name),
      value.map((each) => int(8, each)),
      int(20, attributeType.ints),
    );
  return message(5, text(1, name), int(3, value), int(20, attributeType.int));
}

/** A graph that grows node by node; each names the tensor that it makes. */
export class OnnxGraph {
  #parts = [];
  #count = 0;

  /** A tensor with its values: `Float32Array` or `BigInt64Array`. Without dimensions a single number. */
  constant(values, dimensions = []) {
    const name = `constant_${this.#count++}`;
    const type = values instanceof Float32Array ? elementType.float : elementType.int64;
    const raw = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    const shape = dimensions.map((size) => int(1, size));
    this.#parts.push(message(5, shape, int(2, type), text(8, name), bytes(9, raw)));
    return name;
  }

  int(value) {
    return this.constant(BigInt64Array.of(BigInt(value)));
  }

  ints(...values) {
    return this.constant(BigInt64Array.from(values, BigInt), [values.length]);
  }

  float(value) {
    return this.constant(Float32Array.of(value));
  }

  /** Adds a node with one output and returns its name; with `outputs` of several, those. */
  node(operator, inputs, attributes = {}, outputs = [`${operator}_${this.#count++}`]) {
    this.#parts.push(
      message(
        1,
        inputs.map((name) => text(1, name)),
        outputs.map((name) => text(2, name)),
        text(4, operator),
        Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      ),
    );
    return outputs.length === 1 ? outputs[0] : outputs;
  }

  input(name, type, dimensions) {
    this.#parts.push(message(11, valueInfo(name, type, dimensions)));
    return name;
  }

  output(name, type, dimensions) {
    this.#parts.push(message(12, valueInfo(name, type, dimensions)));
  }

  /** The file. */
  toModel(name, opset) {
    return Buffer.concat([
      int(1, 8),
      text(2, "glossa"),
      message(7, text(2, name), this.#parts),
      message(8, text(1, ""), int(2, opset)),
    ]);
  }
}

/** Dimensions are numbers, or names of what only the run tells. */
function valueInfo(name, type, dimensions) {
  const shape = dimensions.map((size) => message(1, typeof size === "number" ? int(1, size) : text(2, size)));
  return [text(1, name), message(2, message(1, int(1, type), message(2, shape)))];
}
