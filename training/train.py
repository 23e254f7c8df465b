"""`train`: masked-diffusion training scheduled by the wall clock; goes on from its checkpoint after any stop."""

import argparse
import contextlib
import json
import math
import signal
import time
from dataclasses import replace
from pathlib import Path

import torch

from . import checkpoint, pack
from .batches import Batches, loader, span_cap
from .elbo import elbo
from .failure import Failure
from .model import Denoiser, parameters
from .optimise import DECAY_FROM, Average, optimisers, rate_at, set_rate
from .presets import Preset, preset, shape_from, shape_values
from .rows import TokenFlags
from .scoring import TorchScorer
from .tokens import load_tokenizer

LENGTH_WEIGHT = 0.25
"""Share of the length head's loss in the whole."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--preset", default="cpu", help="cpu, gpu or toy (default: cpu)")
    parser.add_argument("--data", type=Path, help="what prepare wrote (default: out/training/<preset>/data)")
    parser.add_argument("--out", type=Path, help="checkpoints, log and weights (default: out/training/<preset>/run)")
    parser.add_argument("--minutes", type=float, help="the whole schedule, earlier commands counted in")
    parser.add_argument("--stop-after", type=float, metavar="SECONDS", help="end this command then; the next goes on")
    parser.add_argument("--steps", type=int, help="end this command after so many steps")
    parser.add_argument("--fresh", action="store_true", help="start anew where a checkpoint lies in --out")
    parser.add_argument("--rate", type=float, help="peak learning rate (default: the preset's)")
    parser.add_argument("--threads", type=int, help="threads on the CPU")
    parser.add_argument("--workers", type=int, default=0, help="processes that make rows (GPU: 12)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--compile", action="store_true", help="torch.compile")
    parser.add_argument("--self-conditioning", action="store_true", help="let the network see its last guess")
    parser.add_argument("--seed", type=int, default=1)


def device_for(wanted: str) -> torch.device:
    if wanted == "cuda" and not torch.cuda.is_available():
        raise Failure("There is no GPU that PyTorch can use here.", "Leave --device out to train on the CPU.")
    return torch.device("cuda" if wanted != "cpu" and torch.cuda.is_available() else "cpu")


class Training:
    """Everything that a checkpoint holds, and one step of it."""

    def __init__(self, plan: Preset, device: torch.device, facts: dict):
        self.plan, self.device, self.facts = plan, device, facts
        self.model = Denoiser(plan.shape).to(device)
        self.run = self.model
        self.optimisers = optimisers(self.model, plan)
        self.average = Average(self.model, plan.average)
        self.step = self.tokens = 0
        self.elapsed = 0.0
        """Seconds of training so far, of all commands together."""

    def state(self) -> dict:
        return {
            "shape": shape_values(self.plan.shape),
            "model": self.model.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "average": self.average.values,
            "averageSteps": self.average.steps,
            "progress": {"step": self.step, "tokens": self.tokens, "elapsed": self.elapsed},
            "facts": self.known(),
        }

    def known(self) -> dict:
        return {**self.facts, "steps": self.step, "tokens": self.tokens, "seconds": round(self.elapsed)}

    def restore(self, state: dict) -> None:
        if shape_from(state["shape"]) != self.plan.shape:
            raise Failure("The checkpoint is of another shape than the preset.", "Use --fresh, or another --out.")
        if state["facts"]["tokenizer"] != self.facts["tokenizer"]:
            raise Failure("The checkpoint was trained with another vocabulary than --data has.")
        self.model.load_state_dict(state["model"])
        for optimiser, saved in zip(self.optimisers, state["optimisers"]):
            optimiser.load_state_dict(saved)
        self.average.load(state["averageSteps"], state["average"])
        self.step, self.tokens, self.elapsed = (state["progress"][key] for key in ("step", "tokens", "elapsed"))

    def cast(self):
        """bf16 where the machine multiplies it faster: GPUs, and CPUs with AVX512-BF16 or AMX."""
        fast = self.device.type == "cuda" or torch.cpu._is_avx512_bf16_supported()
        return torch.autocast(self.device.type, torch.bfloat16) if fast else contextlib.nullcontext()

    def guess(self, batch: dict):
        """What a first look without gradients says, in half of the steps of a self-conditioned network."""
        if self.model.guess is None or self.step % 2:
            return None
        with torch.no_grad():
            return self.model.first_look(batch["ids"], batch["positions"], batch["weights"])

    def train_step(self, batch: dict, progress: float) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean losses in nats: a masked token's, a length's."""
        batch = {name: value.to(self.device, non_blocking=True) for name, value in batch.items()}
        set_rate(self.optimisers, self.plan.rate * rate_at(progress))
        with self.cast():
            loss, count, lengths, holes = self.run(batch, self.guess(batch))
        loss, lengths = loss / count, lengths / holes.clamp_min(1)
        (loss + LENGTH_WEIGHT * lengths).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        self.average.update(self.model)
        self.step += 1
        self.tokens += batch["ids"].numel()
        return loss.detach(), lengths.detach()


def newest(out: Path, budget: float) -> Path | None:
    """
    The checkpoint to go on from: the last one; or, where the budget has grown since its rate began to fall, the one
    from just before, so that the flat part of the schedule is what gets longer.
    """
    last, flat = out / "last.pt", out / "flat.pt"
    if not last.is_file():
        return None
    if flat.is_file() and checkpoint.load(flat)["progress"]["elapsed"] < DECAY_FROM * budget - 1:
        planned = checkpoint.load(last)["facts"].get("budget", budget)
        return flat if planned < budget else last
    return last


