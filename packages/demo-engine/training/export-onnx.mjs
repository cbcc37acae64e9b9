/**
 * Writes the model as a directory that ONNX runtimes serve, with the inputs and outputs that transformers.js knows (10.6 MB).
 *
 *   node training/export-onnx.mjs DIRECTORY
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig, readWeights } from "../dist/weights.js";
import { elementType, OnnxGraph } from "./onnx-file.mjs";

const opset = 17;
const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error("node export-onnx.mjs DIRECTORY");
const model = new URL("../model/", import.meta.url);
const config = readConfig(readFileSync(new URL("config.json", model), "utf8"));
const weights = readWeights(config, readFileSync(new URL("weights.bin", model)));
const { width, heads, layers, contextLength, vocabularySize, normEpsilon, ropeTheta } = config;
const headSize = width / heads;
const half = headSize / 2;
const graph = new OnnxGraph();

/** rows × columns as float32. */
function floats({ rows, columns, values, scales }) {
  const result = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let i = row * columns; i < (row + 1) * columns; i++) result[i] = values[i] * scales[row];
  }
  return result;
}

/** `input` times a matrix of our file, whose rows are outputs. */
function project(input, matrix) {
  const { rows, columns } = matrix;
  const given = floats(matrix);
  const turned = new Float32Array(given.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) turned[column * rows + row] = given[row * columns + column];
  }
  return graph.node("MatMul", [input, graph.constant(turned, [columns, rows])]);
}

function normed(input, weight) {
  const squares = graph.node("ReduceMean", [graph.node("Mul", [input, input])], { axes: [-1], keepdims: 1 });
  const size = graph.node("Sqrt", [graph.node("Add", [squares, graph.float(normEpsilon)])]);
  return graph.node("Mul", [graph.node("Div", [input, size]), graph.constant(weight, [width])]);
}

const ids = graph.input("input_ids", elementType.int64, ["batch_size", "sequence_length"]);
const attended = graph.input("attention_mask", elementType.int64, ["batch_size", "total_sequence_length"]);
const positions = graph.input("position_ids", elementType.int64, ["batch_size", "sequence_length"]);
/** How many logits at the end of the sequence are wanted; 0: all. */
const kept = graph.input("num_logits_to_keep", elementType.int64, []);
const pastShape = ["batch_size", heads, "past_sequence_length", headSize];
const past = weights.layers.map((_, layer) => ({
  key: graph.input(`past_key_values.${layer}.key`, elementType.float, pastShape),
  value: graph.input(`past_key_values.${layer}.value`, elementType.float, pastShape),
}));

/** Rotations by position, as batch × 1 × sequence × half a head. */
function rotations(of) {
  const table = new Float32Array(contextLength * half);
  for (let position = 0; position < contextLength; position++) {
    for (let i = 0; i < half; i++) table[position * half + i] = of(position * ropeTheta ** (-(2 * i) / headSize));
  }
  const rows = graph.node("Gather", [graph.constant(table, [contextLength, half]), positions]);
  return graph.node("Unsqueeze", [rows, graph.ints(1)]);
}
const cos = rotations(Math.cos);
const sin = rotations(Math.sin);

/** Within a head, value i turns with value i + half. */
function rotated(input) {
  const [a, b] = graph.node("Split", [input, graph.ints(half, half)], { axis: -1 }, [`${input}_a`, `${input}_b`]);
  const mul = (one, other) => graph.node("Mul", [one, other]);
  const first = graph.node("Sub", [mul(a, cos), mul(b, sin)]);
  const second = graph.node("Add", [mul(b, cos), mul(a, sin)]);
  return graph.node("Concat", [first, second], { axis: -1 });
}

/** batch × heads × sequence × a head */
function byHead(input) {
  const split = graph.node("Reshape", [input, graph.ints(0, 0, heads, headSize)]);
  return graph.node("Transpose", [split], { perm: [0, 2, 1, 3] });
}

