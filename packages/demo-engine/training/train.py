"""Trains for a given wall time.  python train.py SHARDS TOKENIZER SEEDS OUT MINUTES [MUON_RATE [CHECKPOINT]]

With a checkpoint, training goes on from there on long conversations and at half the rate. The learning rate falls linearly to zero at the end of the time. Hidden matrices are trained with Muon (momentum, then
orthogonalised by Newton-Schulz), the rest with Adam. The loss is on the answers, and a little on the requests.
"""

import json
import sys
import time
from pathlib import Path
from random import Random

import numpy as np
import torch
import torch.nn.functional as F

from bpe import Encoder
from circuit import plant
from corpus import composer, encode, is_test
from model import Config, Model

torch.set_num_threads(1)
REQUEST_WEIGHT = 0.15


def plan(part: float) -> tuple[int, int]:
    """By the part of the time that is over: the longest conversation and the tokens of a batch. Many small steps first."""
    if part < 0.12: return 256, 2048
    if part < 0.3: return 512, 3072
    if part < 0.75: return 1024, 4096
    return 1024, 8192


class Muon:
    def __init__(self, params, lr: float, momentum: float = 0.95, decay: float = 0.02):
        self.groups: dict[tuple, list] = {}
        for p in params: self.groups.setdefault(tuple(p.shape), []).append(p)
        self.lr, self.momentum, self.decay = lr, momentum, decay
        self.buffers = {s: torch.zeros(len(ps), *s) for s, ps in self.groups.items()}

    @torch.no_grad()
    def step(self, scale: float) -> None:
        for shape, ps in self.groups.items():
            g, buf = torch.stack([p.grad for p in ps]), self.buffers[shape]
            buf.lerp_(g, 1 - self.momentum)
            x = torch.lerp(g, buf, self.momentum).bfloat16()
            flip = shape[0] > shape[1]
            if flip: x = x.mT
            x = x / (x.float().norm(dim=(-2, -1), keepdim=True).bfloat16() + 1e-7)
            for _ in range(5):
                a = x @ x.mT
                x = 3.4445 * x + (-4.775 * a + 2.0315 * a @ a) @ x
            if flip: x = x.mT
            lr = self.lr * scale
            for p, u in zip(ps, x.float()):
                p.mul_(1 - lr * self.decay).add_(u, alpha=-lr * max(1, shape[0] / shape[1]) ** 0.5)


def batches(folder: Path, seed: int, sizes):
    """Conversations of like length together; shards in turn, again and again. `sizes()` says (longest, tokens a batch)."""
    r, epoch = np.random.default_rng(seed), 0
    while True:
        for path in sorted(p for p in folder.glob("shard-*.npz") if ".part" not in p.name):
            z = np.load(path)
            ids, rows = z["ids"].astype(np.int64), z["rows"]
            starts = np.concatenate([[0], np.cumsum(rows[:, 0])[:-1]])
            longest, size = sizes()
            order = np.argsort(rows[:, 0] + r.uniform(0, 12, len(rows)))
            groups, now = [], []
            for i in order:
                if rows[i, 0] > longest: break
                if now and (len(now) + 1) * rows[i, 0] > size: groups.append(now); now = []
                now.append(i)
            groups.append(now)
            for k in r.permutation(len(groups)):
                g = groups[k]
                width = max(rows[i, 0] for i in g) - 1
                x, y, w = np.zeros((len(g), width), np.int64), np.zeros((len(g), width), np.int64), np.zeros((len(g), width), np.float32)
                for j, i in enumerate(g):
                    n, answer, a, b = rows[i]
                    one = ids[starts[i]: starts[i] + n]
                    x[j, : n - 1], y[j, : n - 1] = one[:-1], one[1:]
                    w[j, a + 2: b] = REQUEST_WEIGHT
                    w[j, answer - 1: n - 1] = 1
                yield torch.from_numpy(x), torch.from_numpy(y), torch.from_numpy(w), int(rows[g, 0].sum())
        epoch += 1


def exact(model: Model, examples: list, thinking: bool) -> dict:
    """Greedy decoding is exact where every token of the answer is the likeliest one after the right ones before it."""
    right: dict[str, list[bool]] = {}
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for kind, ids, at in examples:
            x = torch.tensor([ids])
            best = model(x[:, :-1])[0].argmax(-1)
            right.setdefault(kind, []).append(bool((best[at - 1:] == x[0, at:]).all()))
    every = [b for v in right.values() for b in v]
    return {"all": round(sum(every) / len(every), 3), **{k: round(sum(v) / len(v), 2) for k, v in sorted(right.items())}}


