"""Writes the int8 weights and the configuration, and the GGUF.  python export.py CHECKPOINT MODEL_FOLDER"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import gguf
import numpy as np
import torch

from bpe import SPECIAL
from model import Config

MATRICES = ("q", "k", "v", "o")


def quantize(w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    scale = np.maximum(np.abs(w).max(axis=1), 1e-8).astype(np.float32) / np.float32(127)
    return np.clip(np.rint(w / scale[:, None]), -127, 127).astype(np.int8), scale


def load(path: Path) -> tuple[Config, dict[str, np.ndarray], dict]:
    saved = torch.load(path, map_location="cpu", weights_only=True)
    return Config(**saved["config"]), {k: v.float().numpy() for k, v in saved["model"].items()}, saved


def write_int8(c: Config, w: dict[str, np.ndarray], folder: Path) -> dict[str, np.ndarray]:
    """Returns the weights as the file holds them."""
    out, kept = bytearray(), {}

    def put(array: np.ndarray) -> None:
        out.extend(array.tobytes())
        out.extend(b"\0" * (-len(out) % 4))

    def matrix(name: str) -> None:
        values, scale = quantize(w[name])
        put(values), put(scale)
        kept[name] = values.astype(np.float32) * scale[:, None]

    def vector(name: str) -> None:
        put(w[name].astype(np.float32))
        kept[name] = w[name]

    matrix("embed")
    for i in range(c.layers):
        vector(f"blocks.{i}.norm1")
        for m in MATRICES: matrix(f"blocks.{i}.{m}")
        vector(f"blocks.{i}.norm2")
        for m in ("gate", "up", "down"): matrix(f"blocks.{i}.{m}")
    vector("norm")
    (folder / "weights.bin").write_bytes(bytes(out))
    config = {"model": "glossa-demo", "vocabularySize": c.vocab, "width": c.width, "layers": c.layers, "heads": c.heads, "hidden": c.hidden,
              "contextLength": c.context, "ropeTheta": c.theta, "normEpsilon": c.eps, "endTokens": ["<|im_end|>", "<|endoftext|>"]}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    return kept


def interleaved(w: np.ndarray, heads: int) -> np.ndarray:
    """llama.cpp's "llama" turns value 2i with value 2i+1, this model value i with value i + half: the rows change places."""
    rows, columns = w.shape
    return np.ascontiguousarray(w.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns))


def write_gguf(c: Config, w: dict[str, np.ndarray], folder: Path) -> None:
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    vocab = tokenizer["model"]["vocab"]
    tokens = sorted(vocab, key=vocab.get)
    kinds = [gguf.TokenType.CONTROL if t in SPECIAL[:3] else gguf.TokenType.USER_DEFINED if t in SPECIAL else gguf.TokenType.NORMAL for t in tokens]
    g = gguf.GGUFWriter(str(folder / "glossa-demo.Q8_0.gguf"), "llama")
    g.add_name("glossa-demo")
    g.add_license("apache-2.0")
    g.add_context_length(c.context)
    g.add_embedding_length(c.width)
    g.add_block_count(c.layers)
    g.add_feed_forward_length(c.hidden)
    g.add_head_count(c.heads)
    g.add_head_count_kv(c.heads)
    g.add_rope_dimension_count(c.head)
    g.add_rope_freq_base(c.theta)
    g.add_layer_norm_rms_eps(c.eps)
    g.add_vocab_size(c.vocab)
    g.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    g.add_tokenizer_model("gpt2")
    g.add_tokenizer_pre("smollm")
    g.add_token_list(tokens)
    g.add_token_types([int(k) for k in kinds])
    g.add_token_merges([m if isinstance(m, str) else " ".join(m) for m in tokenizer["model"]["merges"]])
    g.add_eos_token_id(vocab["<|im_end|>"])
    g.add_eot_token_id(vocab["<|im_end|>"])
    g.add_pad_token_id(vocab["<|endoftext|>"])
    g.add_add_bos_token(False)
    g.add_chat_template((folder / "chat_template.jinja").read_text())

    def q8(name: str, array: np.ndarray) -> None:
        kind = gguf.GGMLQuantizationType.Q8_0
        g.add_tensor(name, gguf.quants.quantize(array.astype(np.float32), kind), raw_dtype=kind)

    q8("token_embd.weight", w["embed"])
    g.add_tensor("output_norm.weight", w["norm"].astype(np.float32))
    for i in range(c.layers):
        b = f"blocks.{i}."
        g.add_tensor(f"blk.{i}.attn_norm.weight", w[b + "norm1"].astype(np.float32))
        g.add_tensor(f"blk.{i}.ffn_norm.weight", w[b + "norm2"].astype(np.float32))
        q8(f"blk.{i}.attn_q.weight", interleaved(w[b + "q"], c.heads))
        q8(f"blk.{i}.attn_k.weight", interleaved(w[b + "k"], c.heads))
        q8(f"blk.{i}.attn_v.weight", w[b + "v"])
        q8(f"blk.{i}.attn_output.weight", w[b + "o"])
        q8(f"blk.{i}.ffn_gate.weight", w[b + "gate"])
        q8(f"blk.{i}.ffn_up.weight", w[b + "up"])
        q8(f"blk.{i}.ffn_down.weight", w[b + "down"])
    g.write_header_to_file()
    g.write_kv_data_to_file()
    g.write_tensors_to_file()
    g.close()


def main() -> None:
    checkpoint, folder = Path(sys.argv[1]), Path(sys.argv[2])
    c, w, saved = load(checkpoint)
    write_int8(c, w, folder)
    write_gguf(c, w, folder)
    print(f"{sum(v.size for v in w.values())} parameters, {saved['tokens'] / 1e6:.1f} M tokens, {saved['seconds']:.0f} s")
    for name in ("weights.bin", "glossa-demo.Q8_0.gguf", "tokenizer.json"):
        print(name, (folder / name).stat().st_size)


if __name__ == "__main__":
    main()
