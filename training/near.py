"""Finds for each function of a repository the other one that is most like it, as retrieval will at run time."""

import numpy as np

BODY_FEATURES = 4096
HEAD_FEATURES = 1024
DUPLICATE = 0.9
"""Bodies more alike than this are copies: a model would learn to copy blindly."""


def _normalised(counts: np.ndarray) -> np.ndarray:
    """Square roots of counts, weighted by rarity, of length 1. [functions, features]"""
    rarity = np.log((1 + len(counts)) / (1 + (counts > 0).sum(0)))
    vectors = np.sqrt(counts) * rarity
    return vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-6)


def nearest(heads: list[np.ndarray], bodies: list[np.ndarray]) -> np.ndarray:
    """
    For each function the index of its nearest other body, or -1. `heads` and `bodies` are token ids of signatures and
    bodies. Likeness = 0.7 × cosine of bodies' token pairs + 0.3 × cosine of signatures' tokens.
    """
    count = len(bodies)
    found = np.full(count, -1, np.int32)
    if count < 2:
        return found
    body = np.zeros((count, BODY_FEATURES), np.float32)
    head = np.zeros((count, HEAD_FEATURES), np.float32)
    for row, (h, b) in enumerate(zip(heads, bodies)):
        pairs = (b[:-1].astype(np.int64) * 8191 + b[1:]) % BODY_FEATURES
        body[row] = np.bincount(pairs, minlength=BODY_FEATURES)
        head[row] = np.bincount(h.astype(np.int64) % HEAD_FEATURES, minlength=HEAD_FEATURES)
    body, head = _normalised(body), _normalised(head)
    for start in range(0, count, 512):
        alike = body[start : start + 512] @ body.T
        score = 0.7 * alike + 0.3 * (head[start : start + 512] @ head.T)
        score[alike > DUPLICATE] = -1
        score[np.arange(len(score)), start + np.arange(len(score))] = -1
        best = score.argmax(1)
        good = score[np.arange(len(score)), best] > 0.1
        found[start : start + 512] = np.where(good, best, -1)
    return found
