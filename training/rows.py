"""
Makes one training row out of a packed function: [BOS][LANG] intent, consider-block, nearest body, code [EOS], with
some sections left out, some tokens masked and perhaps a few nodes each behind a single [HOLE] whose length is to be told.
"""

from dataclasses import dataclass

import numpy as np

from .pack import Split
from .presets import Shape
from .sections import CONSIDER_TOKENS, INTENT_TOKENS, NEAR_TOKENS
from .syntax import LANGUAGES
from .tokens import BOS, CODE, CONSIDER, EOS, HOLE, INTENT, LANGUAGE, MASK, NEAR

NEAR_SHARE = 0.35
DISTRACTOR_SHARE = 0.3
HOLE_SHARE = 0.5
HOLES = 3
"""Most holes of a row: each is one more length to learn from the same look."""
BODY_SHARE = 0.2
"""Share of the rows with holes whose only hole is the body. Of the others half of the holes are lines."""
HOLE_SPARE = 32
"""Tokens that a window has more where holes will be."""
LINE, BODY = 1, 2  # in syntax.KINDS
LOSS_SHARE = 1 / 4
"""Most positions of a row that count in the loss; more are drawn at random, so the mean stays unbiased."""
LOW_MASKS_UNTIL, ALL_MASKS_FROM = 0.15, 0.3
LOW_MASKS = 0.3


@dataclass(slots=True)
class Row:
    ids: np.ndarray
    """i64 [length], a multiple of the granularity"""
    positions: np.ndarray
    """Masked positions that count in the loss."""
    targets: np.ndarray
    """Tokens under these."""
    holes: np.ndarray
    """Positions of [HOLE], at most HOLES."""
    hole_lengths: np.ndarray
    """Tokens behind them, 1 … bins, the last also for more."""
    hole_kinds: np.ndarray


def widest_masks(progress: float) -> float:
    """Highest mask rate: low at the start, without which small models sit at the unigram loss (diffusion.md, 3 ii)."""
    share = (progress - LOW_MASKS_UNTIL) / (ALL_MASKS_FROM - LOW_MASKS_UNTIL)
    return LOW_MASKS + (1 - LOW_MASKS) * min(1.0, max(0.0, share))


class TokenFlags:
    """Which tokens end a line, and which are only white space."""

    def __init__(self, tokenizer):
        texts = [tokenizer.decode([index], skip_special_tokens=False) for index in range(tokenizer.get_vocab_size())]
        self.newline = np.array(["\n" in text for text in texts])
        self.blank = np.array([text != "" and not text.strip() for text in texts])


