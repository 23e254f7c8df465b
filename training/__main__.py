"""One command each: prepare, train, evaluate, export; and layouts for tests of the loader."""

import argparse
import importlib
import os
import sys

from .failure import Failure

COMMANDS = {
    "prepare": "pack a corpus: vocabulary, tokens, nodes, nearest neighbours",
    "train": "train, or go on from the last checkpoint",
    "evaluate": "measure a checkpoint or an export on held-out functions",
    "export": "write model.onnx, tokenizer.json, manifest.json and CARD.md",
    "layouts": "write tiny random exports of every layout the loader takes",
}


# Threads that spin while they wait for each other make training ten times slower where others use the cores, too.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m training", description="Trains Lodestone's denoiser.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    wanted = argv[0] if argv else ""
    for name, what in COMMANDS.items():
        command = commands.add_parser(name, help=what, description=what)
        if name == wanted:
            importlib.import_module(f".{name}", __package__).arguments(command)
    options = parser.parse_args(argv)
    try:
        importlib.import_module(f".{options.command}", __package__).run(options)
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
