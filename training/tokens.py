"""The vocabulary: byte-level BPE whose tokens never straddle what a node of a syntax tree may end at."""

from collections.abc import Iterable
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from .failure import Failure
from .syntax import LANGUAGES

SPECIALS = (
    "<|pad|>",
    "<|mask|>",
    "<|hole|>",
    "<|bos|>",
    "<|eos|>",
    "<|intent|>",
    "<|consider|>",
    "<|near|>",
    "<|code|>",
    *(f"<|{language}|>" for language in LANGUAGES),
)
"""Ids 0, 1, … in this order. None is ever read out of a text: text that looks like one is cut like other text."""
PAD, MASK, HOLE, BOS, EOS, INTENT, CONSIDER, NEAR, CODE = range(9)
LANGUAGE = {language: 9 + index for index, language in enumerate(LANGUAGES)}
FIRST_TEXT = len(SPECIALS)

PRETOKENS = (
    r"(?:[ \t]*\r?\n)+[ \t]*"  # line break(s) with the indentation that follows: one token for most
    r"| ?[\p{L}_$]+"
    r"| ?\p{N}{1,3}"
    r"| ?(?:\(\)|\[\]|\{\}|\"\"|''|[()\[\]{}\"'`,;])"  # brackets, quotes and separators alone: nodes end there
    r"| ?[^\s\p{L}\p{N}_$()\[\]{}\"'`,;]+"
    r"|[ \t]+(?=[ \t]\S)|\s+"
)
"""Cuts text before merging. A single space belongs to the word after it; `.` stays apart from the name after it."""


def train_tokenizer(texts: Iterable[str], vocabulary: int) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PRETOKENS), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIALS),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        min_frequency=2,
        max_token_length=24,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.encode_special_tokens = True
    return tokenizer


def load_tokenizer(path: Path) -> Tokenizer:
    if not path.is_file():
        raise Failure(f"There is no vocabulary at {path}.", "`python -m training prepare` writes one.")
    tokenizer = Tokenizer.from_file(str(path))
    for index, special in enumerate(SPECIALS):
        if tokenizer.token_to_id(special) != index:
            raise Failure(f"{path} is no vocabulary of this trainer: {special} is not token {index}.")
    tokenizer.encode_special_tokens = True
    return tokenizer
