"""The bound on nats a token, free of any schedule, and what is right by share of masks."""

import numpy as np

from .pack import Split
from .presets import Shape
from .rows import RowMaker, TokenFlags
from .tokens import EOS, MASK

BINS = (0.25, 0.5, 0.75, 1.0)


def elbo(
    scorer, valid: Split, shape: Shape, flags: TokenFlags, rows: int, near: str = "nearest", seed: int = 7
) -> dict:
    """
    Nats a token of code given header. With λ = share of masks, ∫ dλ/λ · E[Σ masked −log p] / N is the mean over
    k = 1 … N of the mean loss of k masked tokens (MDLM 2406.07524, any-order 2110.02037): k is drawn stratified, one a
    row, the same rows and masks for every scorer and every `near`.
    """
    maker = RowMaker(valid, shape, flags, 1, dropout=False)
    rng = np.random.default_rng(seed)
    indices = rng.permutation(len(valid))
    nats = tokens = done = 0
    right, seen = np.zeros(len(BINS)), np.zeros(len(BINS))
    for index in indices:
        head, _, code = maker.view(int(index), np.random.default_rng(int(index)), near)
        if len(code) < 16:
            continue
        picked = np.random.default_rng([seed, int(index)])
        size = len(code)
        share = (done + picked.random()) / rows
        masks = np.sort(picked.permutation(size)[: max(1, int(np.ceil(size * share)))])
        ids = np.concatenate([head, code, [EOS]])
        positions = (len(head) + masks)[None]
        ids[positions] = MASK
        truth = code[masks][None, :, None]
        scores = scorer.score(ids[None], positions, truth, np.zeros_like(positions))
        nats += -scores.candidates.mean() * size
        tokens += size
        which = np.searchsorted(BINS, len(masks) / size)
        right[which] += (scores.top_ids[0, :, 0] == truth[0, :, 0]).sum()
        seen[which] += len(masks)
        done += 1
        if done == rows:
            break
    accuracy = {f"≤{edge}": round(float(r / max(1, s)), 4) for edge, r, s in zip(BINS, right, seen)}
    return {
        "elbo": round(float(nats / max(1, tokens)), 4),
        "rows": done,
        "codeTokens": tokens,
        "accuracyByMaskRate": accuracy,
    }
