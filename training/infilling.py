"""How often a masked node comes back exactly, told its length or guessing it; and whether the length head is honest."""

import numpy as np

from .pack import Split
from .presets import Shape
from .rows import RowMaker, TokenFlags
from .tokens import EOS, HOLE, MASK

SIZES = ((2, 4), (5, 8), (9, 24))


def fill(scorer, ids: np.ndarray, positions: np.ndarray) -> tuple[np.ndarray, float]:
    """Commits the surest masked token, one a look, until none is left. Returns the tokens and their mean log p."""
    ids, left, total = ids.copy(), list(positions), 0.0
    while left:
        asked = np.array([left])
        scores = scorer.score(ids[None], asked, np.zeros((1, len(left), 1), np.int64), np.zeros_like(asked))
        best = int(scores.top[0, :, 0].argmax())
        ids[left[best]] = scores.top_ids[0, best, 0]
        total += float(scores.top[0, best, 0])
        left.pop(best)
    return ids[positions], total / len(positions)


def softmax(logits: np.ndarray) -> np.ndarray:
    shifted = np.exp(logits - logits.max(-1, keepdims=True))
    return shifted / shifted.sum(-1, keepdims=True)


def spans_of(valid: Split, shape: Shape, flags: TokenFlags, rows: int, near: str, seed: int):
    """For each size `rows` spans of functions.valid, each as (header, code, start, length, kind)."""
    maker = RowMaker(valid, shape, flags, 1, dropout=False)
    wanted = {size: rows for size in SIZES}
    for index in np.random.default_rng(seed).permutation(len(valid)):
        rng = np.random.default_rng([seed, int(index)])
        head, offset, code = maker.view(int(index), np.random.default_rng(int(index)), near)
        spans = maker.candidates(int(index), offset, code)
        for size in SIZES:
            fitting = spans[(spans[:, 1] >= size[0]) & (spans[:, 1] <= size[1])]
            if wanted[size] and len(fitting):
                wanted[size] -= 1
                yield size, head, code, *(int(v) for v in fitting[rng.integers(len(fitting))])
        if not any(wanted.values()):
            return


def infilling(
    scorer, valid: Split, shape: Shape, flags: TokenFlags, rows: int, near: str = "nearest", seed: int = 11
) -> dict:
    """
    Exact matches by size with the true length; with the length head's likeliest length; and with the best by mean log p
    of its three likeliest. Calibration error: mean over ten bins of |how sure − how often right|, by their counts.
    """
    exact = {size: {"spans": 0, "oracle": 0, "predicted": 0, "bestOfThree": 0} for size in SIZES}
    sure, right, three = [], [], 0
    for size, head, code, start, length, kind in spans_of(valid, shape, flags, rows, near, seed):
        truth = code[start : start + length]

        def row(middle: np.ndarray) -> np.ndarray:
            after = code[start + length :][: shape.context - len(head) - start - len(middle) - 1]
            return np.concatenate([head, code[:start], middle, after, [EOS]])

        def filled(size: int) -> tuple[np.ndarray, float]:
            return fill(scorer, row(np.full(size, MASK)), len(head) + start + np.arange(size))

        at = np.array([[len(head) + start]])
        lengths = scorer.score(
            row(np.array([HOLE]))[None], at, np.zeros((1, 1, 1), np.int64), np.array([[kind]])
        ).lengths
        chances = softmax(lengths[0, 0])
        order = np.argsort(-chances)[:3] + 1
        found = exact[size]
        found["spans"] += 1
        answers = {int(n): filled(int(n)) for n in {*order, length} if len(head) + start + n < shape.context}
        same = length in answers and np.array_equal(answers[length][0], truth)
        found["oracle"] += same
        found["predicted"] += bool(same and order[0] == length)
        among = [int(n) for n in order if int(n) in answers]
        best = max(among, key=lambda n: answers[n][1], default=0)
        found["bestOfThree"] += bool(same and best == length)
        sure.append(float(chances[order[0] - 1]))
        right.append(bool(order[0] == length))
        three += length in order
    sure_, right_ = np.array(sure), np.array(right)
    bins = np.minimum((sure_ * 10).astype(int), 9)
    error = sum(abs(sure_[bins == b].mean() - right_[bins == b].mean()) * (bins == b).sum() for b in np.unique(bins))
    return {
        "exact": {
            f"{low}–{high}": {
                key: value if key == "spans" else round(value / max(1, counts["spans"]), 4)
                for key, value in counts.items()
            }
            for (low, high), counts in exact.items()
        },
        "length": {
            "right": round(float(right_.mean()), 4),
            "amongThree": round(three / len(right), 4),
            "calibrationError": round(float(error / len(right)), 4),
        },
    }
