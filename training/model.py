"""
The denoiser: a bidirectional transformer that says what stands under masks. RMSNorm (1910.07467) before each part,
rotary positions (2104.09864), SwiGLU (2002.05202), tied embeddings × √width and a depthwise convolution on them, no
time input (the mask count tells it: 2409.02908). Heads run at asked positions only: vocabulary and pointer
(2017 pointer-generator: p = g · p_vocabulary + (1 - g) · p_copy) mixed, and the length of a hole.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

from .presets import Shape
from .tokens import FIRST_TEXT, HOLE, MASK, PAD

ROTARY_BASE = 10_000.0
EPSILON = 1e-6
GUESSES = 4
"""Tokens of the last guess that a self-conditioned network sees at a mask."""
NEVER = -1e4
"""Stands for log 0 where -inf would give NaN gradients."""


def rotary_tables(shape: Shape) -> tuple[torch.Tensor, torch.Tensor]:
    """cos and sin, f32 [context, width / heads / 2]"""
    half = shape.width // shape.heads // 2
    angles = torch.outer(torch.arange(shape.context).float(), ROTARY_BASE ** (-torch.arange(half).float() / half))
    return angles.cos(), angles.sin()


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Rotary positions on [B, heads, L, size]: the first half of a head's width is paired with the second."""
    first, second = x.chunk(2, dim=-1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1)


def attend(q, k, v):
    """Everyone sees everyone, [B, heads, L, size]. On the CPU plain products: PyTorch's fused one is slower there."""
    if q.device.type == "cuda":
        return F.scaled_dot_product_attention(q, k, v)
    return (q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5).softmax(-1).to(v.dtype) @ v


