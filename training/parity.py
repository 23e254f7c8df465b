"""Whether two ways to run a denoiser say the same."""

import numpy as np

from .pack import Split
from .presets import Shape
from .rows import RowMaker, TokenFlags
from .scoring import OnnxScorer
from .tokens import EOS, MASK, PAD

ROWS = 8
LIKELY = 1e-4
"""Differences of log p count where p is above this."""


def probes(valid: Split, shape: Shape, flags: TokenFlags):
    """(ids [1, L], masked positions [1, M]) with a masked run in the middle and single masks around it."""
    maker = RowMaker(valid, shape, flags, 1, dropout=False)
    done = 0
    for index in np.random.default_rng(3).permutation(len(valid)):
        rng = np.random.default_rng(int(index))
        head, _, code = maker.view(int(index), rng, "nearest")
        if len(code) < 32:
            continue
        ids = np.concatenate([head, code, [EOS]])
        start = len(head) + int(rng.integers(2, len(code) - 18))
        masks = np.union1d(np.arange(start, start + 12), len(head) + rng.permutation(len(code))[:4])
        ids[masks] = MASK
        yield ids[None], masks[None], start
        done += 1
        if done == ROWS:
            return


def compared(pairs) -> dict:
    """Most and mean difference of log p of the likely tokens, and how often the likeliest is the same."""
    gaps, same = [], []
    for one, other in pairs:
        likely = one.top > np.log(LIKELY)
        gaps.append(np.abs(one.candidates - other.candidates)[likely])
        same.append(one.top_ids[..., 0] == other.top_ids[..., 0])
    gap = np.concatenate(gaps)
    return {
        "most": round(float(gap.max()), 5),
        "mean": round(float(gap.mean()), 6),
        "sameTop": round(float(np.mean(np.concatenate([s.ravel() for s in same]))), 4),
    }


def difference(one, other, valid: Split, shape: Shape, flags: TokenFlags) -> dict:
    """The top tokens of `one`, scored by both."""

    def pairs():
        for ids, masks, _ in probes(valid, shape, flags):
            kinds = np.zeros_like(masks)
            top = one.score(ids, masks, np.zeros((*masks.shape, 1), np.int64), kinds).top_ids
            yield one.score(ids, masks, top, kinds), other.score(ids, masks, top, kinds)

    return compared(pairs())


def cache_difference(scorer: OnnxScorer, valid: Split, shape: Shape, flags: TokenFlags) -> dict:
    """A block of 16 tokens with the rest remembered from a look at the same row, against the whole row."""

    def pairs():
        for ids, masks, start in probes(valid, shape, flags):
            block = np.arange(start, start + 12)
            rest = np.setdiff1d(np.arange(ids.shape[1]), block)
            asked = block[None]
            kinds = np.zeros_like(asked)
            top = scorer.score(ids, asked, np.zeros((*asked.shape, 1), np.int64), kinds).top_ids
            whole = scorer.score(ids, asked, top, kinds)
            feeds = cached_feeds(scorer, ids, block, rest, top)
            names = ["candidate_logits", "top_ids", "top_logits", "length_logits"]
            yield whole, type(whole)(*scorer.session.run(names, feeds))

    return compared(pairs())


def cached_feeds(
    scorer: OnnxScorer, ids: np.ndarray, block: np.ndarray, rest: np.ndarray, candidates: np.ndarray
) -> dict:
    """What to feed for `block` (contiguous positions) when all else is remembered from a look at the whole row."""
    shape = scorer.shape
    asked = block[None] - block[0]
    feeds = scorer.feeds(ids, block[None], np.zeros((1, len(block), 1), np.int64), asked * 0)
    names = ["pointer"] + [f"{part}.{layer}" for layer in range(shape.layers) for part in ("key", "value")]
    memory = dict(zip(names, scorer.session.run(names, feeds)))
    edges = np.concatenate([np.full(shape.halo, PAD), ids[0], np.full(shape.halo, PAD)])
    feeds.update(
        input_ids=edges[None, block[0] : block[-1] + 2 * shape.halo + 1],
        position_ids=block[None],
        mask_positions=asked,
        candidate_ids=candidates,
        kind_ids=asked * 0,
        past_ids=ids[:, rest],
        past_pointer=memory["pointer"][:, rest],
        **{f"past_{name}": memory[name][:, rest] for name in names[1:]},
    )
    return feeds
