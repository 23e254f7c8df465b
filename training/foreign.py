"""
Graphs of other people's masked-diffusion models as their exports look, small and with random weights: LLaDA
(2502.09992: no shift, no biases) and Dream or Open-dCoder (Qwen2: grouped heads, biases, logits shifted by one).
"""

from dataclasses import dataclass

import numpy as np

from .graph import FLOAT, INT, Graph

EPSILON = 1e-6


@dataclass(frozen=True)
class Foreign:
    vocabulary: int = 320
    width: int = 32
    layers: int = 2
    heads: int = 4
    key_heads: int = 4
    hidden: int = 48
    context: int = 128
    biases: bool = False
    cache: bool = False
    """Inputs past_key_values.* and outputs present.*, [B, key heads, tokens, size], the old ones and the new."""


class ForeignGraph:
    """B rows, A active tokens, P remembered ones, T = P + A."""

    def __init__(self, shape: Foreign, seed: int):
        self.shape, self.rng = shape, np.random.default_rng(seed)
        self.g = Graph("foreign")

    def random(self, *size: int) -> np.ndarray:
        return self.rng.normal(0, 1 / np.sqrt(size[0]), size).astype(np.float32)

    def linear(self, x: str, rows: int, columns: int, bias: bool) -> str:
        product = self.g.matmul(x, self.random(rows, columns))
        return self.g.op("Add", product, self.g.constant(self.random(columns))) if bias else product

    def build(self):
        g, shape = self.g, self.shape
        ids = g.input("input_ids", INT, ["B", "A"])
        mask = g.input("attention_mask", INT, ["B", "T" if shape.cache else "A"])
        if shape.cache:
            positions = g.input("position_ids", INT, ["B", "A"])
        else:
            length = g.op("Squeeze", g.slice(g.op("Shape", ids), 0, 1, 2))
            numbers = g.op("Range", g.constant(np.int64(0)), length, g.constant(np.int64(1)))
            positions = g.op("Unsqueeze", numbers, g.ints(0))
        hidden_mask = g.op("Sub", g.float(1), g.op("Cast", mask, to=FLOAT))
        self.bias = g.op("Unsqueeze", g.op("Mul", hidden_mask, g.float(-1e9)), g.ints(1, 2))
        half = shape.width // shape.heads // 2
        angles = np.outer(np.arange(shape.context), 10_000.0 ** (-np.arange(half) / half)).astype(np.float32)
        self.cos, self.sin = (
            g.op("Unsqueeze", g.op("Gather", g.constant(f(angles)), positions), g.ints(1)) for f in (np.cos, np.sin)
        )
        x = g.op("Gather", g.constant(self.rng.normal(0, 1, (shape.vocabulary, shape.width)).astype(np.float32)), ids)
        for layer in range(shape.layers):
            x = g.op("Add", x, self.attention(self.norm(x), layer))
            normed = self.norm(x)
            gate, up = (self.linear(normed, shape.width, shape.hidden, False) for _ in range(2))
            inside = g.op("Mul", g.op("Mul", gate, g.op("Sigmoid", gate)), up)
            x = g.op("Add", x, self.linear(inside, shape.hidden, shape.width, False))
        logits = self.linear(self.norm(x), shape.width, shape.vocabulary, False)
        g.output(logits, "logits", FLOAT, ["B", "A", shape.vocabulary])
        return g.model()

    def norm(self, x: str) -> str:
        gain = self.g.constant(np.ones(self.shape.width, np.float32))
        return self.g.op("SimplifiedLayerNormalization", x, gain, epsilon=EPSILON)

    def split_heads(self, x: str, heads: int) -> str:
        """[B, A, heads × size] → [B, heads, A, size]"""
        shaped = self.g.op("Reshape", x, self.g.ints(0, 0, heads, self.shape.width // self.shape.heads))
        return self.g.op("Transpose", shaped, perm=[0, 2, 1, 3])

    def rotated(self, x: str) -> str:
        g = self.g
        first, second = g.ops("Split", [x], 2, axis=-1, num_outputs=2)
        left = g.op("Sub", g.op("Mul", first, self.cos), g.op("Mul", second, self.sin))
        right = g.op("Add", g.op("Mul", second, self.cos), g.op("Mul", first, self.sin))
        return g.op("Concat", left, right, axis=-1)

    def attention(self, x: str, layer: int) -> str:
        g, shape = self.g, self.shape
        size = shape.width // shape.heads
        q = self.split_heads(self.linear(x, shape.width, shape.width, shape.biases), shape.heads)
        k, v = (
            self.split_heads(self.linear(x, shape.width, shape.key_heads * size, shape.biases), shape.key_heads)
            for _ in range(2)
        )
        q, k = self.rotated(q), self.rotated(k)
        if shape.cache:
            k, v = (self.remembered(value, layer, part) for part, value in (("key", k), ("value", v)))
        k, v = (self.repeated(value) for value in (k, v))
        scores = g.op("Mul", g.op("MatMul", q, g.op("Transpose", k, perm=[0, 1, 3, 2])), g.float(size**-0.5))
        seen = g.op("MatMul", g.op("Softmax", g.op("Add", scores, self.bias), axis=-1), v)
        joined = g.op("Reshape", g.op("Transpose", seen, perm=[0, 2, 1, 3]), g.ints(0, 0, shape.width))
        return self.linear(joined, shape.width, shape.width, False)

    def remembered(self, value: str, layer: int, part: str) -> str:
        g, shape = self.g, self.shape
        size = shape.width // shape.heads
        past = g.input(f"past_key_values.{layer}.{part}", FLOAT, ["B", shape.key_heads, "P", size])
        whole = g.op("Concat", past, value, axis=2)
        g.output(whole, f"present.{layer}.{part}", FLOAT, ["B", shape.key_heads, "T", size])
        return whole

    def repeated(self, value: str) -> str:
        """Each key head serves heads / key_heads query heads."""
        g, shape = self.g, self.shape
        times = shape.heads // shape.key_heads
        if times == 1:
            return value
        size = shape.width // shape.heads
        tiled = g.op("Tile", g.op("Unsqueeze", value, g.ints(2)), g.ints(1, 1, times, 1, 1))
        return g.op("Reshape", tiled, g.ints(0, shape.heads, -1, size))
