"""
Our denoiser as an ONNX graph. One graph serves whole rows and cached blocks: the active tokens see the keys and values
given for the rest, of which there may be none. B rows, A active tokens, P remembered ones, M asked positions,
C candidates, W width, D layers.
"""

import math

import numpy as np

from .graph import FLOAT, FUSED, INT, Graph, quantised
from .model import EPSILON, NEVER, ROTARY_BASE
from .presets import Shape
from .scoring import TOP
from .tokens import FIRST_TEXT, PAD

END = 2**31 - 1


class DenoiserGraph:
    """`weights`: the model's parameters by name as f32 arrays."""

    def __init__(self, shape: Shape, weights: dict[str, np.ndarray], int8: bool):
        self.shape, self.weights = shape, weights
        self.g = Graph("lodestone-denoiser", int8)

    def build(self):
        g, shape = self.g, self.shape
        ids = g.input("input_ids", INT, ["B", "A_and_halo"])
        positions = g.input("position_ids", INT, ["B", "A"])
        asked = g.input("mask_positions", INT, ["B", "M"])
        candidates = g.input("candidate_ids", INT, ["B", "M", "C"])
        kinds = g.input("kind_ids", INT, ["B", "M"])
        past_ids = g.input("past_ids", INT, ["B", "P"])
        past_pointer = g.input("past_pointer", FLOAT, ["B", "P", shape.pointer])
        active = g.slice(ids, 1, shape.halo, -shape.halo) if shape.halo else ids
        self.embedding_table()
        x = self.convolved(self.embed(ids))
        seen_ids = g.op("Concat", past_ids, active, axis=1)
        keep = g.op("Cast", g.op("Not", g.op("Equal", seen_ids, g.ints(PAD))), to=6)
        x = self.layers(x, positions, keep)
        at = g.op("GatherND", x, g.op("Unsqueeze", asked, g.ints(2)), batch_dims=1)
        pointer = g.plain_matmul(x, self.weights["pointer_key.weight"].T)
        g.output(pointer, "pointer", FLOAT, ["B", "A", shape.pointer])
        self.vocabulary(at, g.op("Concat", past_pointer, pointer, axis=1), seen_ids, candidates)
        hidden = g.op(
            "Add",
            g.plain_matmul(at, self.weights["length_hidden.weight"].T),
            g.op("Gather", g.constant(self.weights["kind.weight"]), kinds),
        )
        hidden = g.op("QuickGelu", hidden, domain=FUSED, alpha=1.0)
        lengths = g.op(
            "Add", g.plain_matmul(hidden, self.weights["length.weight"].T), g.constant(self.weights["length.bias"])
        )
        g.output(lengths, "length_logits", FLOAT, ["B", "M", shape.bins])
        return g.model()

    def embedding_table(self) -> None:
        """One table serves embedding and vocabulary: the transpose is folded when the session starts."""
        g, table = self.g, self.weights["embedding.weight"].astype(np.float32)
        if g.int8:
            values, scales = quantised(table, axis=0)
            self.table, self.scales = g.constant(values), g.constant(scales)
            self.row_scales = g.constant(scales[:, None] * np.float32(math.sqrt(self.shape.width)))
        else:
            self.table = g.constant(table)

    def embed(self, ids: str) -> str:
        g = self.g
        rows = g.op("Gather", self.table, ids)
        if g.int8:
            rows = g.op("Mul", g.op("Cast", rows, to=FLOAT), g.op("Gather", self.row_scales, ids))
        else:
            rows = g.op("Mul", rows, g.float(math.sqrt(self.shape.width)))
        seen = g.op("Cast", g.op("Not", g.op("Equal", ids, g.ints(PAD))), to=FLOAT)
        return g.op("Mul", rows, g.op("Unsqueeze", seen, g.ints(2)))

    def convolved(self, x: str) -> str:
        """[B, A + 2 halo, W] → [B, A, W]: x + depthwise convolution, as a sum of shifted products."""
        g, kernel = self.g, self.weights["convolution.weight"][:, 0, :].copy()
        kernel[:, self.shape.halo] += 1
        size = kernel.shape[1]
        parts = [g.op("Mul", g.slice(x, 1, at, at - size + 1 or END), g.constant(kernel[:, at])) for at in range(size)]
        return g.op("Sum", *parts)

    def layers(self, x: str, positions: str, keep: str) -> str:
        g, shape = self.g, self.shape
        half = shape.width // shape.heads // 2
        angles = np.outer(np.arange(shape.context), ROTARY_BASE ** (-np.arange(half) / half))
        self.cos, self.sin = (
            g.constant(np.cos(angles).astype(np.float32)),
            g.constant(np.sin(angles).astype(np.float32)),
        )
        normed = g.op("SimplifiedLayerNormalization", x, self.gain("layers.0.attention_norm"), epsilon=EPSILON)
        for layer in range(shape.layers):
            seen = self.attention(normed, layer, positions, keep)
            normed, x = self.add_and_norm(x, seen, f"layers.{layer}.hidden_norm")
            gate, up = self.matmuls(normed, f"layers.{layer}.gate_up.weight", 2)
            inside = g.op("Mul", g.op("QuickGelu", gate, domain=FUSED, alpha=1.0), up)
            after = f"layers.{layer + 1}.attention_norm" if layer + 1 < shape.layers else "norm"
            normed, x = self.add_and_norm(x, g.matmul(inside, self.weights[f"layers.{layer}.down.weight"].T), after)
        return normed

    def matmuls(self, x: str, name: str, count: int) -> list[str]:
        """What the network multiplies at once, apart: splitting the product costs onnxruntime more."""
        return [self.g.matmul(x, part.T) for part in np.split(self.weights[name], count)]

    def gain(self, name: str) -> str:
        return self.g.constant(self.weights[f"{name}.gain"])

    def add_and_norm(self, x: str, more: str, name: str) -> tuple[str, str]:
        """RMSNorm(x + more) and x + more."""
        results = self.g.ops("SkipSimplifiedLayerNormalization", [x, more, self.gain(name)], 4, FUSED, epsilon=EPSILON)
        return results[0], results[3]

    def attention(self, x: str, layer: int, positions: str, keep: str) -> str:
        g, shape = self.g, self.shape
        q, k, v = self.matmuls(x, f"layers.{layer}.qkv.weight", 3)
        rotary = {"domain": FUSED, "num_heads": shape.heads, "rotary_embedding_dim": shape.width // shape.heads}
        q = g.op("RotaryEmbedding", q, positions, self.cos, self.sin, **rotary)
        k = g.op("RotaryEmbedding", k, positions, self.cos, self.sin, **rotary)
        whole = []
        for part, value in (("key", k), ("value", v)):
            past = g.input(f"past_{part}.{layer}", FLOAT, ["B", "P", shape.width])
            g.output(value, f"{part}.{layer}", FLOAT, ["B", "A", shape.width])
            whole.append(g.op("Concat", past, value, axis=1))
        seen = g.op("MultiHeadAttention", q, *whole, "", keep, domain=FUSED, num_heads=shape.heads)
        return g.matmul(seen, self.weights[f"layers.{layer}.out.weight"].T)

    def vocabulary(self, at: str, pointer: str, seen_ids: str, candidates: str) -> None:
        """p = g · p_vocabulary + (1 - g) · p_copy, of which only logarithms of what is asked leave the graph."""
        g, shape = self.g, self.shape
        columns = g.op("Transpose", self.table, perm=[1, 0])
        if g.int8:
            logits = g.op("DynamicQuantizeMatMul", at, columns, self.scales, domain=FUSED)
        else:
            logits = g.op("MatMul", at, columns)
        gate = g.op(
            "Add",
            g.plain_matmul(at, self.weights["pointer_gate.weight"].T),
            g.constant(self.weights["pointer_gate.bias"]),
        )
        use, copy = g.op("Sigmoid", gate), g.op("Sigmoid", g.op("Neg", gate))
        query = g.plain_matmul(at, self.weights["pointer_query.weight"].T / np.float32(math.sqrt(shape.pointer)))
        scores = g.op("MatMul", query, g.op("Transpose", pointer, perm=[0, 2, 1]))
        special = g.op("Unsqueeze", g.op("Less", seen_ids, g.ints(FIRST_TEXT)), g.ints(1))
        scores = g.op("Where", special, g.float(NEVER), scores)
        copies = g.op("Mul", g.op("Softmax", scores, axis=-1), copy)
        index = g.op("Expand", g.op("Unsqueeze", seen_ids, g.ints(1)), g.op("Shape", copies))
        p = g.op(
            "ScatterElements",
            g.op("Mul", g.op("Softmax", logits, axis=-1), use),
            index,
            copies,
            axis=2,
            reduction="add",
        )
        g.output(g.op("Log", g.op("ReduceSum", p, g.ints(2), keepdims=0)), "log_sum_exp", FLOAT, ["B", "M"])
        least = g.float(1e-12)
        top, ids = g.ops("TopK", [p, g.ints(TOP)], 2, axis=-1)
        g.output(ids, "top_ids", INT, ["B", "M", TOP])
        g.output(g.op("Log", g.op("Max", top, least)), "top_logits", FLOAT, ["B", "M", TOP])
        asked = g.op("GatherElements", p, candidates, axis=2)
        g.output(g.op("Log", g.op("Max", asked, least)), "candidate_logits", FLOAT, ["B", "M", "C"])
