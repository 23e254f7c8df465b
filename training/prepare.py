"""`prepare`: source → vocabulary and packed tokens, with each function's nodes and its nearest neighbour."""

import argparse
import hashlib
import json
import os
import time
from itertools import groupby
from pathlib import Path

import numpy as np

from . import pack
from .corpus import Function, original, read_split
from .failure import Failure
from .near import nearest
from .presets import preset
from .sections import CONSIDER_TOKENS, INTENT_TOKENS, consider, intent, signatures_of
from .syntax import LANGUAGES, nodes_of
from .tokens import load_tokenizer, train_tokenizer

MOST_NODES = 24
"""Nodes kept of a function; a seeded choice of all, so that long functions do not fill the files."""
NODE_TOKENS = (2, 96)
VOCABULARY_FUNCTIONS = 25_000
MOST_CODE = 1500
"""Tokens of code kept of a function with its surroundings: far above any context."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--preset", default="cpu", help="cpu, gpu or toy (default: cpu)")
    parser.add_argument(
        "--corpus", type=Path, default=Path("../shared/data/functions"), help="functions.*.jsonl.xz, or source"
    )
    parser.add_argument("--out", type=Path, help="default: out/training/<preset>/data")
    parser.add_argument("--functions", type=int, help="how many to pack (default: the preset's)")
    parser.add_argument("--tokenizer", type=Path, help="use this vocabulary instead of training one")


def aligned_nodes(text: str, offsets: np.ndarray, function: Function, start: int, end: int) -> np.ndarray:
    """
    The nodes of `text[start:end]` that begin and end where tokens do, u16 [n, 3] as in pack.Split; `offsets` [tokens, 2]
    in characters. A token may begin with the space before a node.
    """
    starts, ends = offsets[:, 0], offsets[:, 1]
    begins, stops = np.full(len(text) + 1, -1, np.int32), np.full(len(text) + 1, -1, np.int32)
    spaced = np.array([text[s] == " " and e - s > 1 for s, e in offsets], bool)
    begins[starts[spaced] + 1] = np.flatnonzero(spaced)
    begins[starts] = np.arange(len(starts))
    stops[ends] = np.arange(len(ends)) + 1
    inside = text[start:end]
    data = inside.encode()
    found = np.array(list(nodes_of(data, function.language)), np.int64).reshape(-1, 3)
    if len(data) != len(inside):
        at = np.cumsum([0] + [len(c.encode()) for c in inside])
        found[:, :2] = np.searchsorted(at, found[:, :2])
    first, last = begins[found[:, 0] + start], stops[found[:, 1] + start]
    length = last - first
    good = (first >= 0) & (last > 0) & (length >= NODE_TOKENS[0]) & (length <= NODE_TOKENS[1])
    nodes = np.stack([first, length, found[:, 2]], 1)[good]
    _, unique = np.unique(nodes[:, :2], axis=0, return_index=True)
    nodes = nodes[np.sort(unique)]
    if len(nodes) > MOST_NODES:
        chosen = np.random.default_rng(len(text)).permutation(len(nodes))[:MOST_NODES]
        nodes = nodes[np.sort(chosen)]
    return nodes.astype(np.uint16)


def token_at(offsets: np.ndarray, character: int) -> int:
    """The first token that begins at or after `character`, or holds it behind a space."""
    return int(np.searchsorted(offsets[:, 1], character, side="right"))


def pack_repository(functions: list[Function], tokenizer, first: int, repo: int):
    """Tokens, table rows and nodes of one repository whose first function will have the index `first`."""
    codes, places, nodes = [], [], []
    texts = [original(function) for function in functions]
    for function, (text, start, body, end), encoding in zip(
        functions, texts, tokenizer.encode_batch([t[0] for t in texts])
    ):
        offsets = np.array(encoding.offsets, np.int64).reshape(-1, 2)[:MOST_CODE]
        codes.append(np.array(encoding.ids, np.uint16)[:MOST_CODE])
        place = [min(token_at(offsets, at), len(offsets)) for at in (start, body, end)]
        places.append(place)
        nodes.append(aligned_nodes(text, offsets, function, start, end))
    heads = [code[p[0] : p[1]] for code, p in zip(codes, places)]
    bodies = [code[p[1] : p[2]] for code, p in zip(codes, places)]
    near = nearest(heads, bodies)
    signatures = signatures_of(functions)
    kin = [functions[n] if n >= 0 else None for n in near]
    intents = tokenizer.encode_batch([intent(f)[:400] for f in functions])
    considers = tokenizer.encode_batch([consider(f, k, signatures)[:500] for f, k in zip(functions, kin)])
    tokens, table = [], []
    for index, function in enumerate(functions):
        parts = [
            np.array(intents[index].ids[:INTENT_TOKENS], np.uint16),
            np.array(considers[index].ids[:CONSIDER_TOKENS], np.uint16),
            codes[index],
        ]
        tokens.extend(parts)
        other = first + near[index] if near[index] >= 0 else -1
        row = [*map(len, parts), *places[index], other, repo, LANGUAGES.index(function.language), len(nodes[index])]
        table.append(row)
    return tokens, table, nodes


def pack_split(functions: list[Function], tokenizer, say) -> pack.Split:
    functions = sorted(functions, key=lambda f: (f.repo, f.path))
    tokens, table, nodes = [], [], []
    for number, (repo, group) in enumerate(groupby(functions, key=lambda f: f.repo)):
        more = pack_repository(list(group), tokenizer, len(table), number)
        for whole, part in zip((tokens, table, nodes), more):
            whole.extend(part)
        if number % 20 == 0:
            say(f"{len(table)} of {len(functions)} functions")
    return pack.Split(np.concatenate(tokens), np.array(table, np.int32), np.concatenate(nodes).reshape(-1, 3))


def run(options: argparse.Namespace) -> None:
    plan = preset(options.preset)
    out = options.out or Path("out/training") / options.preset / "data"
    begin = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - begin:6.1f} s] {text}", flush=True)

    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    most = options.functions or plan.functions
    train = read_split(options.corpus, "train", most)
    valid = read_split(options.corpus, "valid", most and max(50, most // 10))
    if not valid:
        raise Failure(f"{options.corpus} has no functions for validation.", "Give it more files.")
    say(f"read {len(train)} functions for training, {len(valid)} for validation")
    out.mkdir(parents=True, exist_ok=True)
    if options.tokenizer:
        tokenizer = load_tokenizer(options.tokenizer)
    else:
        step = max(1, len(train) // VOCABULARY_FUNCTIONS)
        texts = (part for f in train[::step] for part in (f.signature, f.body, f.context, f.doc))
        tokenizer = train_tokenizer(texts, plan.shape.vocabulary)
        say(f"trained a vocabulary of {tokenizer.get_vocab_size()} tokens")
    if tokenizer.get_vocab_size() > plan.shape.vocabulary:
        raise Failure(
            f"The vocabulary has {tokenizer.get_vocab_size()} tokens; {options.preset} has {plan.shape.vocabulary}."
        )
    tokenizer.save(str(out / "tokenizer.json"))
    counts = {}
    for name, functions in (("train", train), ("valid", valid)):
        split = pack_split(functions, tokenizer, say)
        size = pack.write_split(out, name, split)
        code = sum(len(original(f)[0].encode()) for f in functions)
        counts[name] = {
            "functions": len(split),
            "repositories": len({f.repo for f in functions}),
            "tokens": len(split.tokens),
            "codeTokens": int(split.table[:, 2].sum()),
            "bytesPerToken": round(code / max(1, int(split.table[:, 2].sum())), 3),
            "nodes": len(split.nodes),
            "withNeighbour": round(float((split.table[:, 6] >= 0).mean()), 3),
            "packedBytes": size,
        }
        say(f"{name}: {counts[name]}")
    meta = {
        "format": pack.FORMAT,
        "preset": options.preset,
        "tokenizer": hashlib.sha256((out / "tokenizer.json").read_bytes()).hexdigest(),
        "licences": sorted({f.licence for f in train}),
        "seconds": round(time.monotonic() - begin),
        **counts,
    }
    (out / "meta.json").write_text(json.dumps(meta, indent=2) + "\n")
    say(f"{out} holds {sum(f.stat().st_size for f in out.iterdir()) / 2**20:.1f} MiB")
