"""CARD.md, written from what was measured and from nothing else."""

import platform


def processor() -> str:
    try:
        with open("/proc/cpuinfo") as lines:
            return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def table(head: list[str], rows: list[list]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def card(manifest: dict, measured: dict, figures: dict | None) -> str:
    """`measured`: what export measured; `figures`: what evaluate measured, or None where it did not run."""
    shape, training, model = manifest["shape"], manifest["training"], manifest["model"]
    data = training["data"]
    train, valid = data["train"], data["valid"]
    parts = [
        f"# {manifest['name']}",
        (
            "A masked-diffusion denoiser for code: a bidirectional transformer that says what stands under masks. Written by"
            " `python -m training export`; every figure was measured by it or by `python -m training evaluate`."
        ),
        "## The network",
        table(
            ["parameters", "layers", "width", "heads", "vocabulary", "context", "precision", "size"],
            [
                [
                    f"{model['parameters'] / 1e6:.2f}M",
                    shape["layers"],
                    shape["width"],
                    shape["heads"],
                    shape["vocabulary"],
                    shape["context"],
                    model["precision"],
                    f"{model['bytes'] / 1e6:.1f} MB",
                ]
            ],
        ),
        f"Licence: {manifest['licence']}. sha256 of model.onnx: `{model['sha256']}`.",
        "## Training",
        (
            f"Preset `{training['preset']}` on {training['device']}: {training['steps']} steps, {training['tokens'] / 1e6:.1f}M tokens"
            f" in {training['seconds'] / 60:.1f} minutes ({training['tokens'] / max(1, train['tokens']):.2f} × the packed tokens)."
        ),
        table(
            ["split", "functions", "repositories", "tokens", "bytes a token", "with a nearest body"],
            [
                [
                    name,
                    s["functions"],
                    s["repositories"],
                    f"{s['tokens'] / 1e6:.2f}M",
                    s["bytesPerToken"],
                    s["withNeighbour"],
                ]
                for name, s in (("train", train), ("valid", valid))
            ],
        ),
        f"Licences of the code it learned from: {'; '.join(data['licences'])}. The code itself is not part of the model's files.",
        "## What was measured at export",
        table(
            ["compared", "most difference of log p", "mean", "same first token"],
            [
                [what, p["most"], p["mean"], p["sameTop"]]
                for what, p in (
                    ("PyTorch / onnxruntime f32", measured["parity"]["pytorch"]),
                    ("whole row / remembered context", measured["parity"]["cache"]),
                    ("f32 / int8", measured["parity"]["int8"]),
                )
            ],
        ),
        (
            f"Bound on held-out functions, {measured['elbo']['rows']} rows: {measured['elbo']['fp32']} nats a token in f32,"
            f" {measured['elbo']['int8']} in int8 (rise {measured['elbo']['rise']})."
        ),
        table(
            ["precision", "threads", "row", "masked", "whole row, ms", "remembered context, ms"],
            [
                [name, s["threads"], s["length"], s["masked"], s["wholeMs"], s["cachedMs"]]
                for name, s in measured["speed"].items()
            ],
        ),
        f"Times on {processor()}, best of a few, other work possibly running.",
    ]
    parts += evaluated(figures) if figures else ["## Quality", "Not measured for this export."]
    parts += ["## Limits", limits(manifest, figures)]
    return "\n\n".join(parts) + "\n"


def evaluated(figures: dict) -> list[str]:
    parts = [
        f"## Quality, on held-out repositories ({figures['runs']})",
        f"Bound: {figures['elbo']} nats a token over {figures['rows']} rows ({figures['codeTokens']} tokens).",
        table(
            ["share masked", *figures["accuracyByMaskRate"]],
            [["first guess right", *figures["accuracyByMaskRate"].values()]],
        ),
        table(["other body in the row", *figures["elboByNear"]], [["nats a token", *figures["elboByNear"].values()]]),
    ]
    if "exact" in figures:
        exact, length = figures["exact"], figures["length"]
        without = figures["oracleWithoutNear"]
        parts += [
            table(
                [
                    "tokens of the node or line",
                    "spans",
                    "exact, length given",
                    "the same without other body",
                    "exact, likeliest length",
                    "exact, best of three lengths",
                ],
                [
                    [size, e["spans"], e["oracle"], without[size], e["predicted"], e["bestOfThree"]]
                    for size, e in exact.items()
                ],
            ),
            f"Length head, {length['spans']} spans of any size: right {length['right']}, among its three likeliest {length['amongThree']}, calibration error {length['calibrationError']}.",
        ]
    return parts


def limits(manifest: dict, figures: dict | None) -> str:
    languages = ", ".join(manifest["row"]["languages"])
    lines = [
        f"Knows {languages}; rows of at most {manifest['maxLength']} tokens; lengths of at most {manifest['lengthHead']['bins']} tokens."
    ]
    if figures and "exact" in figures:
        size, long = list(figures["exact"].items())[-1]
        lines.append(
            f"Of nodes of {size} tokens it gives back {100 * long['oracle']:.1f} % exactly even when told the length: what it proposes needs a check."
        )
    return " ".join(lines)
