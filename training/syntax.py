"""What tree-sitter says about a function: its nodes by kind, and the functions of a file."""

from collections.abc import Iterator
from functools import cache

EXTENSIONS = {
    ".ts": "typescript",
    ".mts": "typescript",
    ".tsx": "tsx",
    ".js": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".jsx": "javascript",
    ".py": "python",
    ".rs": "rust",
    ".go": "go",
}
LANGUAGES = ("typescript", "tsx", "javascript", "python", "rust", "go")

KINDS = (
    ("span", r"$^"),
    ("line", r"$^"),
    ("body", r"$^"),
    ("block", r"(^|_)(block|suite|body)$|declaration_list$"),
    ("arguments", r"arguments|argument_list|parameters|parameter_list"),
    ("string", r"string"),
    ("comment", r"comment"),
    ("type", r"type|annotation"),
    ("call", r"call|macro_invocation|new_expression|await"),
    ("literal", r"object|array|dictionary|list|tuple|set|literal|struct_expression|composite"),
    ("condition", r"if_|match|switch|for_|while|conditional|ternary|try|catch|except|case|arm|clause"),
    ("declaration", r"declaration|declarator|definition|assignment|let_|property|pair|field"),
    ("statement", r"statement|return"),
    ("expression", r"expression|operator|comparison|lambda|function|closure|attribute|subscript|jsx"),
)
"""Kinds of nodes as (name, pattern over the grammar's node type); the first that matches counts, else "span"."""

_FUNCTIONS = {
    "function_declaration",
    "function_definition",
    "function_item",
    "method_definition",
    "method_declaration",
    "generator_function_declaration",
}


@cache
def parser(language: str):
    """The tree-sitter parser of one of LANGUAGES."""
    import tree_sitter as ts

    if language in ("typescript", "tsx"):
        import tree_sitter_typescript as grammar

        pointer = grammar.language_tsx() if language == "tsx" else grammar.language_typescript()
    elif language == "javascript":
        import tree_sitter_javascript as grammar

        pointer = grammar.language()
    elif language == "python":
        import tree_sitter_python as grammar

        pointer = grammar.language()
    elif language == "rust":
        import tree_sitter_rust as grammar

        pointer = grammar.language()
    else:
        import tree_sitter_go as grammar

        pointer = grammar.language()
    return ts.Parser(ts.Language(pointer))


@cache
def kind_of(node_type: str) -> int:
    """Index into KINDS."""
    import re

    for index, (_, pattern) in enumerate(KINDS):
        if re.search(pattern, node_type):
            return index
    return 0


def nodes_of(data: bytes, language: str) -> Iterator[tuple[int, int, int]]:
    """
    (start, end, kind) of every named node of `data`, in bytes, parents before children. Text outside a function (a
    method without its class) parses with errors around it; the nodes inside stay good.
    """
    cursor = parser(language).parse(data).walk()
    while True:
        node = cursor.node
        if node.is_named and not node.is_error:
            yield node.start_byte, node.end_byte, kind_of(node.type)
        if cursor.goto_first_child() or cursor.goto_next_sibling():
            continue
        while cursor.goto_parent():
            if cursor.goto_next_sibling():
                break
        else:
            return


def functions_of(text: str, language: str) -> Iterator[tuple[str, int, int, int]]:
    """(name, start, start of the body, end) of the functions of a file that are not inside another, in characters."""
    data = text.encode()
    stack = [parser(language).parse(data).root_node]
    while stack:
        node = stack.pop()
        body, name = node.child_by_field_name("body"), node.child_by_field_name("name")
        if node.type in _FUNCTIONS and body is not None and name is not None and not node.has_error:
            start, inside, end = (len(data[:at].decode()) for at in (node.start_byte, body.start_byte, body.end_byte))
            if language == "python":
                inside = text.rfind("\n", 0, inside) + 1 if text.rfind("\n", 0, inside) > start else inside
            yield name.text.decode(), start, inside, end
        else:
            stack.extend(reversed(node.children))