class Norm(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return F.rms_norm(x.float(), (x.shape[-1],), self.gain, EPSILON).to(x.dtype)


class Layer(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        width, hidden = shape.width, shape.hidden
        self.heads = shape.heads
        self.attention_norm, self.hidden_norm = Norm(width), Norm(width)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.gate_up = nn.Linear(width, 2 * hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, x, cos, sin):
        batch, length, width = x.shape
        qkv = self.qkv(self.attention_norm(x)).view(batch, length, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        q, k = rotate(q, cos, sin).to(v.dtype), rotate(k, cos, sin).to(v.dtype)
        seen = attend(q, k, v)
        x = x + self.out(seen.transpose(1, 2).reshape(batch, length, width))
        gate, up = self.gate_up(self.hidden_norm(x)).chunk(2, dim=-1)
        return x + self.down(F.silu(gate) * up)


class Denoiser(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        width = shape.width
        self.embedding = nn.Embedding(shape.vocabulary, width)
        self.convolution = nn.Conv1d(width, width, 2 * shape.halo + 1, padding=shape.halo, groups=width, bias=False)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = Norm(width)
        self.pointer_query = nn.Linear(width, shape.pointer, bias=False)
        self.pointer_key = nn.Linear(width, shape.pointer, bias=False)
        self.pointer_gate = nn.Linear(width, 1)
        self.kind = nn.Embedding(shape.kinds, width)
        self.length_hidden = nn.Linear(width, width, bias=False)
        self.length = nn.Linear(width, shape.bins)
        self.guess = nn.Linear(width, width, bias=False) if shape.self_conditioning else None
        cos, sin = rotary_tables(shape)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        self.initialise()

    def initialise(self) -> None:
        width = self.shape.width
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=0.5 / math.sqrt(module.in_features))
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        nn.init.normal_(self.embedding.weight, std=1 / math.sqrt(width))
        with torch.no_grad():
            # A hole begins as a mask: what attention learns about one then serves the other.
            self.embedding.weight[HOLE] = self.embedding.weight[MASK]
        nn.init.normal_(self.kind.weight, std=0.1)
        nn.init.normal_(self.convolution.weight, std=0.1)
        for layer in self.layers:
            nn.init.zeros_(layer.out.weight)
            nn.init.zeros_(layer.down.weight)
        if self.guess is not None:
            nn.init.zeros_(self.guess.weight)
        nn.init.constant_(self.pointer_gate.bias, 2.0)

    def embed(self, ids, guess):
        """[B, L] → [B, L, width]; padding is zero. `guess`: (ids, weights) [B, L, few] of the last look, or None."""
        x = self.embedding(ids) * math.sqrt(self.shape.width) * (ids != PAD).unsqueeze(-1)
        x = x + self.convolution(x.transpose(1, 2)).transpose(1, 2)
        if guess is not None:
            tokens, weights = guess
            x = x + self.guess((self.embedding(tokens) * weights.unsqueeze(-1)).sum(-2) * math.sqrt(self.shape.width))
        return x

    def states(self, ids, guess=None):
        """Token ids i64 [B, L] → normed states [B, L, width]."""
        x = self.embed(ids, guess)
        cos, sin = self.cos[: ids.shape[1]], self.sin[: ids.shape[1]]
        for layer in self.layers:
            x = layer(x, cos, sin)
        return self.norm(x)

    def pointer(self, states, at, ids):
        """Log of copy probabilities by position f32 [B, M, L], and log g and log (1 - g) f32 [B, M, 1]."""
        scores = self.pointer_query(at) @ self.pointer_key(states).transpose(1, 2)
        scores = scores.float() / math.sqrt(self.shape.pointer)
        scores = scores.masked_fill((ids < FIRST_TEXT).unsqueeze(1), NEVER)
        gate = self.pointer_gate(at).float()
        return scores.log_softmax(-1), F.logsigmoid(gate), F.logsigmoid(-gate)

    def target_scores(self, states, ids, positions, targets):
        """log p of `targets` at `positions` (both [B, M]) after mixing, f32 [B, M]."""
        at = gather(states, positions)
        logits = F.linear(at, self.embedding.weight).float()
        from_vocabulary = -F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none").view_as(targets)
        copies, use, copy = self.pointer(states, at, ids)
        same = ids.unsqueeze(1) == targets.unsqueeze(2)
        from_copy = copies.masked_fill(~same, NEVER).logsumexp(-1)
        return torch.logaddexp(use.squeeze(-1) + from_vocabulary, copy.squeeze(-1) + from_copy)

    def all_scores(self, states, ids, positions):
        """log p of every token at `positions` after mixing, f32 [B, M, vocabulary]."""
        at = gather(states, positions)
        logits = F.linear(at, self.embedding.weight).float()
        copies, use, copy = self.pointer(states, at, ids)
        copied = torch.zeros_like(logits).scatter_add_(2, ids.unsqueeze(1).expand(copies.shape), copies.exp())
        return ((logits.log_softmax(-1) + use).exp() + copy.exp() * copied).clamp_min(1e-12).log()

    def first_look(self, ids, positions, weights):
        """The likeliest tokens and their p at `positions` where `weights` is 1, as `guess`: two tensors [B, L, few]."""
        p, tokens = self.all_scores(self.states(ids), ids, positions).exp().topk(GUESSES, -1)
        at, asked = positions.unsqueeze(-1).expand(-1, -1, GUESSES), weights.unsqueeze(-1)
        none = torch.zeros((*ids.shape, GUESSES), device=ids.device)
        # Unused slots of `positions` point at 0 with weight 0: sums are safe where a plain scatter would not be.
        return none.long().scatter_add(1, at, tokens * asked.long()), none.scatter_add(1, at, p * asked)

    def length_logits(self, at, kinds):
        """States at holes [..., width] and node kinds [...] → logits of lengths 1 … bins, [..., bins]."""
        return self.length(F.silu(self.length_hidden(at) + self.kind(kinds)))

    def forward(self, batch: dict, guess=None):
        """Sums of losses in nats with their counts: tokens (loss, count), lengths (loss, count)."""
        states = self.states(batch["ids"], guess)
        scores = self.target_scores(states, batch["ids"], batch["positions"], batch["targets"])
        logits = self.length_logits(gather(states, batch["holes"]), batch["hole_kinds"]).float()
        lengths = F.cross_entropy(logits.transpose(1, 2), batch["hole_lengths"], reduction="none")
        weights, holes = batch["weights"], batch["hole_weights"]
        return -(scores * weights).sum(), weights.sum(), (lengths * holes).sum(), holes.sum()


def gather(states: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
    """[B, L, width] at [B, M] → [B, M, width]"""
    return states.gather(1, positions.unsqueeze(-1).expand(-1, -1, states.shape[-1]))


def parameters(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())
