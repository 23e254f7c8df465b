"""The sizes that are trained: one preset for two CPU cores, one for a GPU, and a toy for tests."""

from dataclasses import asdict, dataclass, fields

from .failure import Failure


@dataclass(frozen=True)
class Shape:
    """What a checkpoint must agree on. Widths in floats, lengths in tokens."""

    vocabulary: int
    width: int
    layers: int
    heads: int
    hidden: int
    """Width of the SwiGLU's inside."""
    context: int
    """Longest row."""
    pointer: int = 64
    """Width of the pointer head's queries and keys."""
    kinds: int = 16
    """Node kinds that the length head knows (syntax.KINDS and room for more)."""
    bins: int = 64
    """Lengths that the length head tells apart: 1 … bins, the last also for longer."""
    halo: int = 2
    """Neighbours on each side that the convolution on embeddings sees: kernel 2 * halo + 1."""
    self_conditioning: bool = False
    """Whether the network may see its own last guess at masked positions (Analog Bits, 2208.04202)."""


@dataclass(frozen=True)
class Preset:
    """How a shape is trained. The wall clock rules: `minutes` is the whole schedule."""

    shape: Shape
    minutes: float
    batch: int
    """Tokens a step."""
    rate: float
    """Peak learning rate of AdamW, and of Muon (scaled to AdamW's update size)."""
    span_caps: tuple
    """Longest node that is masked, in tokens, as (share of the budget at which it starts, cap)."""
    functions: int | None
    """How many functions `prepare` packs; None: all."""
    average: float = 0.999
    """Decay of the exponential moving average of weights."""
    granularity: int = 32
    """Rows are cut to multiples of this many tokens, so that a batch needs no padding."""
    evaluate_every: float = 300.0
    """Seconds between looks at functions.valid."""
    save_every: float = 120.0
    """Seconds between checkpoints."""
    log_every: float = 10.0
    """Seconds between lines of the log."""


CPU = Preset(
    shape=Shape(vocabulary=4096, width=256, layers=6, heads=4, hidden=704, context=384),
    minutes=90,
    batch=4096,
    rate=6e-3,
    span_caps=((0.0, 8), (0.25, 24)),
    functions=120_000,
    average=0.998,
)
GPU = Preset(
    shape=Shape(vocabulary=8192, width=512, layers=9, heads=8, hidden=1376, context=512),
    minutes=22,
    batch=262_144,
    rate=2e-3,
    span_caps=((0.0, 8), (0.2, 24), (0.5, 96)),
    functions=None,
    granularity=64,
    evaluate_every=120.0,
)
TOY = Preset(
    shape=Shape(vocabulary=512, width=64, layers=2, heads=2, hidden=128, context=128, pointer=32),
    minutes=3,
    batch=1024,
    rate=5e-3,
    span_caps=((0.0, 8),),
    functions=400,
    average=0.9,
    evaluate_every=1e9,
    save_every=1.0,
    log_every=0.5,
)
PRESETS = {"cpu": CPU, "gpu": GPU, "toy": TOY}


def preset(name: str) -> Preset:
    if name not in PRESETS:
        raise Failure(f"There is no preset {name!r}.", f"Known are {', '.join(PRESETS)}.")
    return PRESETS[name]


def shape_from(values: dict) -> Shape:
    """A shape as it was written into a checkpoint or a manifest."""
    known = {f.name for f in fields(Shape)}
    if set(values) - known:
        raise Failure(f"This shape has fields that are unknown here: {sorted(set(values) - known)}.")
    return Shape(**values)


def shape_values(shape: Shape) -> dict:
    return asdict(shape)
