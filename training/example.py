"""example.json: one row and what the model says of it, for parity tests in other languages and runtimes."""

import json
from pathlib import Path

import numpy as np

FIRST = 8
DIGITS = 5


def write_example(path: Path, by: str, ids: np.ndarray, positions: np.ndarray, log_p: np.ndarray) -> None:
    """
    `ids` [L] with masks at `positions` [M]; `log_p` f32 [M, vocabulary] of what stands there, a logit shift already
    undone. The FIRST likeliest tokens are written; `by` says which runtime told them.
    """
    order = np.argsort(-log_p, axis=1, kind="stable")[:, :FIRST]
    rows = [
        {"position": int(at), "ids": best.tolist(), "logP": [round(float(p[token]), DIGITS) for token in best]}
        for at, best, p in zip(positions, order, log_p)
    ]
    path.write_text(json.dumps({"by": by, "ids": ids.tolist(), "answers": rows}) + "\n")
