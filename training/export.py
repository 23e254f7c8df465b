"""`export`: a checkpoint → model.onnx (int8), tokenizer.json, manifest.json and CARD.md, checked against PyTorch."""

import argparse
import json
import shutil
import tempfile
from pathlib import Path

import onnx
import torch

from . import pack
from .card import card
from .checkpoint import trained
from .elbo import elbo
from .example import write_example
from .failure import Failure
from .manifest import ours, write_manifest
from .model import parameters
from .onnx_denoiser import DenoiserGraph
from .parity import cache_difference, difference, probes
from .rows import TokenFlags
from .scoring import OnnxScorer, TorchScorer
from .speed import speed
from .tokens import load_tokenizer

SAME = 5e-3
"""Most that log p may differ between PyTorch and onnxruntime in f32, and between cached and whole rows."""
INT8_RISE = 0.1
"""Most that int8 may add to the bound, in nats a token, for an export to be written at all; the aim is 0.02."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, help="a checkpoint (.pt) or a folder with weights.json")
    parser.add_argument(
        "--data", type=Path, required=True, help="what prepare wrote: vocabulary and functions to check with"
    )
    parser.add_argument("--out", type=Path, required=True, help="the folder to write")
    parser.add_argument("--name", help="the model's name (default: lodestone-denoiser-<size>m)")
    parser.add_argument("--precision", choices=("int8", "fp32"), default="int8")
    parser.add_argument("--rows", type=int, default=200, help="rows on which precisions are compared (default: 200)")
    parser.add_argument("--figures", type=Path, help="what `evaluate --out` wrote, for the card")
    parser.add_argument("--example", type=Path, help="also write a row and PyTorch's answers there, for parity tests")
    parser.add_argument("--threads", type=int, default=1)


def run(options: argparse.Namespace) -> None:
    network, facts = trained(options.model)
    if network.shape.self_conditioning:
        raise Failure("Exports of self-conditioned networks are not written: no sampler feeds the last guess.")
    torch.set_num_threads(options.threads)
    meta, tokenizer = pack.read_meta(options.data), load_tokenizer(options.data / "tokenizer.json")
    if facts["tokenizer"] != meta["tokenizer"]:
        raise Failure(f"{options.model} was trained with another vocabulary than {options.data} has.")
    valid, flags, shape = pack.read_split(options.data, "valid"), TokenFlags(tokenizer), network.shape
    weights = {name: value.detach().numpy() for name, value in network.named_parameters()}
    with tempfile.TemporaryDirectory(dir=options.out.parent if options.out.parent.is_dir() else None) as scratch:
        scorers, bounds, folder = {}, {}, Path(scratch)
        for precision in ("fp32", "int8"):
            path = folder / f"{precision}.onnx"
            onnx.save(DenoiserGraph(shape, weights, precision == "int8").build(), path)
            scorers[precision] = OnnxScorer(path, shape, options.threads)
            bounds[precision] = elbo(scorers[precision], valid, shape, flags, options.rows)["elbo"]
        measured = {
            "parity": {
                "pytorch": difference(TorchScorer(network), scorers["fp32"], valid, shape, flags),
                "cache": cache_difference(scorers["fp32"], valid, shape, flags),
                "int8": difference(scorers["fp32"], scorers["int8"], valid, shape, flags),
            },
            "elbo": {**bounds, "rise": round(bounds["int8"] - bounds["fp32"], 4), "rows": options.rows},
            "speed": {precision: speed(scorer, options.threads) for precision, scorer in scorers.items()},
        }
        print(json.dumps(measured, indent=2))
        check(measured)
        options.out.mkdir(parents=True, exist_ok=True)
        shutil.move(folder / f"{options.precision}.onnx", options.out / "model.onnx")
    shutil.copy(options.data / "tokenizer.json", options.out / "tokenizer.json")
    count = parameters(network)
    name = options.name or f"lodestone-denoiser-{max(1, round(count / 1e6))}m"
    manifest = ours(options.out, name, shape, options.precision, count, facts)
    write_manifest(options.out, manifest)
    figures = json.loads(options.figures.read_text()) if options.figures else None
    (options.out / "CARD.md").write_text(card(manifest, measured, figures))
    if options.example:
        ids, masks, _ = next(probes(valid, shape, flags))
        with torch.no_grad():
            row, at = torch.from_numpy(ids), torch.from_numpy(masks)
            log_p = network.all_scores(network.states(row), row, at)[0].numpy()
        write_example(options.example, "PyTorch, f32", ids[0], masks[0], log_p)
    print(f"{options.out}: {manifest['model']['bytes'] / 1e6:.1f} MB, {options.precision}")


def check(measured: dict) -> None:
    parity, rise = measured["parity"], measured["elbo"]["rise"]
    for what in ("pytorch", "cache"):
        if not parity[what]["most"] <= SAME:
            raise Failure(
                f"The export disagrees ({what}): log p differs by {parity[what]['most']}, allowed are {SAME}."
            )
    if not rise <= INT8_RISE:
        raise Failure(f"int8 adds {rise} nats a token, allowed are {INT8_RISE}.")
