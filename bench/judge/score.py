"""Summed log-likelihood of middles under a fill-in-the-middle model: score.py MODEL <prompts.jsonl >scores.jsonl.

Lines in: {"id", "prefix", "suffix", "middle", "block"}; the block ('' for none) stands at the top of the prefix. Lines out, in
the order of those in: {"id", "nats" (of the middle's tokens), "tokens" (of the middle), "block" (tokens of the block)}. A line in with
"prompt" instead of prefix, suffix and block is a raw prompt with the model's own tokens, which nothing is cut from.
"""

import json
import sys
from pathlib import Path

import numpy as np
from qwen2 import Qwen2
from tokenizers import Tokenizer

# Tokens: the model was trained on prompts below 230, and its card says to stay below 256. All arms see the same prefix and suffix.
BLOCK, PREFIX, SUFFIX, MIDDLE = 128, 80, 20, 64


def main() -> None:
    folder = Path(sys.argv[1])
    model = Qwen2(folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    cut = Cutter(tokenizer)
    # One at a time: rows side by side were no faster, since one prompt fills the processor's cache.
    for line in sys.stdin:
        prompt = cut.prompt(json.loads(line))
        print(json.dumps({"id": prompt["id"], "nats": score(model, prompt), "tokens": prompt["middle"], "block": prompt["block"]}))


def score(model: Qwen2, prompt: dict) -> float:
    tokens = np.array(prompt["tokens"])
    start = len(tokens) - prompt["middle"]
    hidden = model.hidden(tokens[None])[0]
    return float(model.log_likelihoods(hidden[start - 1 : -1], tokens[start:]).sum())


class Cutter:
    """Turns texts into tokens and cuts them: the prefix at its start, suffix and block at their end, the middle after a whole line."""

    def __init__(self, tokenizer: Tokenizer):
        self.tokenizer = tokenizer
        self.signs = [tokenizer.token_to_id(f"<|fim_{name}|>") for name in ("prefix", "suffix", "middle")]

    def prompt(self, given: dict) -> dict:
        if "prompt" in given:
            before = self.tokens(given["prompt"])
            body = self.whole_lines(given["middle"], MIDDLE)
            return {"id": given["id"], "tokens": [*before, *body], "middle": len(body), "block": 0}
        prefix, suffix, middle = self.signs
        block = self.whole_lines(given["block"], BLOCK) if given["block"] else []
        before = self.tokens(given["prefix"])[-PREFIX:]
        after = self.tokens(given["suffix"])[:SUFFIX]
        body = self.whole_lines(given["middle"], MIDDLE)
        tokens = [prefix, *block, *before, suffix, *after, middle, *body]
        return {"id": given["id"], "tokens": tokens, "middle": len(body), "block": len(block)}

    def tokens(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def whole_lines(self, text: str, most: int) -> list[int]:
        """The first lines that fit; of a first line that is too long, what fits."""
        encoding = self.tokenizer.encode(text, add_special_tokens=False)
        if len(encoding.ids) <= most:
            return encoding.ids
        ends = [at + 1 for at, (_, end) in enumerate(encoding.offsets[:most]) if text[end - 1] == "\n"]
        return encoding.ids[: ends[-1] if ends else most]


main()