class RowMaker:
    def __init__(self, split: Split, shape: Shape, flags: TokenFlags, granularity: int, dropout: bool = True):
        self.split, self.shape, self.flags, self.granularity = split, shape, flags, granularity
        self.dropout = dropout

    def header(self, index: int, rng, near: str | None) -> list[np.ndarray]:
        """Everything before the code. `near`: "nearest", "distractor", "none", or None for the shares of training."""
        intent, consider, _ = self.split.sections(index)
        drop = rng.random() if self.dropout else 1.0
        parts = [np.array([BOS, LANGUAGE[LANGUAGES[self.split.table[index, 8]]]])]
        if self.dropout and rng.random() < 0.05:
            parts = [np.array([BOS])]
        if not (drop < 0.15 or 0.15 <= drop < 0.25) and len(intent):
            parts += [np.array([INTENT]), intent[:INTENT_TOKENS]]
        if not (drop < 0.15 or 0.25 <= drop < 0.35) and len(consider):
            parts += [np.array([CONSIDER]), consider[:CONSIDER_TOKENS]]
        if near is None and rng.random() < NEAR_SHARE:
            near = "distractor" if rng.random() < DISTRACTOR_SHARE else "nearest"
        other = self.neighbour(index, rng, near)
        if other >= 0:
            parts += [np.array([NEAR]), self.split.function(other, NEAR_TOKENS)]
        return [*parts, np.array([CODE])]

    @staticmethod
    def shortened(parts: list[np.ndarray], most: int) -> np.ndarray:
        """The header cut to `most` tokens, [CODE] kept."""
        head = np.concatenate(parts)
        return np.concatenate([head[: most - 1], head[-1:]]) if len(head) > most else head

    def neighbour(self, index: int, rng, near: str | None) -> int:
        if near == "nearest":
            return int(self.split.table[index, 6])
        if near == "distractor":
            repo = self.split.table[index, 7]
            other = int(rng.integers(self.split.repo_starts[repo], self.split.repo_starts[repo + 1]))
            return other if other != index else -1
        return -1

    def window(self, index: int, room: int, rng) -> tuple[int, int]:
        """Which part of the code to show: the function with what fits around it, or a part of a long function."""
        code, start, _, end = self.split.table[index, 2:6]
        low = start if self.dropout and rng.random() < 0.1 else 0
        high = end if self.dropout and rng.random() < 0.1 else code
        if high - low <= room:
            return int(low), int(high)
        if end - start >= room:
            at = int(rng.integers(start, end - room + 1))
            return at, at + room
        slack = room - (end - start)
        left = int(rng.integers(max(0, slack - (high - end)), min(slack, start - low) + 1))
        return int(start - left), int(start - left + room)

    def lines(self, code: np.ndarray) -> np.ndarray:
        """Lines of two tokens or more (not lone brackets) without indentation and line break, [n, 3] as nodes."""
        breaks = np.flatnonzero(self.flags.newline[code])
        starts, ends = breaks[:-1] + 1, breaks[1:]
        indented = (starts < ends) & self.flags.blank[code[starts]]
        starts = starts + indented
        return np.stack([starts, ends - starts, np.full(len(starts), LINE)], 1)[ends > starts + 1]

    def body(self, index: int, offset: int, size: int) -> np.ndarray:
        """The body between its braces (Python: its lines), [0 or 1, 3]."""
        _, _, body, end = (int(v) for v in self.split.table[index, 2:6])
        python = LANGUAGES[self.split.table[index, 8]] == "python"
        start, stop = (body, end) if python else (body + 1, end - 1)
        if start - offset < 0 or stop - offset > size or stop <= start:
            return np.zeros((0, 3), np.int64)
        return np.array([[start - offset, stop - start, BODY]])

    def candidates(self, index: int, offset: int, code: np.ndarray) -> np.ndarray:
        """Nodes, lines and the body inside the window, [n, 3]: start, length, kind."""
        nodes = self.split.nodes_of(index).astype(np.int64)
        nodes[:, 0] -= offset
        nodes = nodes[(nodes[:, 0] >= 0) & (nodes[:, 0] + nodes[:, 1] <= len(code))]
        return np.concatenate([nodes, self.lines(code), self.body(index, offset, len(code))])

    def targets(self, spans: np.ndarray, size: int, cap: int, rng) -> np.ndarray:
        """Which tokens may be masked: 50 % several nodes, 20 % one, 30 % all. bool [size]"""
        chosen = np.zeros(size, bool)
        spans = spans[spans[:, 1] <= cap]
        mode = rng.random()
        if mode >= 0.7 or not len(spans):
            return ~chosen
        # Longer nodes are rarer; a weighted order (Efraimidis-Spirakis) brings them forward.
        order = np.argsort(-(rng.random(len(spans)) ** (1 / np.sqrt(spans[:, 1]))))
        enough = 1 if mode >= 0.5 else rng.uniform(0.2, 0.3) * size
        total = 0
        for start, length, _ in spans[order]:
            if not chosen[start : start + length].any():
                chosen[start : start + length] = True
                total += length
                if total >= enough:
                    break
        return chosen

    def make(self, index: int, rng, progress: float, cap: int) -> Row | None:
        """A row, or None where the function is too short."""
        head = self.shortened(self.header(index, rng, None), self.shape.context * 2 // 3)
        with_holes = rng.random() < HOLE_SHARE
        room = self.shape.context - len(head) - 1
        # Holes shorten the row; with more code to cut from, rows with holes are as long as those without.
        offset, stop = self.window(index, room + (HOLE_SPARE if with_holes else 0), rng)
        code = self.split.sections(index)[2][offset:stop].astype(np.int64)
        if len(head) + len(code) + 1 < 2 * self.granularity or len(code) < 16:
            return None
        spans = self.candidates(index, offset, code)
        holes = self.holes(spans, len(code), rng) if with_holes else spans[:0]
        shown = ~covered(holes, len(code))
        if not shown.any():
            return None
        free = np.array([shown[start : start + length].all() for start, length, _ in spans], bool)
        chosen = self.targets(spans[free], len(code), cap, rng) & shown
        everything = (chosen == shown).all()
        rate = widest_masks(progress) * (rng.random() if everything else max(rng.random(), rng.random()))
        masked = chosen & (rng.random(len(code)) < rate)
        if not masked.any():
            masked[rng.choice(np.flatnonzero(chosen))] = True
        return self.finish(head, np.where(masked, MASK, code), code, holes, rng)

    def holes(self, spans: np.ndarray, size: int, rng) -> np.ndarray:
        """The body, or up to HOLES disjoint nodes and lines, [n, 3]: what people and sources of proposals ask for."""
        bodies, lines = spans[:, 2] == BODY, spans[:, 2] == LINE
        if bodies.any() and rng.random() < BODY_SHARE:
            return spans[bodies]
        weights = np.where(lines, 1 / max(1, lines.sum()), 1 / max(1, (~lines).sum()))
        chosen, taken = [], np.zeros(size + 1, bool)
        # A weighted order (Efraimidis-Spirakis).
        for start, length, kind in spans[np.argsort(rng.exponential(size=len(spans)) / weights)]:
            # With the token behind it: where one hole ends and the next begins must be seen.
            if len(chosen) < HOLES and not taken[start : start + length + 1].any():
                taken[start : start + length + 1] = True
                chosen.append((start, length, kind))
        return np.array(chosen, np.int64).reshape(-1, 3)

    def view(self, index: int, rng, near: str) -> tuple[np.ndarray, int, np.ndarray]:
        """
        For measuring: header with `near` ("nearest", "distractor" or "none"), where the code's window begins, and the
        window. It does not depend on `near`: it has half of the context, the header at most the rest.
        """
        head = self.shortened(self.header(index, rng, near), self.shape.context // 2 - 1)
        offset, stop = self.window(index, self.shape.context // 2, np.random.default_rng(index))
        return head.astype(np.int64), offset, self.split.sections(index)[2][offset:stop].astype(np.int64)

    def finish(self, head, ids, truth, holes, rng) -> Row | None:
        """
        Puts one [HOLE] in the place of each of `holes` and cuts the code's ends so that the length is a multiple of the
        granularity: no row needs padding.
        """
        lengths, kinds = np.zeros_like(ids), np.zeros_like(ids)
        lengths[holes[:, 0]], kinds[holes[:, 0]] = np.minimum(holes[:, 1], self.shape.bins), holes[:, 2]
        seen = ~covered(holes, len(ids)) | (lengths > 0)
        ids, truth = np.where(lengths > 0, HOLE, ids), np.where(lengths > 0, HOLE, truth)
        ids, truth, lengths, kinds = ids[seen], truth[seen], lengths[seen], kinds[seen]
        size = len(head) + len(ids) + 1
        excess = size - min(self.shape.context, size - size % self.granularity)
        if excess >= len(ids):
            return None
        left = int(rng.integers(0, excess + 1))
        keep = slice(left, len(ids) - (excess - left))
        ids, truth, lengths, kinds = ids[keep], truth[keep], lengths[keep], kinds[keep]
        at = np.flatnonzero(lengths)
        ids = np.concatenate([head, ids, [EOS]]).astype(np.int64)
        truth = np.concatenate([head, truth, [EOS]])
        positions = np.flatnonzero(ids == MASK)
        most = int(len(ids) * LOSS_SHARE)
        if len(positions) > most:
            positions = np.sort(rng.permutation(positions)[:most])
        if not len(positions):
            return None
        return Row(ids, positions, truth[positions], len(head) + at, lengths[at], kinds[at])


def covered(spans: np.ndarray, size: int) -> np.ndarray:
    """Which tokens lie in one of `spans`, bool [size]."""
    inside = np.zeros(size, bool)
    for start, length, _ in spans:
        inside[start : start + length] = True
    return inside
