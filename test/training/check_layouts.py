"""Runs every export below a folder as its manifest says, and again with remembered context: the answers must agree."""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime

KINDS = {"tensor(int64)": np.int64, "tensor(float)": np.float32}


def check(folder: Path) -> str:
    manifest = json.loads((folder / "manifest.json").read_text())
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    declared, halo, special = manifest["inputs"], manifest["halo"], manifest["specialIds"]
    cache = manifest.get("cache")
    rng = np.random.default_rng(1)
    ids = rng.integers(20, 250, (1, 24))
    block, rest = np.arange(8, 12), np.r_[0:8, 12:24]
    ids[0, block] = special["mask"]
    padded = np.pad(ids, ((0, 0), (halo, halo)), constant_values=special["pad"])
    layers = range(cache["layers"]) if cache else []

    def feeds(active: np.ndarray, memory: dict) -> dict:
        asked = np.searchsorted(active, block)[None]
        found = {declared["ids"]: padded[:, active[0] : active[-1] + 2 * halo + 1]}
        for role, value in {
            "positions": active[None],
            "attentionMask": np.ones((1, 24), np.int64),
            "maskPositions": asked,
            "candidates": np.full((1, 4, 0), 20),
            "kinds": np.zeros((1, 4), np.int64),
        }.items():
            if role in declared:
                found[declared[role]] = value
        return {**found, **memory}

    def empty(name: str) -> np.ndarray:
        of = next(i for i in session.get_inputs() if i.name == name)
        return np.zeros([d if isinstance(d, int) else {"B": 1, "P": 0}[d] for d in of.shape], KINDS[of.type])

    pasts = (
        [cache[part].replace("{layer}", str(n)) for n in layers for part in ("pastKey", "pastValue")] if cache else []
    )
    pasts += [cache[part] for part in ("pastIds", "pastPointer") if cache and part in cache]
    whole_row = feeds(np.arange(24), {name: empty(name) for name in pasts})
    assert set(whole_row) == {i.name for i in session.get_inputs()}, f"{folder.name}: the manifest misnames inputs"
    answers = dict(zip([o.name for o in session.get_outputs()], session.run(None, whole_row)))
    outputs = manifest["outputs"]
    shift = 1 if manifest["logitShift"] else 0

    def told(found: dict, first: int) -> np.ndarray:
        if "logits" in outputs:
            assert found[outputs["logits"]].shape[2] == manifest["vocabulary"]
            return found[outputs["logits"]][:, block - first - shift]
        assert (found[outputs["logSumExp"]] < 1e-3).all() and found[outputs["candidateLogits"]].shape[1:] == (4, 0)
        return found[outputs["topLogits"]]

    first = told(answers, 0)
    assert np.isfinite(first).all(), f"{folder.name}: not finite"
    example = json.loads((folder / "example.json").read_text())
    row = np.array(example["ids"])
    assert (row[[a["position"] for a in example["answers"]]] == special["mask"]).all()
    if "logits" not in outputs:
        asked = {**whole_row, declared["ids"]: np.pad(row, halo, constant_values=special["pad"])[None]}
        asked[declared["candidates"]] = np.array([[a["ids"] for a in example["answers"]]])
        said = session.run([outputs["candidateLogits"]], asked)[0][0]
        gap = np.abs(said - [a["logP"] for a in example["answers"]]).max()
        assert gap < (0.2 if manifest["model"]["precision"] == "int8" else 1e-3), (
            f"{folder.name}: example differs by {gap}"
        )
    # A longer row beside it, with padding after this one, must change nothing.
    ragged = {name: np.concatenate([value] * 2) for name, value in whole_row.items()}
    for name, extra in (
        (declared["ids"], special["pad"]),
        (declared.get("attentionMask"), 0),
        (declared.get("positions"), 24),
    ):
        if name:
            ragged[name] = np.pad(ragged[name], ((0, 0), (0, 1)), constant_values=extra)
            ragged[name][1, -1 - (halo if name == declared["ids"] else 0)] = 21
    both = dict(zip(answers, session.run(None, ragged)))
    gap = np.abs(told(both, 0)[:1] - first).max()
    assert gap < (0.2 if manifest["model"]["precision"] == "int8" else 1e-3), (
        f"{folder.name}: padding changes it by {gap}"
    )
    if not cache:
        return "whole rows"
    # What is asked at position i may be told at i − 1, so a shifted model needs one more active token.
    active = np.arange(block[0] - shift, block[-1] + 1)
    rest = np.setdiff1d(rest, active)
    axis = 1 if cache["layout"] == "batch,length,width" else 2
    memory = {}
    for n in layers:
        for past, part in (("pastKey", "key"), ("pastValue", "value")):
            value = answers[cache[part].replace("{layer}", str(n))]
            memory[cache[past].replace("{layer}", str(n))] = np.take(value, rest, axis)
    if "pastIds" in cache:
        memory |= {cache["pastIds"]: ids[:, rest], cache["pastPointer"]: answers[cache["pointer"]][:, rest]}
    again = dict(zip(answers, session.run(None, feeds(active, memory))))
    # int8 scales activations by the tensor, so fewer active tokens round a little differently.
    allowed = 0.2 if manifest["model"]["precision"] == "int8" else 1e-3
    gap = np.abs(told(again, active[0]) - first).max()
    assert gap < allowed, f"{folder.name}: remembered context changes the answer by {gap}"
    return "whole rows and remembered context"


for each in sorted(Path(sys.argv[1]).iterdir()):
    print(f"{each.name}: {check(each)}")
