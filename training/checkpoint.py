"""What training leaves behind: a checkpoint from which it goes on, and weights in parts small enough to travel."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import torch

from .failure import Failure
from .model import Denoiser
from .presets import Shape, shape_from, shape_values

PART_BYTES = 15 * 2**20
"""A GPU machine hands back files of at most 16 MiB, 8 of them."""


def save(path: Path, state: dict) -> None:
    """Writes whole or not at all: a kill leaves the last good checkpoint."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    os.replace(partial, path)


def load(path: Path) -> dict:
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise Failure(f"There is no checkpoint at {path}.", "`python -m training train` writes one.") from None
    except Exception as error:
        raise Failure(f"{path} is no checkpoint: {error}.") from error
    if not isinstance(state, dict) or "shape" not in state or "average" not in state:
        raise Failure(f"{path} is no checkpoint of this trainer.")
    return state


def write_weights(folder: Path, shape: Shape, values: dict[str, torch.Tensor], facts: dict) -> None:
    """weights.json and weights.NN.bin: the averaged weights in bf16, one after the other, cut into parts."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors, chunks = [], []
    for name, value in values.items():
        tensors.append({"name": name, "shape": list(value.shape)})
        chunks.append(value.to(torch.bfloat16).cpu().contiguous().view(torch.int16).numpy().tobytes())
    data = b"".join(chunks)
    parts = [data[at : at + PART_BYTES] for at in range(0, len(data), PART_BYTES)]
    for number, part in enumerate(parts):
        (folder / f"weights.{number:02}.bin").write_bytes(part)
    whole = {
        "shape": shape_values(shape),
        "tensors": tensors,
        "parts": len(parts),
        "sha256": hashlib.sha256(data).hexdigest(),
        "facts": facts,
    }
    (folder / "weights.json").write_text(json.dumps(whole, indent=1) + "\n")


def read_weights(folder: Path) -> tuple[Shape, dict[str, torch.Tensor], dict]:
    path = folder / "weights.json"
    if not path.is_file():
        raise Failure(f"There are no weights at {folder}.", "Name a checkpoint (.pt) or a folder with weights.json.")
    try:
        whole = json.loads(path.read_text())
    except ValueError as error:
        raise Failure(f"{path} is damaged: {error}.") from error
    names = [folder / f"weights.{number:02}.bin" for number in range(whole["parts"])]
    missing = [name.name for name in names if not name.is_file()]
    if missing:
        raise Failure(f"{folder} lacks {', '.join(missing)}.")
    data = b"".join(name.read_bytes() for name in names)
    if hashlib.sha256(data).hexdigest() != whole["sha256"]:
        raise Failure(f"The parts in {folder} are damaged: their hash is not that of weights.json.")
    values, at = {}, 0
    for tensor in whole["tensors"]:
        size = int(np.prod(tensor["shape"]))
        raw = torch.frombuffer(bytearray(data[at : at + 2 * size]), dtype=torch.bfloat16)
        values[tensor["name"]] = raw.view(tensor["shape"]).float()
        at += 2 * size
    return shape_from(whole["shape"]), values, whole["facts"]


def trained(path: Path) -> tuple[Denoiser, dict]:
    """The model with averaged weights from a checkpoint or a folder of parts, and what is known of its training."""
    if path.is_dir():
        shape, values, facts = read_weights(path)
    else:
        state = load(path)
        shape, values, facts = shape_from(state["shape"]), state["average"], state["facts"]
    model = Denoiser(shape)
    missing = model.load_state_dict(values, strict=False)
    if missing.missing_keys or missing.unexpected_keys:
        raise Failure(f"{path} does not fit this network: {missing}.")
    return model.eval(), facts
