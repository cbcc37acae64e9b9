"""Trains the tokenizer and writes token shards.  python prepare.py tokenizer OUT SEEDS | python prepare.py shards OUT SEEDS COUNT SEED"""

import sys
from pathlib import Path
from random import Random

import numpy as np

from corpus import composer, encode, is_test
from template import render_prompt
from bpe import Encoder, train


def tokenizer(out: Path, seeds: Path) -> None:
    c, r, texts = composer(seeds), Random(7), []
    for _ in range(24000):
        s = c.draw(r)
        texts += [render_prompt(s.messages, s.tools).replace("<|im_start|>", "").replace("<|im_end|>", ""), s.thought, s.target.replace("<tool_call>", "").replace("</tool_call>", "")]
    tok = train(texts, 2048, 420, out)
    print("vocabulary", tok.get_vocab_size())


def shards(out: Path, seeds: Path, tok: Path, count: int, seed: int) -> None:
    """Each shard: ids of many conversations one after the other, and a row (length, answer, request, request end) each."""
    c, encoder, r = composer(seeds), Encoder(tok), Random(seed)
    for k in range(count):
        ids, rows = [], []
        while len(ids) < 1_000_000:
            s = c.draw(r)
            if is_test(s): continue
            one, at, span = encode(s, encoder, r.random() < 0.6)
            if len(one) > 1024: continue
            ids += one; rows.append((len(one), at, *span))
        name = out / f"shard-{seed}-{k:03d}"
        np.savez(str(name) + ".part.npz", ids=np.array(ids, np.uint16), rows=np.array(rows, np.int32))
        Path(str(name) + ".part.npz").rename(str(name) + ".npz")


if __name__ == "__main__":
    if sys.argv[1] == "tokenizer": tokenizer(Path(sys.argv[2]), Path(sys.argv[3]))
    else: shards(Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]), int(sys.argv[5]), int(sys.argv[6]))
