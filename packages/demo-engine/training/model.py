"""The decoder: RMSNorm, rotary positions (halves), causal attention, SwiGLU, tied embeddings: the llama shape."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F


@dataclass
class Config:
    vocab: int = 2048
    width: int = 192
    layers: int = 5
    heads: int = 4
    hidden: int = 512
    context: int = 2048
    theta: float = 100000.0
    eps: float = 1e-5

    @property
    def head(self) -> int:
        return self.width // self.heads

    def dict(self) -> dict:
        return asdict(self)


class Block(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.c = c
        self.norm1 = nn.Parameter(torch.ones(c.width))
        self.norm2 = nn.Parameter(torch.ones(c.width))
        self.q = nn.Parameter(torch.empty(c.width, c.width))
        self.k = nn.Parameter(torch.empty(c.width, c.width))
        self.v = nn.Parameter(torch.empty(c.width, c.width))
        self.o = nn.Parameter(torch.empty(c.width, c.width))
        self.gate = nn.Parameter(torch.empty(c.hidden, c.width))
        self.up = nn.Parameter(torch.empty(c.hidden, c.width))
        self.down = nn.Parameter(torch.empty(c.width, c.hidden))
        for p in (self.q, self.k, self.v, self.gate, self.up):
            nn.init.normal_(p, std=0.6 * c.width ** -0.5)
        for p in (self.o, self.down):
            nn.init.normal_(p, std=0.1 * c.width ** -0.5)

    def forward(self, x, cos, sin):
        c = self.c
        b, t, _ = x.shape
        y = F.rms_norm(x, (c.width,), self.norm1, c.eps)
        q, k, v = F.linear(y, torch.cat([self.q, self.k, self.v])).view(b, t, 3, c.heads, c.head).permute(2, 0, 3, 1, 4)
        half = c.head // 2

        def rotate(z):
            z1, z2 = z[..., :half], z[..., half:]
            return torch.cat([z1 * cos - z2 * sin, z2 * cos + z1 * sin], -1)

        # Spelled out: on a CPU in bfloat16 this is faster than the fused kernel, whose backward pass is slow.
        mask = torch.full((t, t), -1e4, dtype=q.dtype).triu(1)
        scores = (rotate(q) * c.head ** -0.5) @ rotate(k).transpose(-1, -2) + mask
        a = scores.softmax(-1, dtype=q.dtype) @ v
        x = x + F.linear(a.transpose(1, 2).reshape(b, t, c.width), self.o)
        y = F.rms_norm(x, (c.width,), self.norm2, c.eps)
        g, u = F.linear(y, torch.cat([self.gate, self.up])).chunk(2, -1)
        return x + F.linear(F.silu(g) * u, self.down)


class Model(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.c = c
        self.embed = nn.Parameter(torch.randn(c.vocab, c.width))
        self.blocks = nn.ModuleList(Block(c) for _ in range(c.layers))
        # Embeddings of size one, so that the blocks do not drown the token; the last norm brings the tied logits back to that size.
        self.norm = nn.Parameter(torch.full((c.width,), c.width ** -0.5))
        f = c.theta ** (-torch.arange(0, c.head, 2).float() / c.head)
        angle = torch.outer(torch.arange(c.context).float(), f)
        self.register_buffer("cos", angle.cos(), persistent=False)
        self.register_buffer("sin", angle.sin(), persistent=False)

    def forward(self, ids, keep=None):
        """Logits at every position, or at the flat positions `keep` only."""
        c, t = self.c, ids.shape[1]
        low = torch.is_autocast_enabled("cpu")
        x = F.embedding(ids, self.embed)
        cos, sin = self.cos[:t], self.sin[:t]
        if low: x, cos, sin = x.bfloat16(), cos.bfloat16(), sin.bfloat16()
        for block in self.blocks:
            x = block(x, cos, sin)
        x = F.rms_norm(x, (c.width,), self.norm, c.eps)
        if keep is not None:
            x = x.reshape(-1, c.width)[keep]
        return F.linear(x, self.embed)
