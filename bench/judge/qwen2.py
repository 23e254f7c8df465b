"""The forward pass of Qwen2 (Qwen2 technical report, 2024) in numpy: RMSNorm, RoPE, grouped queries, SwiGLU, tied embeddings."""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file


class Qwen2:
    def __init__(self, folder: Path):
        config = json.loads((folder / "config.json").read_text())
        self.layers = config["num_hidden_layers"]
        self.heads = config["num_attention_heads"]
        self.kv_heads = config["num_key_value_heads"]
        self.width = config["hidden_size"] // self.heads
        self.epsilon = config["rms_norm_eps"]
        self.theta = config["rope_theta"]
        if not config["tie_word_embeddings"]:
            raise ValueError("Only models with tied embeddings are read.")
        tensors = load_file(folder / "model.safetensors")
        self.weights = {name: value.astype(np.float32) for name, value in tensors.items()}

    def hidden(self, tokens: np.ndarray) -> np.ndarray:
        """Last hidden states (rows, length, hidden) of rows of tokens."""
        length = tokens.shape[1]
        state = self.weights["model.embed_tokens.weight"][tokens]
        turn = self._turns(length)
        mask = np.triu(np.full((length, length), -np.inf, np.float32), 1)
        for layer in range(self.layers):
            state = state + self._attend(f"model.layers.{layer}.", state, turn, mask)
            state = state + self._feed(f"model.layers.{layer}.", state)
        return self._norm(state, "model.norm.weight")

    def log_likelihoods(self, hidden: np.ndarray, tokens: np.ndarray) -> np.ndarray:
        """Natural logarithm of each token's probability, given the hidden state before it."""
        scores = hidden @ self.weights["model.embed_tokens.weight"].T
        most = scores.max(-1, keepdims=True)
        total = np.log(np.exp(scores - most).sum(-1)) + most[..., 0]
        return np.take_along_axis(scores, tokens[..., None], -1)[..., 0] - total

    def _attend(self, layer: str, state: np.ndarray, turn, mask: np.ndarray) -> np.ndarray:
        rows, length, _ = state.shape
        normed = self._norm(state, f"{layer}input_layernorm.weight")

        def heads(kind: str, count: int) -> np.ndarray:
            found = self._linear(normed, f"{layer}self_attn.{kind}_proj")
            return found.reshape(rows, length, count, self.width).transpose(0, 2, 1, 3)

        queries = _turned(heads("q", self.heads), turn)
        keys = _turned(heads("k", self.kv_heads), turn)
        values = heads("v", self.kv_heads)
        group = self.heads // self.kv_heads
        keys, values = np.repeat(keys, group, 1), np.repeat(values, group, 1)
        scores = queries @ keys.transpose(0, 1, 3, 2) / np.float32(np.sqrt(self.width)) + mask
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        shares /= shares.sum(-1, keepdims=True)
        mixed = (shares @ values).transpose(0, 2, 1, 3).reshape(rows, length, -1)
        return self._linear(mixed, f"{layer}self_attn.o_proj")

    def _feed(self, layer: str, state: np.ndarray) -> np.ndarray:
        normed = self._norm(state, f"{layer}post_attention_layernorm.weight")
        gate = self._linear(normed, f"{layer}mlp.gate_proj")
        gate = gate / (1 + np.exp(-gate))
        return self._linear(gate * self._linear(normed, f"{layer}mlp.up_proj"), f"{layer}mlp.down_proj")

    def _norm(self, state: np.ndarray, name: str) -> np.ndarray:
        scale = np.sqrt(np.square(state).mean(-1, keepdims=True) + np.float32(self.epsilon))
        return state / scale * self.weights[name]

    def _linear(self, state: np.ndarray, name: str) -> np.ndarray:
        found = state @ self.weights[f"{name}.weight"].T
        bias = self.weights.get(f"{name}.bias")
        return found if bias is None else found + bias

    def _turns(self, length: int) -> tuple[np.ndarray, np.ndarray]:
        """Cosines and sines by position (Su et al., RoFormer, 2021), the halves of a head turned against each other."""
        speeds = self.theta ** (-np.arange(0, self.width, 2) / self.width)
        angles = np.outer(np.arange(length), np.concatenate([speeds, speeds]))
        return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


def _turned(heads: np.ndarray, turn: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    cosines, sines = turn
    first, second = np.split(heads, 2, -1)
    return heads * cosines + np.concatenate([-second, first], -1) * sines
