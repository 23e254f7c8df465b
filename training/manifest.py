"""manifest.json: what a loader must know of an exported denoiser (src/data/schemas/denoiser-manifest.schema.json)."""

import hashlib
import json
from pathlib import Path

from .failure import Failure
from .presets import Shape, shape_from, shape_values
from .sections import CONSIDER_TOKENS, INTENT_TOKENS, NEAR_TOKENS
from .syntax import KINDS
from .tokens import BOS, CODE, CONSIDER, EOS, HOLE, INTENT, LANGUAGE, MASK, NEAR, PAD

LICENCE = "MIT"


def file_facts(path: Path) -> dict:
    data = path.read_bytes()
    return {"file": path.name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def ours(folder: Path, name: str, shape: Shape, precision: str, count: int, facts: dict) -> dict:
    """The manifest of an export of our own network whose model.onnx and tokenizer.json lie in `folder`."""
    return {
        "schemaVersion": 1,
        "name": name,
        "licence": LICENCE,
        "model": {**file_facts(folder / "model.onnx"), "precision": precision, "parameters": count},
        "tokenizer": {**file_facts(folder / "tokenizer.json"), "spaceBelongsToNextToken": True},
        "vocabulary": shape.vocabulary,
        "maxLength": shape.context,
        "logitShift": False,
        "specialIds": {"mask": MASK, "pad": PAD, "bos": BOS, "eos": EOS, "hole": HOLE},
        "row": {
            "languages": LANGUAGE,
            "intent": {"id": INTENT, "tokens": INTENT_TOKENS},
            "consider": {"id": CONSIDER, "tokens": CONSIDER_TOKENS},
            "near": {"id": NEAR, "tokens": NEAR_TOKENS},
            "code": {"id": CODE},
        },
        "lengthHead": {
            "output": "length_logits",
            "kinds": [{"name": kind, "nodeTypes": pattern} for kind, pattern in KINDS],
            "bins": shape.bins,
        },
        "inputs": {
            "ids": "input_ids",
            "positions": "position_ids",
            "maskPositions": "mask_positions",
            "candidates": "candidate_ids",
            "kinds": "kind_ids",
        },
        "halo": shape.halo,
        "outputs": {
            "logSumExp": "log_sum_exp",
            "topIds": "top_ids",
            "topLogits": "top_logits",
            "candidateLogits": "candidate_logits",
        },
        "cache": {
            "layers": shape.layers,
            "layout": "batch,length,width",
            "width": shape.width,
            "returns": "active",
            "pastKey": "past_key.{layer}",
            "pastValue": "past_value.{layer}",
            "key": "key.{layer}",
            "value": "value.{layer}",
            "pastIds": "past_ids",
            "pastPointer": "past_pointer",
            "pointer": "pointer",
            "pointerWidth": shape.pointer,
        },
        "shape": shape_values(shape),
        "training": facts,
    }


def write_manifest(folder: Path, manifest: dict) -> None:
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


def shape_of_export(folder: Path) -> tuple[Shape, dict]:
    path = folder / "manifest.json"
    if not path.is_file():
        raise Failure(f"{folder} has no manifest.json.")
    manifest = json.loads(path.read_text())
    if "shape" not in manifest:
        raise Failure(f"{folder} is no export of this trainer.", "Its manifest has no shape.")
    if file_facts(folder / "model.onnx")["sha256"] != manifest["model"]["sha256"]:
        raise Failure(f"{folder}/model.onnx is not the file that manifest.json describes.")
    return shape_from(manifest["shape"]), manifest["training"]
