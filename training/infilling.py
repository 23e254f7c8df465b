"""How often a masked node comes back exactly, told its length or guessing it; and whether the length head is honest."""

from dataclasses import dataclass

import numpy as np

from .pack import Split
from .presets import Shape
from .rows import RowMaker, TokenFlags
from .scoring import OnnxScorer, TorchScorer
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


@dataclass
class Hole:
    """A place between two stretches of code, to be filled with any number of tokens."""

    scorer: TorchScorer | OnnxScorer
    shape: Shape
    head: np.ndarray
    before: np.ndarray
    after: np.ndarray

    def row(self, middle: np.ndarray) -> np.ndarray:
        room = self.shape.context - len(self.head) - len(self.before) - len(middle) - 1
        return np.concatenate([self.head, self.before, middle, self.after[:room], [EOS]])

    def fits(self, size: int) -> bool:
        return len(self.head) + len(self.before) + size < self.shape.context

    def filled(self, size: int) -> tuple[np.ndarray, float]:
        start = len(self.head) + len(self.before)
        return fill(self.scorer, self.row(np.full(size, MASK)), start + np.arange(size))

    def lengths(self, kind: int) -> np.ndarray:
        """p of 1 … bins tokens."""
        at = np.array([[len(self.head) + len(self.before)]])
        row = self.row(np.array([HOLE]))
        scores = self.scorer.score(row[None], at, np.zeros((1, 1, 1), np.int64), np.array([[kind]]))
        return softmax(scores.lengths[0, 0])


def softmax(logits: np.ndarray) -> np.ndarray:
    shifted = np.exp(logits - logits.max(-1, keepdims=True))
    return shifted / shifted.sum(-1, keepdims=True)


def places(valid: Split, shape: Shape, flags: TokenFlags, near: str, seed: int):
    """Functions of functions.valid in a seeded order, each as (header, code, its spans [n, 3], random numbers)."""
    maker = RowMaker(valid, shape, flags, 1, dropout=False)
    for index in np.random.default_rng(seed).permutation(len(valid)):
        head, offset, code = maker.view(int(index), np.random.default_rng(int(index)), near)
        yield head, code, maker.candidates(int(index), offset, code), np.random.default_rng([seed, int(index)])


def spans_of(valid: Split, shape: Shape, flags: TokenFlags, rows: int, near: str, seed: int):
    """For each size `rows` spans, each as (size, header, code, start, length, kind)."""
    wanted = {size: rows for size in SIZES}
    for head, code, spans, rng in places(valid, shape, flags, near, seed):
        for size in SIZES:
            fitting = spans[(spans[:, 1] >= size[0]) & (spans[:, 1] <= size[1])]
            if wanted[size] and len(fitting):
                wanted[size] -= 1
                yield size, head, code, *(int(v) for v in fitting[rng.integers(len(fitting))])
        if not any(wanted.values()):
            return


def length_figures(
    scorer, valid: Split, shape: Shape, flags: TokenFlags, rows: int, near: str = "nearest", seed: int = 5
) -> dict:
    """
    How often the length head is right about any one span of a function. Calibration error: mean over ten bins of
    |how sure − how often right|, weighted by their counts.
    """
    sure, right, three = [], [], 0
    for head, code, spans, rng in places(valid, shape, flags, near, seed):
        spans = spans[spans[:, 1] < shape.bins]
        if not len(spans):
            continue
        start, length, kind = (int(v) for v in spans[rng.integers(len(spans))])
        chances = Hole(scorer, shape, head, code[:start], code[start + length :]).lengths(kind)
        order = np.argsort(-chances)[:3] + 1
        sure.append(float(chances[order[0] - 1]))
        right.append(order[0] == length)
        three += length in order
        if len(sure) == rows:
            break
    sures, rights = np.array(sure), np.array(right)
    bins = np.minimum((sures * 10).astype(int), 9)
    gaps = [abs(sures[bins == b].mean() - rights[bins == b].mean()) * (bins == b).sum() for b in np.unique(bins)]
    return {
        "spans": len(sure),
        "right": round(float(rights.mean()), 4),
        "amongThree": round(three / len(sure), 4),
        "calibrationError": round(float(sum(gaps) / len(sure)), 4),
    }


def infilling(
    scorer, valid: Split, shape: Shape, flags: TokenFlags, rows: int, near: str = "nearest", seed: int = 11
) -> dict:
    """
    Exact matches by size with the true length; with the length head's likeliest length; and with the best by mean log p
    of its three likeliest.
    """
    exact = {size: {"spans": 0, "oracle": 0, "predicted": 0, "bestOfThree": 0} for size in SIZES}
    for size, *place, length, kind in spans_of(valid, shape, flags, rows, near, seed):
        head, code, start = place
        hole = Hole(scorer, shape, head, code[:start], code[start + length :])
        truth, chances = code[start : start + length], hole.lengths(kind)
        order = [int(n) for n in np.argsort(-chances)[:3] + 1]
        answers = {n: hole.filled(n) for n in {*order, length} if hole.fits(n)}
        same = length in answers and np.array_equal(answers[length][0], truth)
        best = max((n for n in order if n in answers), key=lambda n: answers[n][1], default=0)
        found = exact[size]
        found["spans"] += 1
        found["oracle"] += bool(same)
        found["predicted"] += bool(same and order[0] == length)
        found["bestOfThree"] += bool(same and best == length)
    return {
        f"{low}–{high}": {
            key: value if key == "spans" else round(value / max(1, counts["spans"]), 4) for key, value in counts.items()
        }
        for (low, high), counts in exact.items()
    }
