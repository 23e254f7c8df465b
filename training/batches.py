"""Rows of one length together, forever: what the training loop reads, in this process or in workers."""

import signal
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import torch
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from .pack import Split
from .presets import Preset
from .rows import LOSS_SHARE, Row, RowMaker, TokenFlags


def span_cap(plan: Preset, progress: float) -> int:
    return [cap for since, cap in plan.span_caps if progress >= since][-1]


def collate(rows: list[Row]) -> dict[str, torch.Tensor]:
    """
    ids i64 [B, L]; positions, targets i64 and weights f32 [B, M] (0 where a row has fewer masks); hole i64 [B] (0 where
    there is none), hole_length i64 [B] counting from 0, hole_kind i64 [B], hole_weight f32 [B].
    """
    most = int(len(rows[0].ids) * LOSS_SHARE)
    positions = np.zeros((len(rows), most), np.int64)
    targets, weights = np.zeros_like(positions), np.zeros(positions.shape, np.float32)
    for at, row in enumerate(rows):
        count = len(row.positions)
        positions[at, :count], targets[at, :count], weights[at, :count] = row.positions, row.targets, 1
    arrays = {
        "ids": np.stack([row.ids for row in rows]),
        "positions": positions,
        "targets": targets,
        "weights": weights,
        "hole": np.array([max(0, row.hole) for row in rows]),
        "hole_length": np.array([row.hole_length - 1 for row in rows]),
        "hole_kind": np.array([row.hole_kind for row in rows]),
        "hole_weight": np.array([row.hole >= 0 for row in rows], np.float32),
    }
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


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
