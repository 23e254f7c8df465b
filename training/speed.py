"""Milliseconds of one look: the whole context, and a block of 64 with the rest remembered."""

import time

import numpy as np

from .parity import cached_feeds
from .scoring import OnnxScorer
from .tokens import FIRST_TEXT, MASK

LOOKS = 6


def speed(scorer: OnnxScorer, threads: int) -> dict:
    """Best of a few, on a row as long as the context allows; 64 masked tokens (32 where the context is short)."""
    shape = scorer.shape
    masked = min(64, shape.context // 4)
    ids = np.random.default_rng(0).integers(FIRST_TEXT, shape.vocabulary, (1, shape.context))
    block = np.arange(shape.context // 2, shape.context // 2 + masked)
    ids[0, block] = MASK
    rest = np.setdiff1d(np.arange(shape.context), block)
    candidates = np.full((1, masked, 8), FIRST_TEXT)
    names = ["candidate_logits", "top_ids", "top_logits", "log_sum_exp"]
    whole = scorer.feeds(ids, block[None], candidates, np.zeros((1, masked), np.int64))
    cached = cached_feeds(scorer, ids, block, rest, candidates)
    times = {"whole": [], "cached": []}
    for _ in range(LOOKS):
        for what, feeds in (("whole", whole), ("cached", cached)):
            begin = time.perf_counter()
            scorer.session.run(names, feeds)
            times[what].append(time.perf_counter() - begin)
    best = {what: round(1000 * min(all_), 1) for what, all_ in times.items()}
    return {
        "threads": threads,
        "length": shape.context,
        "masked": masked,
        "wholeMs": best["whole"],
        "cachedMs": best["cached"],
    }