def run(options: argparse.Namespace) -> None:
    plan = preset(options.preset)
    if options.self_conditioning:
        plan = replace(plan, shape=replace(plan.shape, self_conditioning=True))
    plan = replace(plan, rate=options.rate or plan.rate, minutes=options.minutes or plan.minutes)
    home = Path("out/training") / options.preset
    data, out = options.data or home / "data", options.out or home / "run"
    device = device_for(options.device)
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    meta, tokenizer = pack.read_meta(data), load_tokenizer(data / "tokenizer.json")
    if tokenizer.get_vocab_size() > plan.shape.vocabulary:
        raise Failure(
            f"{data} has {tokenizer.get_vocab_size()} tokens, {options.preset} takes {plan.shape.vocabulary}."
        )
    budget = plan.minutes * 60
    facts = {
        "preset": options.preset,
        "tokenizer": meta["tokenizer"],
        "data": meta,
        "budget": budget,
        "device": str(device),
    }
    training = Training(plan, device, facts)
    last = None if options.fresh else newest(out, budget)
    if last:
        training.restore(checkpoint.load(last))
    if options.compile:
        training.run = torch.compile(training.model, dynamic=True)
    flags, progress = TokenFlags(tokenizer), torch.zeros(1).share_memory_()
    # Another seed for each command: rows of the commands before are not seen again in the same masks.
    rows = Batches(pack.read_split(data, "train"), plan, flags, options.seed + training.step, progress)
    valid = pack.read_split(data, "valid")
    out.mkdir(parents=True, exist_ok=True)
    with (out / "log.jsonl").open("a" if last else "w") as log:
        loop(training, options, loader(rows, options.workers, device.type == "cuda"), progress, valid, flags, log, out)
    checkpoint.write_weights(out / "weights", plan.shape, training.average.values, training.known())


def loop(training: Training, options, rows, progress: torch.Tensor, valid, flags, log, out: Path) -> None:
    plan, budget = training.plan, training.plan.minutes * 60
    stopping = []
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, frame: stopping.append(number))

    def say(event: dict) -> None:
        line = json.dumps(event)
        print(line, flush=True)
        log.write(line + "\n")
        log.flush()

    begin, before, first = time.monotonic(), training.elapsed, training.step
    saved = logged = evaluated = begin
    say(
        {
            "event": "start",
            "parameters": parameters(training.model),
            "step": first,
            "elapsed": round(before),
            "device": str(training.device),
        }
    )
    losses, lengths, tokens = [], [], training.tokens

    def say_step(share: float) -> None:
        """The means since the last time."""
        nonlocal tokens, logged
        mean = torch.stack(losses).mean().item()
        if not math.isfinite(mean):
            raise Failure(
                f"The loss became {mean} at step {training.step}.", "Lower --rate and go on from the checkpoint."
            )
        say(
            {
                "event": "step",
                "step": training.step,
                "elapsed": round(training.elapsed, 1),
                "tokens": training.tokens,
                "loss": round(mean, 4),
                "lengthLoss": round(torch.stack(lengths).mean().item(), 4),
                "tokensPerSecond": round((training.tokens - tokens) / max(1e-9, time.monotonic() - logged)),
                "rate": plan.rate * rate_at(share),
                "spanCap": span_cap(plan, share),
            }
        )
        losses.clear()
        lengths.clear()
        tokens, logged = training.tokens, time.monotonic()

    for batch in rows:
        now = time.monotonic()
        training.elapsed = before + now - begin
        share = min(1.0, training.elapsed / budget)
        ended = share >= 1 or stopping or (options.steps and training.step - first >= options.steps)
        if ended or (options.stop_after and now - begin >= options.stop_after):
            break
        progress.fill_(share)
        loss, length = training.train_step(batch, share)
        losses.append(loss)
        lengths.append(length)
        if now - logged >= plan.log_every or training.step == first + 1:
            say_step(share)
        if now - saved >= plan.save_every:
            checkpoint.save(out / "last.pt", training.state())
            if share < DECAY_FROM:
                checkpoint.save(out / "flat.pt", training.state())
            saved = time.monotonic()
        if now - evaluated >= plan.evaluate_every:
            say(
                {
                    "event": "valid",
                    "step": training.step,
                    "elapsed": round(training.elapsed, 1),
                    **look(training, valid, flags),
                }
            )
            evaluated = time.monotonic()
    if losses:
        say_step(share)
    checkpoint.save(out / "last.pt", training.state())
    say(
        {
            "event": "end",
            "step": training.step,
            "elapsed": round(training.elapsed, 1),
            "tokens": training.tokens,
            **look(training, valid, flags),
        }
    )


def look(training: Training, valid, flags) -> dict:
    """ELBO of the averaged weights on a fixed sample of functions.valid; its seconds count as training time."""
    model = Denoiser(training.plan.shape).to(training.device)
    model.load_state_dict(training.average.values, strict=False)
    rows = 16 if training.plan.evaluate_every > 1e6 else 64
    with training.cast():
        figures = elbo(TorchScorer(model.eval()), valid, training.plan.shape, flags, rows=rows)
    return {"elbo": figures["elbo"], "accuracyByMaskRate": figures["accuracyByMaskRate"]}
