import { readFile, writeFile, copyFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readConfig, readWeights, type Matrix } from "../../demo-engine/src/weights.ts";

const model = fileURLToPath(new URL("../../demo-engine/model/", import.meta.url));

/** As wide as the kernels of every server have them; the model's own heads are narrower. */
const headSize = 64;

/**
 * Writes the demo model as a Hugging Face checkpoint of the llama architecture. Its heads are 48 values wide, which no kernel
 * of vLLM's for the processor takes: zeros widen them to 64. That changes nothing, since the base of the rotary positions goes
 * with it, so that the first values turn as before, and the queries make up for the smaller scale of the scores.
 */
export async function writeDemoCheckpoint(folder: string): Promise<void> {
  const config = readConfig(await readFile(join(model, "config.json"), "utf8"));
  const weights = readWeights(config, await readFile(join(model, "weights.bin")));
  const { width, heads } = config;
  const head = width / heads;

  const tensors: { name: string; shape: number[]; values: Float32Array }[] = [];
  const put = (name: string, values: Float32Array, shape = [values.length]): void => {
    tensors.push({ name, shape, values });
  };
  put("model.embed_tokens.weight", floats(weights.embedding), [config.vocabularySize, width]);
  for (const [index, layer] of weights.layers.entries()) {
    const name = (part: string): string => `model.layers.${index}.${part}.weight`;
    put(name("input_layernorm"), layer.attentionNorm);
    put(name("post_attention_layernorm"), layer.feedForwardNorm);
    const wide = [heads * headSize, width];
    const scale = Math.sqrt(headSize / head);
    put(name("self_attn.q_proj"), widened(floats(layer.query), heads, head, width, scale), wide);
    put(name("self_attn.k_proj"), widened(floats(layer.key), heads, head, width, 1), wide);
    put(name("self_attn.v_proj"), widened(floats(layer.value), heads, head, width, 1), wide);
    const output = transposed(widened(transposed(floats(layer.output), width), heads, head, width, 1), width);
    put(name("self_attn.o_proj"), output, [width, heads * headSize]);
    put(name("mlp.gate_proj"), floats(layer.gate), [config.hidden, width]);
    put(name("mlp.up_proj"), floats(layer.up), [config.hidden, width]);
    put(name("mlp.down_proj"), floats(layer.down), [width, config.hidden]);
  }
  put("model.norm.weight", weights.finalNorm);
  await writeFile(join(folder, "model.safetensors"), safetensors(tensors));

  await copyFile(join(model, "tokenizer.json"), join(folder, "tokenizer.json"));
  await copyFile(join(model, "chat_template.jinja"), join(folder, "chat_template.jinja"));
  const end = { eos_token_id: [2, 0], pad_token_id: 0 };
  await writeJson(join(folder, "config.json"), {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    vocab_size: config.vocabularySize,
    hidden_size: width,
    intermediate_size: config.hidden,
    num_hidden_layers: config.layers,
    num_attention_heads: heads,
    num_key_value_heads: heads,
    head_dim: headSize,
    hidden_act: "silu",
    max_position_embeddings: config.contextLength,
    rms_norm_eps: config.normEpsilon,
    rope_theta: config.ropeTheta ** (headSize / head),
    tie_word_embeddings: true,
    attention_bias: false,
    mlp_bias: false,
    torch_dtype: "float32",
    bos_token_id: null,
    ...end,
  });
  await writeJson(join(folder, "generation_config.json"), end);
  await writeJson(join(folder, "tokenizer_config.json"), {
    tokenizer_class: "PreTrainedTokenizerFast",
    eos_token: "<|im_end|>",
    pad_token: "<|endoftext|>",
    bos_token: null,
    add_bos_token: false,
    clean_up_tokenization_spaces: false,
    model_max_length: config.contextLength,
  });
}

function floats({ rows, columns, values, scales }: Matrix): Float32Array {
  return Float32Array.from({ length: rows * columns }, (_, at) => values[at]! * scales[Math.floor(at / columns)]!);
}

/** Each head's two halves, which the positions turn together, followed by rows of zeros. */
function widened(rows: Float32Array, heads: number, head: number, columns: number, scale: number): Float32Array {
  const wide = new Float32Array(heads * headSize * columns);
  for (let at = 0; at < heads * head; at++) {
    const [inHead, half] = [at % head, head / 2];
    const row = Math.floor(at / head) * headSize + (inHead < half ? inHead : headSize / 2 + inHead - half);
    for (let column = 0; column < columns; column++)
      wide[row * columns + column] = rows[at * columns + column]! * scale;
  }
  return wide;
}

function transposed(values: Float32Array, columns: number): Float32Array {
  const rows = values.length / columns;
  return Float32Array.from(
    { length: values.length },
    (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!,
  );
}

function safetensors(tensors: readonly { name: string; shape: number[]; values: Float32Array }[]): Uint8Array {
  let offset = 0;
  const entries = tensors.map(({ name, shape, values }) => {
    const start = offset;
    offset += values.byteLength;
    return [name, { dtype: "F32", shape, data_offsets: [start, offset] }];
  });
  let header = JSON.stringify({ __metadata__: { format: "pt" }, ...Object.fromEntries(entries) });
  header += " ".repeat(-header.length & 7);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const parts = tensors.map(({ values }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength));
  return Buffer.concat([length, Buffer.from(header), ...parts]);
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}
