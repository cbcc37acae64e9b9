"""Writes a copying circuit into three attention heads, so that training need not find it by itself.

A small model learns to copy only after a long plateau; on one CPU core that plateau would be most of the training. The
circuit is the well-known induction pair: a head of the first block attends to the token before and notes which one it
was; two heads of the second block look for the place where the current token is that note, and repeat what stands there.
It is a beginning like any other initialisation: training changes it freely.
"""

from __future__ import annotations

import torch

from model import Model


@torch.no_grad()
def plant(model: Model, seed: int = 0, sharp: float = 7.4, note: float = 2.0, match: float = 1.7, repeat: float = 4.0) -> None:
    c = model.c
    g = torch.Generator().manual_seed(seed)
    half, d = c.head // 2, c.width
    angle = c.theta ** (-torch.arange(half).float() / half)
    fast, slow = torch.arange(0, 9), torch.arange(10, half)
    size = 2 * len(slow)

    # One dimension is the same for all tokens, some are free for the notes, the rest is the token.
    constant, notes, rest = 0, torch.arange(1, 1 + size), torch.arange(1 + size, d)
    model.embed[:, constant] = 4.0
    model.embed[:, notes] = 0.0
    level = 4.0 / model.embed.pow(2).mean(1).sqrt().mean()

    def orthonormal(rows: int) -> torch.Tensor:
        q, _ = torch.linalg.qr(torch.randn(len(rest), rows, generator=g))
        return q.T

    key = orthonormal(size)
    first, second = model.blocks[0], model.blocks[1]

    # Rotary positions alone decide: the score is highest at a distance of one.
    head = slice(0, c.head)
    for m in (first.q, first.k, first.v): m[head] = 0
    first.o[:, head] = 0
    first.q[fast, constant] = sharp / level
    first.k[fast, constant] = sharp / level * angle[fast].cos()
    first.k[fast + half, constant] = sharp / level * angle[fast].sin()
    first.v[:size, rest] = key
    first.o[notes, :size] = note * torch.eye(size)

    # Slow rotations hardly disturb a comparison of contents.
    places = torch.cat([slow, slow + half])
    copied = orthonormal(2 * c.head)
    for i in range(2):
        at = i * c.head
        head = slice(at, at + c.head)
        for m in (second.q, second.k, second.v): m[head] = 0
        second.o[:, head] = 0
        second.q[(at + places)[:, None], rest[None]] = match * key
        second.k[at + places, notes] = match
        part = copied[i * c.head: (i + 1) * c.head]
        second.v[head, rest] = part
        second.o[rest, head] = repeat * part.T
