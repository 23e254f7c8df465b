"""Writes a denoiser of a preset's shape with random weights, in int8: as fast as a trained one. Arguments: preset, tokenizer.json, folder."""

import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
import torch

sys.path.insert(0, str(Path(__file__).parents[2]))

from training.manifest import ours, write_manifest
from training.model import Denoiser, parameters
from training.onnx_denoiser import DenoiserGraph
from training.presets import preset

name, tokenizer, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
shape = preset(name).shape
torch.manual_seed(1)
network = Denoiser(shape)
for layer in network.layers:  # untrained layers are zero, and what multiplies zeros may be faster
    torch.nn.init.normal_(layer.out.weight, std=0.02)
    torch.nn.init.normal_(layer.down.weight, std=0.02)
weights = {key: value.detach().numpy().astype(np.float32) for key, value in network.named_parameters()}
out.mkdir(parents=True, exist_ok=True)
onnx.save(DenoiserGraph(shape, weights, True).build(), out / "model.onnx")
shutil.copy(tokenizer, out / "tokenizer.json")
write_manifest(out, ours(out, f"random-{name}", shape, "int8", parameters(network), {"preset": name}))
print(parameters(network))
