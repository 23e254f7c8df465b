"""`evaluate`: what a checkpoint or an export does on held-out functions, as JSON."""

import argparse
import json
import time
from pathlib import Path

import torch

from . import pack
from .checkpoint import trained
from .elbo import elbo
from .failure import Failure
from .infilling import infilling, length_figures
from .manifest import shape_of_export
from .rows import TokenFlags
from .scoring import OnnxScorer, TorchScorer
from .tokens import load_tokenizer


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "model", type=Path, help="a checkpoint (.pt), a folder with weights.json, or an exported folder"
    )
    parser.add_argument("--data", type=Path, required=True, help="what prepare wrote")
    parser.add_argument("--rows", type=int, default=400, help="rows for the bound and the lengths (default: 400)")
    parser.add_argument("--spans", type=int, default=100, help="spans of each size to fill (default: 100; 0: none)")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, help="also write the figures there")


def scorer_for(model: Path, threads: int):
    """The scorer, its shape, what is known of its training, and how it runs."""
    torch.set_num_threads(threads)
    if (model / "model.onnx").is_file():
        shape, facts = shape_of_export(model)
        return OnnxScorer(model / "model.onnx", shape, threads), shape, facts, "onnxruntime"
    network, facts = trained(model)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return TorchScorer(network.to(device)), network.shape, facts, f"PyTorch, {device}"


def figures(scorer, shape, valid, flags, rows: int, spans: int) -> dict:
    found = elbo(scorer, valid, shape, flags, rows)
    found["elboByNear"] = {
        "nearest": found["elbo"],
        **{near: elbo(scorer, valid, shape, flags, rows, near)["elbo"] for near in ("none", "distractor")},
    }
    if spans:
        found["exact"] = infilling(scorer, valid, shape, flags, spans)
        found["length"] = length_figures(scorer, valid, shape, flags, rows)
        without = infilling(scorer, valid, shape, flags, spans, near="none")
        found["oracleWithoutNear"] = {size: counts["oracle"] for size, counts in without.items()}
    return found


def run(options: argparse.Namespace) -> None:
    meta, tokenizer = pack.read_meta(options.data), load_tokenizer(options.data / "tokenizer.json")
    scorer, shape, facts, how = scorer_for(options.model, options.threads)
    if facts["tokenizer"] != meta["tokenizer"]:
        raise Failure(f"{options.model} was trained with another vocabulary than {options.data} has.")
    begin = time.monotonic()
    flags = TokenFlags(tokenizer)
    valid = pack.read_split(options.data, "valid")
    measured = figures(scorer, shape, valid, flags, options.rows, options.spans)
    found = {"model": str(options.model), "runs": how, **measured}
    found["seconds"] = round(time.monotonic() - begin)
    text = json.dumps(found, indent=2, ensure_ascii=False)
    print(text)
    if options.out:
        options.out.write_text(text + "\n")