/** What is added to scores: nothing for tokens up to the asking one that the mask has, a ban for all others. */
const sizeOf = (tensor, axis) => graph.node("Gather", [graph.node("Shape", [tensor]), graph.int(axis)]);
const pastLength = sizeOf(past[0].key, 2);
const total = sizeOf(attended, 1);
const range = (from, to) => graph.node("Range", [from, to, graph.int(1)]);
const asking = graph.node("Unsqueeze", [
  range(pastLength, graph.node("Add", [pastLength, sizeOf(ids, 1)])),
  graph.ints(1),
]);
const before = graph.node("LessOrEqual", [range(graph.int(0), total), asking]);
const present = graph.node("Greater", [graph.node("Unsqueeze", [attended, graph.ints(1, 2)]), graph.int(0)]);
const bias = graph.node("Where", [graph.node("And", [before, present]), graph.float(0), graph.float(-1e9)]);

const embedding = graph.constant(floats(weights.embedding), [vocabularySize, width]);
let x = graph.node("Gather", [embedding, ids]);
for (const [index, layer] of weights.layers.entries()) {
  const input = normed(x, layer.attentionNorm);
  const query = rotated(byHead(project(input, layer.query)));
  const joined = (before, added, name) => graph.node("Concat", [before, added], { axis: 2 }, [name]);
  const keys = joined(past[index].key, rotated(byHead(project(input, layer.key))), `present.${index}.key`);
  const values = joined(past[index].value, byHead(project(input, layer.value)), `present.${index}.value`);
  const turned = graph.node("Transpose", [keys], { perm: [0, 1, 3, 2] });
  const scores = graph.node("Mul", [graph.node("MatMul", [query, turned]), graph.float(1 / Math.sqrt(headSize))]);
  const shares = graph.node("Softmax", [graph.node("Add", [scores, bias])], { axis: -1 });
  const gathered = graph.node("Transpose", [graph.node("MatMul", [shares, values])], { perm: [0, 2, 1, 3] });
  const attention = graph.node("Reshape", [gathered, graph.ints(0, 0, width)]);
  x = graph.node("Add", [x, project(attention, layer.output)]);

  const rest = normed(x, layer.feedForwardNorm);
  const gate = project(rest, layer.gate);
  const opened = graph.node("Mul", [gate, graph.node("Sigmoid", [gate])]);
  const hidden = graph.node("Mul", [opened, project(rest, layer.up)]);
  x = graph.node("Add", [x, project(hidden, layer.down)]);
  for (const name of [keys, values])
    graph.output(name, elementType.float, ["batch_size", heads, "total_sequence_length", headSize]);
}
const start = graph.node("Reshape", [graph.node("Neg", [kept]), graph.ints(1)]);
const last = graph.node("Slice", [x, start, graph.ints(2 ** 31), graph.ints(1)]);
const outputs = graph.node("Transpose", [embedding], { perm: [1, 0] });
graph.node("MatMul", [normed(last, weights.finalNorm), outputs], {}, ["logits"]);
graph.output("logits", elementType.float, ["batch_size", "logits_length", vocabularySize]);

const json = (value) => `${JSON.stringify(value, null, 2)}\n`;
const tokenizer = JSON.parse(readFileSync(new URL("tokenizer.json", model), "utf8"));
const idOf = (text) => tokenizer.added_tokens.find(({ content }) => content === text).id;
const ends = config.endTokens.map(idOf);
mkdirSync(join(directory, "onnx"), { recursive: true });
for (const name of ["tokenizer.json", "chat_template.jinja"]) copyFileSync(new URL(name, model), join(directory, name));
writeFileSync(
  join(directory, "config.json"),
  json({
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    hidden_size: width,
    intermediate_size: config.hidden,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: heads,
    head_dim: headSize,
    vocab_size: vocabularySize,
    max_position_embeddings: contextLength,
    rms_norm_eps: normEpsilon,
    rope_theta: ropeTheta,
    hidden_act: "silu",
    tie_word_embeddings: true,
    eos_token_id: ends[0],
  }),
);
writeFileSync(join(directory, "generation_config.json"), json({ do_sample: false, eos_token_id: ends }));
writeFileSync(
  join(directory, "tokenizer_config.json"),
  json({ tokenizer_class: "PreTrainedTokenizerFast", add_bos_token: false, eos_token: config.endTokens[0] }),
);
writeFileSync(join(directory, "onnx", "model.onnx"), graph.toModel("glossa-demo", opset));
