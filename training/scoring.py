"""One way to ask a denoiser, whether it runs in PyTorch or as an exported graph in onnxruntime."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .model import Denoiser, gather
from .presets import Shape
from .tokens import MASK, PAD

TOP = 32


@dataclass
class Scores:
    """log p at the asked positions [B, M]: of the given candidates [B, M, C], of the likeliest TOP [B, M, TOP]."""

    candidates: np.ndarray
    top_ids: np.ndarray
    top: np.ndarray
    lengths: np.ndarray
    """Logits of lengths 1 … bins, [B, M, bins]."""


class TorchScorer:
    def __init__(self, model: Denoiser):
        self.model, self.device = model, model.embedding.weight.device

    @torch.no_grad()
    def score(self, ids, positions, candidates, kinds) -> Scores:
        ids, positions, candidates, kinds = (
            torch.as_tensor(a).to(self.device) for a in (ids, positions, candidates, kinds)
        )
        guess = None
        if self.model.guess is not None:
            guess = self.model.first_look(ids, positions, (ids.gather(1, positions) == MASK).float())
        states = self.model.states(ids, guess)
        scores = self.model.all_scores(states, ids, positions)
        top, top_ids = scores.topk(TOP, -1)
        lengths = self.model.length_logits(gather(states, positions), kinds).float()
        found = (scores.gather(2, candidates), top_ids, top, lengths)
        return Scores(*(value.cpu().numpy() for value in found))


class OnnxScorer:
    """An export of ours; whole rows, no cache."""

    def __init__(self, path: Path, shape: Shape, threads: int = 1):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.shape = shape

    def feeds(self, ids, positions, candidates, kinds) -> dict[str, np.ndarray]:
        batch, length = ids.shape
        edge = np.full((batch, self.shape.halo), PAD, np.int64)
        feeds = {
            "input_ids": np.concatenate([edge, ids, edge], 1),
            "position_ids": np.tile(np.arange(length), (batch, 1)),
            "mask_positions": np.asarray(positions, np.int64),
            "candidate_ids": np.asarray(candidates, np.int64),
            "kind_ids": np.asarray(kinds, np.int64),
            "past_ids": np.zeros((batch, 0), np.int64),
            "past_pointer": np.zeros((batch, 0, self.shape.pointer), np.float32),
        }
        for layer in range(self.shape.layers):
            for part in ("key", "value"):
                feeds[f"past_{part}.{layer}"] = np.zeros((batch, 0, self.shape.width), np.float32)
        return feeds

    def score(self, ids, positions, candidates, kinds) -> Scores:
        names = ["candidate_logits", "top_ids", "top_logits", "length_logits"]
        return Scores(*self.session.run(names, self.feeds(ids, positions, candidates, kinds)))
