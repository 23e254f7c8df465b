"""Rows of one length together, forever: what the training loop reads, in this process or in workers."""

import signal
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import torch
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from .pack import Split
from .presets import Preset
from .rows import HOLES, LOSS_SHARE, Row, RowMaker, TokenFlags


def span_cap(plan: Preset, progress: float) -> int:
    return [cap for since, cap in plan.span_caps if progress >= since][-1]


def collate(rows: list[Row]) -> dict[str, torch.Tensor]:
    """
    ids i64 [B, L]; positions, targets i64 and weights f32 [B, M] (0 where a row has fewer masks); holes, hole_lengths
    (counting from 0), hole_kinds i64 and hole_weights f32 [B, HOLES] (0 where a row has fewer holes).
    """
    most = int(len(rows[0].ids) * LOSS_SHARE)
    positions, weights = padded([row.positions for row in rows], most)
    targets, _ = padded([row.targets for row in rows], most)
    holes, hole_weights = padded([row.holes for row in rows], HOLES)
    hole_lengths, _ = padded([row.hole_lengths - 1 for row in rows], HOLES)
    hole_kinds, _ = padded([row.hole_kinds for row in rows], HOLES)
    arrays = {
        "ids": np.stack([row.ids for row in rows]),
        "positions": positions,
        "targets": targets,
        "weights": weights,
        "holes": holes,
        "hole_lengths": hole_lengths,
        "hole_kinds": hole_kinds,
        "hole_weights": hole_weights,
    }
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


def padded(rows: list[np.ndarray], width: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows as i64 [B, width], 0 where they are shorter, and f32 [B, width], 1 where they are not."""
    values, weights = np.zeros((len(rows), width), np.int64), np.zeros((len(rows), width), np.float32)
    for at, row in enumerate(rows):
        values[at, : len(row)], weights[at, : len(row)] = row, 1
    return values, weights


class Batches(IterableDataset):
    """`progress` is a shared tensor of one float that the training loop moves from 0 to 1."""

    def __init__(self, split: Split, plan: Preset, flags: TokenFlags, seed: int, progress: torch.Tensor):
        self.maker = RowMaker(split, plan.shape, flags, plan.granularity)
        self.plan, self.seed, self.progress = plan, seed, progress

    def __iter__(self) -> Iterator[dict[str, torch.Tensor]]:
        info = get_worker_info()
        rng = np.random.default_rng([self.seed, info.id if info else 0])
        waiting: dict[int, list[Row]] = defaultdict(list)
        while True:
            found = False
            for index in rng.permutation(len(self.maker.split)):
                progress = float(self.progress)
                row = self.maker.make(int(index), rng, progress, span_cap(self.plan, progress))
                if row is None:
                    continue
                found = True
                pool = waiting[len(row.ids)]
                pool.append(row)
                if len(pool) >= max(1, self.plan.batch // len(row.ids)):
                    yield collate(pool)
                    pool.clear()
            if not found:
                raise RuntimeError("No function of the packed corpus is long enough for a row.")


def ignore_signals(worker: int) -> None:
    """The command alone decides when to stop; its workers end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def loader(dataset: Batches, workers: int, pin: bool) -> DataLoader:
    return DataLoader(
        dataset,
        batch_size=None,
        num_workers=workers,
        pin_memory=pin,
        prefetch_factor=4 if workers else None,
        worker_init_fn=ignore_signals,
    )
