"""Trains the byte-level BPE.

A word has the same tokens after a space, a quote or an underscore, so that copying it is copying tokens: merges never join a
space to letters, except that at the end the commonest whole words get a token with their space.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>"]


def pipeline():
    # What llama.cpp calls "smollm": each digit alone, then the GPT-2 pieces.
    return pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])


def train(texts: list[str], size: int, with_space: int, out: Path) -> Tokenizer:
    counts = Counter(w for t in texts for w in re.findall(r" [a-z]+", t))
    base = Tokenizer(models.BPE())
    base.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(r"\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s"), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    base.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=size - len(SPECIAL) - with_space, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False, max_token_length=16))
    data = json.loads(base.to_str())
    merges = [tuple(m) for m in data["model"]["merges"]]
    tokens = sorted(data["model"]["vocab"], key=data["model"]["vocab"].get)
    whole = set(tokens)
    extra = [w[1:] for w, _ in counts.most_common() if w[1:] in whole][:with_space]
    merges += [("Ġ", w) for w in extra]
    tokens += ["Ġ" + w for w in extra]
    vocab = {t: i for i, t in enumerate(SPECIAL + tokens)}
    tok = Tokenizer(models.BPE(vocab=vocab, merges=merges))
    tok.pre_tokenizer = pipeline()
    tok.decoder = decoders.ByteLevel()
    tok.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in SPECIAL])
    tok.save(str(out), pretty=False)
    return tok


class Encoder:
    """Encodes segments; only in those marked special are markers tokens."""

    def __init__(self, path: Path):
        self.special = Tokenizer.from_file(str(path))
        data = json.loads(path.read_text())
        data["added_tokens"] = []
        self.plain = Tokenizer.from_str(json.dumps(data))
        self.ids = {t: i for i, t in enumerate(SPECIAL)}

    def __call__(self, segments: list[tuple[str, bool]]) -> list[int]:
        out: list[int] = []
        text = ""
        for piece, special in segments + [("", True)]:
            if special:
                if text: out += self.plain.encode(text, add_special_tokens=False).ids
                text = ""
                if piece: out.append(self.ids[piece])
            else:
                text += piece
        return out
