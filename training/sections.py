"""What a row says before its code: the intent and the consider-block, synthesised as the product will write them."""

import re

from .corpus import Function, hash_of

INTENT_TOKENS = 48
CONSIDER_TOKENS = 96
NEAR_TOKENS = 160

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_CALL = re.compile(r"\b([A-Za-z_]\w{3,})\s*\(")


def words(name: str) -> str:
    """`getUserName` → "get user name"."""
    return " ".join(_WORD.findall(name)).lower()


def intent(function: Function) -> str:
    """The first paragraph of the doc comment; for the functions without one (61 % of the corpus) the name's words."""
    paragraph = re.split(r"\n\s*\n|\n\s*@|\n\s*:param|\n\s*Args:", function.doc.strip(), maxsplit=1)[0]
    return " ".join(paragraph.split()) or words(function.name)


def signatures_of(functions: list[Function]) -> dict[str, str]:
    """Name → first line of the signature, for names that one or two functions of the repository have."""
    found: dict[str, list[str]] = {}
    for function in functions:
        found.setdefault(function.name, []).append(" ".join(function.signature.split())[:100])
    return {name: lines[0] for name, lines in found.items() if len(lines) <= 2}


def consider(function: Function, near: Function | None, signatures: dict[str, str]) -> str:
    """
    Signatures of this repository that the function or its nearest neighbour calls (half of the own ones are left out,
    so that absence says nothing), then the header of the class, then imports that the signature or the neighbour uses.
    """
    own = [name for name in _CALL.findall(function.body) if hash_of(function.path + name) % 2]
    kin = _CALL.findall(near.body) if near else []
    names = [name for name in dict.fromkeys(own + kin) if name in signatures and name != function.name]
    names.sort(key=lambda name: hash_of(function.path + function.name + name))
    lines = [signatures[name] for name in names[:4]]
    context = [line.strip() for line in function.context.split("\n") if line.strip()]
    seen = function.signature + function.before + (near.body if near else "")
    imports = [line for line in context if re.match(r"import|from|use |const .*require|\"", line)]
    lines += [line[:100] for line in context if line not in imports]
    lines += [line[:100] for line in imports if any(word in seen for word in re.findall(r"[A-Za-z_]\w{3,}", line)[-3:])]
    return "\n".join(dict.fromkeys(lines))