def examples(tokenizer: Path, seeds: Path, held_out: bool, count: int) -> list:
    c, encoder, r, out = composer(seeds, held_out), Encoder(tokenizer), Random(2024), []
    while len(out) < count:
        s = c.draw(r)
        if is_test(s) or held_out:
            ids, at, _ = encode(s, encoder, False)
            if len(ids) <= 1024 and s.kind not in ("none", "seed-none"): out.append((s.kind, ids, at))
    return out


def main() -> None:
    shards, tokenizer, seeds, out, minutes = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]), float(sys.argv[5])
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    config = Config()
    model = Model(config)
    plant(model)
    before = 0
    if len(sys.argv) > 7:
        checkpoint = torch.load(sys.argv[7], weights_only=True)
        model.load_state_dict(checkpoint["model"])
        before = checkpoint["tokens"]
    resumed = before > 0
    matrices = [p for b in model.blocks for p in b.parameters() if p.ndim == 2]
    rest = [p for p in model.parameters() if not any(p is m for m in matrices)]
    muon = Muon(matrices, float(sys.argv[6]) if len(sys.argv) > 6 else 0.02)
    rates = [(model.embed, 0.03), *((p, 3e-3) for p in rest if p is not model.embed)]
    adam = torch.optim.AdamW([{"params": [p], "base": lr} for p, lr in rates], betas=(0.9, 0.95), weight_decay=0.0)
    print("parameters", sum(p.numel() for p in model.parameters()), flush=True)
    seen, unseen = examples(tokenizer, seeds, False, 100), examples(tokenizer, seeds, True, 100)
    start, tokens, step, shown, saved, judged, running = time.time(), 0, 0, 0.0, 0.0, 0.0, []
    part = 0.0
    stream = batches(shards, 2 if resumed else 1, lambda: plan(max(part, 0.3) if resumed else part))
    while True:
        spent = time.time() - start
        part = spent / (minutes * 60)
        if part >= 1: break
        x, y, w, n = next(stream)
        scale = min(1, (step + 1) / 40) * (1 - part) * (0.5 if resumed else 1)
        keep = w.reshape(-1).nonzero()[:, 0]
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(x, keep)
        weights = w.reshape(-1)[keep]
        losses = F.cross_entropy(logits.float(), y.reshape(-1)[keep], reduction="none")
        (losses * weights).sum().div(weights.sum()).backward()
        torch.nn.utils.clip_grad_norm_(rest, 1.0)
        muon.step(scale)
        for g in adam.param_groups: g["lr"] = g["base"] * scale
        adam.step()
        for p in model.parameters(): p.grad = None
        answer = weights == 1
        running.append(losses[answer].mean().item())
        tokens += n
        step += 1
        if spent - shown > 30:
            shown = spent
            print(f"{spent:6.0f}s step {step} tokens {tokens / 1e6:.2f}M loss {np.mean(running[-60:]):.4f} tok/s {tokens / max(spent, 1):.0f}", flush=True)
        if spent - saved > 150 or spent - judged > 420:
            saved = spent
            torch.save({"config": config.dict(), "model": model.state_dict(), "tokens": before + tokens, "seconds": spent}, out / "checkpoint.part")
            (out / "checkpoint.part").rename(out / "checkpoint.pt")
        if spent - judged > 420:
            judged = spent
            print("  exact, test split:", json.dumps(exact(model, seen, False)), flush=True)
            print("  exact, unseen nouns:", json.dumps(exact(model, unseen, False)), flush=True)
    spent = time.time() - start
    torch.save({"config": config.dict(), "model": model.state_dict(), "tokens": before + tokens, "seconds": spent}, out / "checkpoint.pt")
    print(f"done: {tokens / 1e6:.2f}M tokens in {spent:.0f}s", flush=True)
    print("  exact, test split:", json.dumps(exact(model, seen, False)), flush=True)
    print("  exact, unseen nouns:", json.dumps(exact(model, unseen, False)), flush=True)


if __name__ == "__main__":
    main()
