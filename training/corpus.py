"""Where functions come from: the corpus of functions.*.jsonl.xz (../shared/data/CORPUS.md) or any folder of source."""

import json
import lzma
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .failure import Failure
from .syntax import EXTENSIONS, functions_of

SKIPPED_FOLDERS = {".git", "node_modules", "dist", "out", "build", "target", "vendor", "__pycache__", ".venv", "venv"}
MOST_BYTES = 150_000


@dataclass(frozen=True, slots=True)
class Function:
    """One function as the corpus describes it; texts as written."""

    repo: str
    licence: str
    path: str
    language: str
    name: str
    signature: str
    doc: str
    context: str
    before: str
    body: str
    after: str


def from_record(record: dict) -> Function:
    """One line of the corpus. Texts cut in the middle of a surrogate pair lose the half."""
    record = {key: value.encode("utf-8", "replace").decode() for key, value in record.items()}
    return Function(
        repo=record["repo"],
        licence=record["license"],
        path=record["path"],
        language=record["language"],
        name=record["name"],
        signature=record["signature"],
        doc=record["doc"],
        context=record["context"],
        before=record["before"],
        body=record["body"],
        after=record["after"],
    )


def read_shard(path: Path) -> Iterator[Function]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield from_record(json.loads(line))
            except (ValueError, KeyError, AttributeError) as error:
                raise Failure(f"{path}:{number} is no record of the corpus: {error!r}.") from error


def read_folder(folder: Path, licence: str) -> Iterator[Function]:
    """The functions of every source file below `folder`, which counts as one repository."""
    for path in sorted(folder.rglob("*")):
        language = EXTENSIONS.get(path.suffix)
        if language is None or SKIPPED_FOLDERS & set(path.parts) or not path.is_file():
            continue
        data = path.read_bytes()
        if len(data) > MOST_BYTES:
            continue
        text = data.decode("utf-8", errors="replace").replace("\r\n", "\n")
        imports = "\n".join(
            line for line in text.splitlines() if re.match(r"(import|from|use|const .*require\()", line)
        )
        for name, start, body, end in functions_of(text, language):
            yield Function(
                repo=folder.name,
                licence=licence,
                path=str(path.relative_to(folder)),
                language=language,
                name=name,
                signature=text[start:body].rstrip(),
                doc="",
                context=imports[:800],
                before=text[max(0, start - 600) : start],
                body=text[body:end],
                after=text[end : end + 300],
            )


def read_split(corpus: Path, split: str, most: int | None, seed: int = 1) -> list[Function]:
    """
    The functions of one split ("train", "valid", "test"), at most `most` of them: whole shards in a seeded order, so
    that functions of one file stay together. A folder of source without shards gives the same, a twentieth of its files
    being "valid".
    """
    if not corpus.is_dir():
        raise Failure(f"There is no corpus at {corpus}.", "Name a folder with --corpus.")
    shards = sorted(corpus.glob(f"functions.{split}.*.jsonl.xz"))
    if shards:
        random.Random(seed).shuffle(shards)
        found = []
        for shard in shards:
            found.extend(read_shard(shard))
            if most is not None and len(found) >= most:
                break
        return found[:most]
    if list(corpus.glob("functions.*.jsonl.xz")):
        raise Failure(f"{corpus} has no functions.{split}.*.jsonl.xz.")
    found = [f for f in read_folder(corpus, "as the folder's") if (hash_of(f.path) % 20 == 0) == (split == "valid")]
    if not found and split == "train":
        raise Failure(f"{corpus} holds no functions in a known language ({', '.join(sorted(EXTENSIONS))}).")
    return found[:most]


def hash_of(text: str) -> int:
    """A hash that is the same in every process."""
    value = 2166136261
    for byte in text.encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value


def original(function: Function) -> tuple[str, int, int, int]:
    """The text around a function, and where in it the signature and the body start and the body ends (characters)."""
    gap = "\n" if function.language == "python" else " "
    start = len(function.before)
    body = start + len(function.signature) + len(gap)
    text = function.before + function.signature + gap + function.body + function.after
    return text, start, body, body + len(function.body)
