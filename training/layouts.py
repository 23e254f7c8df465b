"""`layouts`: a tiny random export of every layout that the loader takes, a folder each, for its tests."""

import argparse
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from .example import write_example
from .foreign import Foreign, ForeignGraph
from .manifest import file_facts, ours, write_manifest
from .model import Denoiser, parameters
from .onnx_denoiser import DenoiserGraph
from .presets import Shape
from .tokens import MASK, train_tokenizer

TEXT = [
    "export function add(left: number, right: number): number {\n  return left + right;\n}\n",
    "def total(values):\n    result = 0\n    for value in values:\n        result += value\n    return result\n",
    "fn largest(values: &[i32]) -> Option<i32> {\n    values.iter().copied().max()\n}\n",
    "func (s *Server) Close() error {\n\tif s.closed {\n\t\treturn nil\n\t}\n\treturn s.listener.Close()\n}\n",
    "const names = users.map((user) => user.name).filter(Boolean);\n",
]
"""Written for this file: what the tiny vocabularies are made from."""
OURS = Shape(vocabulary=320, width=32, layers=2, heads=2, hidden=48, context=128, pointer=16)
FOREIGN = {
    "llada": (
        Foreign(),
        False,
        {"mask": "<|mdm_mask|>", "pad": "<|endoftext|>", "eos": "<|endoftext|>", "bos": "<|startoftext|>"},
    ),
    "llada-cached": (
        Foreign(cache=True),
        False,
        {"mask": "<|mdm_mask|>", "pad": "<|endoftext|>", "eos": "<|endoftext|>", "bos": "<|startoftext|>"},
    ),
    "dream": (
        Foreign(key_heads=2, biases=True),
        True,
        {
            "mask": "<|mask|>",
            "pad": "<|endoftext|>",
            "eos": "<|endoftext|>",
            "bos": "<|beginoftext|>",
            "expand": "<|expand|>",
        },
    ),
    "open-dcoder-cached": (
        Foreign(key_heads=2, biases=True, cache=True),
        True,
        {"mask": "[MASK]", "pad": "<|endoftext|>", "eos": "<|endoftext|>"},
    ),
}
"""Name → shape, logit shift, special tokens as these models name them."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("out", type=Path, help="the folder that gets a folder for each layout")
    parser.add_argument("--seed", type=int, default=1)


def foreign_tokenizer(specials: dict[str, str]) -> Tokenizer:
    """Byte-level BPE in GPT-2's cut, as Qwen2's and LLaDA's are in kind; special tokens come after the text's."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=300, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(TEXT, trainer)
    tokenizer.add_special_tokens(sorted(set(specials.values())))
    return tokenizer


def example_row(mask: int) -> tuple[np.ndarray, np.ndarray]:
    """A row of 24 random text tokens and its masked positions."""
    ids, masked = np.random.default_rng(2).integers(20, 250, 24), np.arange(8, 12)
    ids[masked] = mask
    return ids, masked


def foreign_answers(model: Path, shape: Foreign, ids: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """log p at the rows `asked` of the logits, [M, vocabulary], by onnxruntime."""
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    empty = np.zeros((1, shape.key_heads, 0, shape.width // shape.heads), np.float32)
    given = {
        "input_ids": ids[None],
        "attention_mask": np.ones((1, len(ids)), np.int64),
        "position_ids": np.arange(len(ids))[None],
    }
    feeds = {i.name: given.get(i.name, empty) for i in session.get_inputs()}
    logits = session.run(["logits"], feeds)[0][0, asked].astype(np.float64)
    return logits - np.log(np.exp(logits).sum(-1, keepdims=True))


def write_foreign(folder: Path, name: str, seed: int) -> None:
    shape, shift, specials = FOREIGN[name]
    tokenizer = foreign_tokenizer(specials)
    tokenizer.save(str(folder / "tokenizer.json"))
    onnx.save(ForeignGraph(shape, seed).build(), folder / "model.onnx")
    cache = {
        "layers": shape.layers,
        "layout": "batch,heads,length,size",
        "heads": shape.key_heads,
        "size": shape.width // shape.heads,
        "returns": "all",
        "pastKey": "past_key_values.{layer}.key",
        "pastValue": "past_key_values.{layer}.value",
        "key": "present.{layer}.key",
        "value": "present.{layer}.value",
    }
    manifest = {
        "schemaVersion": 1,
        "name": f"tiny-{name}",
        "licence": "MIT",
        "model": {**file_facts(folder / "model.onnx"), "precision": "fp32"},
        "tokenizer": {**file_facts(folder / "tokenizer.json"), "spaceBelongsToNextToken": True},
        "vocabulary": shape.vocabulary,
        "maxLength": shape.context,
        "logitShift": shift,
        "specialIds": {role: tokenizer.token_to_id(token) for role, token in specials.items()},
        "inputs": {
            "ids": "input_ids",
            "attentionMask": "attention_mask",
            **({"positions": "position_ids"} if shape.cache else {}),
        },
        "halo": 0,
        "outputs": {"logits": "logits"},
        **({"cache": cache} if shape.cache else {}),
    }
    write_manifest(folder, manifest)
    ids, masked = example_row(manifest["specialIds"]["mask"])
    log_p = foreign_answers(folder / "model.onnx", shape, ids, masked - int(shift))
    write_example(folder / "example.json", "onnxruntime", ids, masked, log_p)


def write_ours(folder: Path, int8: bool, seed: int) -> None:
    torch.manual_seed(seed)
    network = Denoiser(OURS)
    for layer in network.layers:  # the untrained network's layers do nothing: they start at zero
        torch.nn.init.normal_(layer.out.weight, std=0.2)
        torch.nn.init.normal_(layer.down.weight, std=0.2)
    weights = {name: value.detach().numpy() for name, value in network.named_parameters()}
    train_tokenizer(TEXT, OURS.vocabulary).save(str(folder / "tokenizer.json"))
    onnx.save(DenoiserGraph(OURS, weights, int8).build(), folder / "model.onnx")
    ids, masked = example_row(MASK)
    with torch.no_grad():
        row, at = torch.from_numpy(ids)[None], torch.from_numpy(masked)[None]
        log_p = network.all_scores(network.states(row), row, at)[0].numpy()
    write_example(folder / "example.json", "PyTorch, f32", ids, masked, log_p)
    precision = "int8" if int8 else "fp32"
    write_manifest(
        folder, ours(folder, f"tiny-{folder.name}", OURS, precision, parameters(network), {"preset": "layouts"})
    )


def run(options: argparse.Namespace) -> None:
    for name in ("lodestone", "lodestone-int8", *FOREIGN):
        folder = options.out / name
        folder.mkdir(parents=True, exist_ok=True)
        if name in FOREIGN:
            write_foreign(folder, name, options.seed)
        else:
            write_ours(folder, name.endswith("int8"), options.seed)
        print(f"{folder}: {sum(f.stat().st_size for f in folder.iterdir()) / 1024:.0f} KiB")
