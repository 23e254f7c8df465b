"""How weights move: Muon on matrices inside the network, AdamW elsewhere; rates by the clock; an average of weights."""

import torch
from torch import nn

from .presets import Preset

WARM_UP = 0.02
"""Share of the budget in which the rate rises."""
DECAY_FROM = 0.8
"""Share of the budget after which the rate falls in a line."""
LAST = 0.02
"""The rate at the end, as a share of the peak."""


def rate_at(progress: float) -> float:
    """Share of the peak learning rate: warm-up, flat, linear decay (WSD, 2404.06395)."""
    if progress < WARM_UP:
        return max(0.01, progress / WARM_UP)
    if progress < DECAY_FROM:
        return 1.0
    return max(LAST, 1 - (1 - LAST) * (progress - DECAY_FROM) / (1 - DECAY_FROM))


def optimisers(model: nn.Module, plan: Preset) -> list[torch.optim.Optimizer]:
    """Muon (Jordan 2024; update size as AdamW's, 2502.16982) for the layers' matrices, AdamW for the rest."""
    inside = [p for name, p in model.named_parameters() if name.startswith("layers.") and p.ndim == 2]
    ids = {id(p) for p in inside}
    rest = [p for p in model.parameters() if id(p) not in ids]
    muon = torch.optim.Muon(inside, lr=plan.rate, weight_decay=0.1, adjust_lr_fn="match_rms_adamw")
    adamw = torch.optim.AdamW(
        [
            {"params": [p for p in rest if p.ndim >= 2], "weight_decay": 0.01},
            {"params": [p for p in rest if p.ndim < 2], "weight_decay": 0.0},
        ],
        lr=plan.rate,
        betas=(0.9, 0.95),
        fused=True,
    )
    return [muon, adamw]


def set_rate(found: list[torch.optim.Optimizer], rate: float) -> None:
    for optimiser in found:
        for group in optimiser.param_groups:
            group["lr"] = rate


class Average:
    """Exponential moving average of weights in f32; young averages follow faster."""

    def __init__(self, model: nn.Module, decay: float):
        self.decay, self.steps = decay, 0
        self.values = {name: p.detach().clone().float() for name, p in model.named_parameters()}

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        mine = list(self.values.values())
        torch._foreach_lerp_(mine, [p.detach().float() for p in model.parameters()], 1 - decay)

    def load(self, steps: int, values: dict[str, torch.Tensor]) -> None:
        self.steps = steps
        for name, value in values.items():
            self.values[name].copy_(value)
