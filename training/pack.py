"""The packed corpus: a folder of small xz files that travels to a GPU machine, read whole into memory."""

import json
import lzma
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .failure import Failure

FORMAT = 1
COLUMNS = ("intent", "consider", "code", "start", "body", "end", "near", "repo", "language", "nodes")
"""
One row a function: lengths in tokens of intent, consider-block and code; where in the code the signature and the body
start and the body ends; index of the nearest other function of the split or -1; numbers of repository and language (an
index into syntax.LANGUAGES); how many nodes it has.
"""


@dataclass
class Split:
    """Functions in the order of their repositories; `tokens` holds intent, consider-block and code of each in turn."""

    tokens: np.ndarray
    """u16 [tokens]"""
    table: np.ndarray
    """i32 [functions, COLUMNS]"""
    nodes: np.ndarray
    """u16 [nodes, 3]: start and length in the function's code, kind (index into syntax.KINDS)"""

    def __post_init__(self):
        lengths = self.table[:, :3].astype(np.int64)
        self.starts = np.concatenate([[0], np.cumsum(lengths.sum(1))])
        self.node_starts = np.concatenate([[0], np.cumsum(self.table[:, 9].astype(np.int64))])
        self.repo_starts = np.searchsorted(self.table[:, 7], np.arange(self.table[:, 7].max(initial=0) + 2))
        if self.starts[-1] != len(self.tokens) or self.node_starts[-1] != len(self.nodes):
            raise Failure("The packed corpus contradicts itself.", "Run `python -m training prepare` again.")

    def __len__(self):
        return len(self.table)

    def sections(self, index: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Tokens of intent, consider-block and code."""
        at = self.starts[index]
        intent, consider, code = self.table[index, :3]
        whole = self.tokens[at : at + intent + consider + code]
        return whole[:intent], whole[intent : intent + consider], whole[intent + consider :]

    def function(self, index: int, most: int) -> np.ndarray:
        """The first tokens of signature and body."""
        start, end = self.table[index, 3], self.table[index, 5]
        return self.sections(index)[2][start : min(end, start + most)]

    def nodes_of(self, index: int) -> np.ndarray:
        return self.nodes[self.node_starts[index] : self.node_starts[index + 1]]


def _write(path: Path, array: np.ndarray) -> int:
    data = lzma.compress(np.ascontiguousarray(array).tobytes(), preset=6)
    path.write_bytes(data)
    return len(data)


def write_split(folder: Path, name: str, split: Split) -> int:
    """Writes three files, columns one after the other since that compresses best; returns their bytes."""
    tables = _write(folder / f"{name}.table.xz", split.table.T.astype("<i4"))
    nodes = _write(folder / f"{name}.nodes.xz", split.nodes.T.astype("<u2"))
    return _write(folder / f"{name}.tokens.xz", split.tokens.astype("<u2")) + tables + nodes


def _read(path: Path, kind: str) -> np.ndarray:
    try:
        return np.frombuffer(lzma.decompress(path.read_bytes()), kind)
    except (OSError, lzma.LZMAError) as error:
        raise Failure(f"{path} cannot be read: {error}.", "Run `python -m training prepare` again.") from error


def read_split(folder: Path, name: str) -> Split:
    table = _read(folder / f"{name}.table.xz", "<i4").reshape(len(COLUMNS), -1).T
    nodes = _read(folder / f"{name}.nodes.xz", "<u2").reshape(3, -1).T
    return Split(_read(folder / f"{name}.tokens.xz", "<u2"), np.ascontiguousarray(table), np.ascontiguousarray(nodes))


def read_meta(folder: Path) -> dict:
    path = folder / "meta.json"
    if not path.is_file():
        raise Failure(f"There is no packed corpus at {folder}.", "`python -m training prepare` writes one.")
    try:
        meta = json.loads(path.read_text())
    except ValueError as error:
        raise Failure(f"{path} is damaged: {error}.", "Run `python -m training prepare` again.") from error
    if meta.get("format") != FORMAT:
        raise Failure(f"{folder} is of format {meta.get('format')}, not {FORMAT}.", "Prepare it again.")
    return meta
