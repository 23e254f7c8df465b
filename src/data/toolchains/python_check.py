"""Lodestone's Python checker: compiles texts and resolves names, and never runs a line of what it is given.

Started as `python -I -S python_check.py`. Reads one JSON request a line from standard input and answers with one
JSON line each. It needs Python 3.8 or later and the standard library only. Positions in answers are lines and columns
from 1, columns in UTF-16 units; offsets in requests are UTF-16 units.

  {"id", "op": "check", "files": [{"path", "text", "look"}]}   -> {"id", "results": [[error, ...], ...]}
  {"id", "op": "try", "path", "text", "candidates": [[[start, end, newText], ...], ...]}
                                                               -> {"id", "results": [[error, ...], ...]}

"look" is "names" (undefined names and attributes), "attributes" or "syntax"; "try" looks for syntax alone.
"""

import ast
import builtins
import difflib
import gc
import importlib
import io
import json
import re
import sys
import warnings

# Importing these does something visible; everything else of the standard library is imported only to list its names.
NOISY = {"antigravity", "this", "idlelib", "turtle", "turtledemo", "test", "tkinter", "lib2to3", "__main__"}
STDLIB = getattr(sys, "stdlib_module_names", None) or set(sys.builtin_module_names) | {
    "abc", "argparse", "ast", "asyncio", "bisect", "collections", "copy", "csv", "datetime", "enum", "functools",
    "heapq", "itertools", "json", "math", "operator", "os", "pathlib", "random", "re", "string", "time", "typing",
}
MODULE_NAMES = {
    "__file__", "__name__", "__doc__", "__package__", "__spec__", "__loader__", "__builtins__", "__path__",
    "__annotations__", "__debug__", "__dict__", "__cached__", "WindowsError", "reveal_type", "__class__",
}
LINE_BREAK = re.compile("\r\n|\r|\n")
_star_cache = {}


class Positions:
    """From Python's (line, code point or byte column) to lines and UTF-16 columns that count '\n' only."""

    def __init__(self, text):
        self.text = text
        self.starts = [0] + [match.end() for match in LINE_BREAK.finditer(text)]

    def line_text(self, line):
        start = self.starts[line - 1]
        end = self.starts[line] if line < len(self.starts) else len(self.text)
        return self.text[start:end]

    def clamp(self, line):
        return max(1, min(line or 1, len(self.starts)))

    def from_characters(self, line, column):
        line = self.clamp(line)
        offset = self.starts[line - 1] + max(0, min((column or 1) - 1, len(self.line_text(line))))
        begin = self.text.rfind("\n", 0, offset) + 1
        return self.text.count("\n", 0, offset) + 1, units(self.text[begin:offset]) + 1

    def from_bytes(self, line, byte_column):
        prefix = self.line_text(self.clamp(line)).encode("utf-8", "surrogatepass")[:byte_column]
        return self.from_characters(line, len(prefix.decode("utf-8", "replace")) + 1)


def units(text):
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def syntax_error(error, positions):
    line, column = positions.from_characters(error.lineno, error.offset)
    end_line, end_column = line, column
    if getattr(error, "end_lineno", None) and (getattr(error, "end_offset", None) or 0) > 0:
        end_line, end_column = positions.from_characters(error.end_lineno, error.end_offset)
    if (end_line, end_column) < (line, column):
        end_line, end_column = line, column
    return {
        "line": line, "column": column, "endLine": end_line, "endColumn": end_column,
        "code": type(error).__name__, "message": error.msg or "invalid syntax",
    }


def check(path, text, look):
    positions = Positions(text)
    try:
        tree = compile(text, path, "exec", 0 if look == "syntax" else ast.PyCF_ONLY_AST, dont_inherit=True)
        if look != "syntax":
            compile(tree, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        return [syntax_error(error, positions)]
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        # Null bytes, lone surrogates, or nesting beyond what the compiler can take.
        return [{"line": 1, "column": 1, "endLine": 1, "endColumn": 1,
                 "code": type(error).__name__, "message": str(error) or "the compiler gave up on this file"}]
    if look == "syntax" or (look == "attributes" and "class" not in text):
        return []
    try:
        return undefined_names(tree, positions, look)
    except RecursionError:
        return []


def star_names(module):
    """Names that `from module import *` brings, for standard library modules; None where unknown."""
    if module not in _star_cache:
        _star_cache[module] = None
        top = module.split(".")[0]
        if top in STDLIB and top not in NOISY and not module.endswith("__main__"):
            try:
                value = importlib.import_module(module)
                listed = getattr(value, "__all__", None)
                _star_cache[module] = set(listed) if listed is not None else {
                    name for name in vars(value) if not name.startswith("_")}
            except Exception:  # a module this build of Python lacks: its names are unknown
                _star_cache[module] = None
    return _star_cache[module]


class Scope:
    def __init__(self, kind, parent, node=None):
        self.kind, self.parent, self.node = kind, parent, node
        self.bound, self.outer, self.used = set(), {}, []


class Binder(ast.NodeVisitor):
    """One walk that notes what each scope binds and uses; resolution comes after, when every binding is known."""

    def __init__(self):
        self.module = Scope("module", None)
        self.scope = self.module
        self.scopes = [self.module]
        self.unknown = False  # a star import of unknown content, or names made at run time
        self.guarded = []  # inside `try: name except NameError`
        self.tree = None
        self.functions = set()  # functions and imported names at module level
        self.classes = []

    def bind(self, name):
        kind = self.scope.outer.get(name)
        if kind == "global":
            self.module.bound.add(name)
        elif kind != "nonlocal":
            self.scope.bound.add(name)

    def enter(self, kind, node, body):
        scope = Scope(kind, self.scope, node)
        self.scopes.append(scope)
        before, self.scope = self.scope, scope
        body()
        self.scope = before

    def visit_Name(self, node):
        if not isinstance(node.ctx, ast.Load):
            self.bind(node.id)
        elif not self.guarded:
            self.scope.used.append(node)
            # Names may be made at run time: `globals().update(…)`, `exec(…)`.
            self.unknown |= node.id in ("globals", "exec")

    def visit_NamedExpr(self, node):
        # The walrus binds outside comprehensions (PEP 572).
        scope = self.scope
        while scope.kind == "comprehension" and scope.parent:
            scope = scope.parent
        before, self.scope = self.scope, scope
        self.bind(node.target.id)
        self.scope = before
        self.visit(node.value)

    def visit_Import(self, node):
        for alias in node.names:
            self.bind(alias.asname or alias.name.split(".")[0])

    def visit_ImportFrom(self, node):
        for alias in node.names:
            if alias.name != "*":
                self.bind(alias.asname or alias.name)
                continue
            known = star_names(node.module) if node.module and not node.level else None
            if known is None:
                self.unknown = True
            else:
                self.scope.bound |= known
                self.functions |= known

    def visit_Global(self, node):
        for name in node.names:
            self.scope.outer[name] = "global"
            self.module.bound.add(name)

    def visit_Nonlocal(self, node):
        for name in node.names:
            self.scope.outer[name] = "nonlocal"

    def function(self, node):
        arguments = node.args
        for default in arguments.defaults + [value for value in arguments.kw_defaults if value]:
            self.visit(default)
        everything = getattr(arguments, "posonlyargs", []) + arguments.args + arguments.kwonlyargs
        everything += [value for value in (arguments.vararg, arguments.kwarg) if value]
        for argument in everything:
            if argument.annotation:
                self.visit(argument.annotation)
        if not isinstance(node, ast.Lambda):
            for decorator in node.decorator_list:
                self.visit(decorator)
            if node.returns:
                self.visit(node.returns)
            self.bind(node.name)
            if self.scope is self.module:
                self.functions.add(node.name)

        def body():
            for parameter in getattr(node, "type_params", []):
                self.visit(parameter)
            for argument in everything:
                self.bind(argument.arg)
            before, self.guarded = self.guarded, []
            for statement in node.body if isinstance(node.body, list) else [node.body]:
                self.visit(statement)
            self.guarded = before

        self.enter("function", node, body)

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = function

    def visit_TypeVar(self, node):
        self.bind(node.name)
        if node.bound:
            self.visit(node.bound)

    def visit_ParamSpec(self, node):
        self.bind(node.name)

    visit_TypeVarTuple = visit_ParamSpec

    def visit_TypeAlias(self, node):
        self.bind(node.name.id)

        def body():
            for parameter in node.type_params:
                self.visit(parameter)
            self.visit(node.value)

        self.enter("function", node, body)

    def visit_ClassDef(self, node):
        for value in node.bases + [keyword.value for keyword in node.keywords] + node.decorator_list:
            self.visit(value)
        self.bind(node.name)
        self.classes.append(node)

        def body():
            for parameter in getattr(node, "type_params", []):
                self.visit(parameter)
            for statement in node.body:
                self.visit(statement)

        self.enter("class", node, body)

    def comprehension(self, node):
        first = node.generators[0]
        self.visit(first.iter)

        def body():
            for generator in node.generators:
                self.visit(generator.target)
                if generator is not first:
                    self.visit(generator.iter)
                for condition in generator.ifs:
                    self.visit(condition)
            for part in ("key", "value", "elt"):
                if hasattr(node, part):
                    self.visit(getattr(node, part))

        self.enter("comprehension", node, body)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = comprehension

    def visit_ExceptHandler(self, node):
        if node.name:
            self.bind(node.name)
        self.generic_visit(node)

    def visit_Try(self, node):
        catches = any(
            handler.type is None or any(
                isinstance(part, ast.Name) and part.id in ("NameError", "Exception", "BaseException")
                for part in ast.walk(handler.type))
            for handler in node.handlers)
        if catches:
            self.guarded.append(node)
        for statement in node.body:
            self.visit(statement)
        if catches:
            self.guarded.pop()
        for part in node.handlers + node.orelse + node.finalbody:
            self.visit(part)

    visit_TryStar = visit_Try

    def visit_MatchAs(self, node):
        if node.name:
            self.bind(node.name)
        self.generic_visit(node)

    def visit_MatchStar(self, node):
        if node.name:
            self.bind(node.name)

    def visit_MatchMapping(self, node):
        if node.rest:
            self.bind(node.rest)
        self.generic_visit(node)


def resolves(name, scope, module):
    if name in MODULE_NAMES or hasattr(builtins, name) or name in module.bound:
        return True
    first = True
    while scope:
        if name in scope.bound and (first or scope.kind != "class"):
            return True
        # A comprehension in a class body sees the class only through its first iterable, which is visited outside it.
        first = False
        scope = scope.parent
    return False


def undefined_names(tree, positions, look):
    binder = Binder()
    binder.tree = tree
    binder.visit(tree)
    errors = [] if binder.unknown or look != "names" else [
        name_error(node, positions)
        for scope in binder.scopes for node in scope.used if not resolves(node.id, scope, binder.module)]
    for node in binder.classes:
        errors += missing_attributes(node, positions, binder)
    return sorted(errors, key=lambda error: (error["line"], error["column"]))


def name_error(node, positions):
    return located(node, positions, "NameError", "name '%s' is not defined" % node.id)


def located(node, positions, code, message):
    line, column = positions.from_bytes(node.lineno, node.col_offset)
    end_line, end_column = positions.from_bytes(node.end_lineno, node.end_col_offset)
    return {"line": line, "column": column, "endLine": end_line, "endColumn": end_column,
            "code": code, "message": message}


def evident(name, defined, binder):
    """Only what is plainly a slip is reported: a mixin's attribute may be defined where this file does not show it."""
    return hasattr(builtins, name) or name in binder.functions or difflib.get_close_matches(name, defined, 1, 0.8)


def missing_attributes(node, positions, binder):
    """`self.x` that nothing in a plain class (no bases, decorators, metaclass, dynamic attributes) defines."""
    plain = all(isinstance(base, ast.Name) and base.id == "object" for base in node.bases)
    if not plain or node.keywords or node.decorator_list:
        return []
    defined = set(dir(object)) | {"__dict__", "__slots__"}
    uses = []
    for statement in node.body:
        for part in ast.walk(statement):
            if isinstance(part, ast.Name) and part.id in ("setattr", "vars", "exec", "super") or \
                    isinstance(part, ast.Attribute) and part.attr in ("__dict__", "__setattr__", "update"):
                return []
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if statement.name in ("__getattr__", "__getattribute__", "__slots__"):
                return []
            defined.add(statement.name)
            arguments = getattr(statement.args, "posonlyargs", []) + statement.args.args
            first = arguments[0].arg if arguments else None
            static = any(isinstance(name, ast.Name) and name.id == "staticmethod" for name in statement.decorator_list)
            own = {first} if first in ("self", "cls") and not static else set()
            for part in ast.walk(statement):
                if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in own:
                    if isinstance(part.ctx, ast.Load):
                        uses.append(part)
                    else:
                        defined.add(part.attr)
        elif isinstance(statement, ast.ClassDef):
            defined.add(statement.name)
        else:
            for part in ast.walk(statement):
                if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                    defined.add(part.id)
                elif isinstance(part, ast.alias):
                    defined.add((part.asname or part.name).split(".")[0])
                elif isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                    defined.add(part.name)
    # Attributes set on instances from outside (`item.x = …` anywhere in the file) may be meant.
    outside = set()
    for part in ast.walk(binder.tree):
        if isinstance(part, ast.Attribute) and not isinstance(part.ctx, ast.Load):
            outside.add(part.attr)
        elif isinstance(part, ast.ClassDef) and part is not node and \
                any(isinstance(base, ast.Name) and base.id == node.name for base in part.bases):
            return []  # a mixin: its subclasses may define what it uses
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "setattr":
            return []
    return [
        located(part, positions, "AttributeError",
                "class '%s' has no attribute '%s'" % (node.name, part.attr))
        for part in uses
        if part.attr not in defined and part.attr not in outside and not part.attr.startswith("__")
        and evident(part.attr, sorted(defined), binder)]


def apply(text, edits):
    data = text.encode("utf-16-le", "surrogatepass")
    result, at = [], 0
    for start, end, new in edits:
        result += [data[at:2 * start], new.encode("utf-16-le", "surrogatepass")]
        at = 2 * end
    return (b"".join(result) + data[at:]).decode("utf-16-le", "surrogatepass")


def answer(request):
    op = request["op"]
    if op == "check":
        return {"results": [check(file["path"], file["text"], file["look"]) for file in request["files"]]}
    if op == "try":
        return {"results": [
            check(request["path"], apply(request["text"], edits), "syntax")
            for edits in request["candidates"]]}
    raise ValueError("unknown operation " + op)


def main():
    warnings.simplefilter("ignore")
    reader = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="surrogatepass", newline="\n")
    writer = sys.stdout.buffer
    # Whatever a standard library module prints on import must not mix with answers.
    sys.stdout = io.StringIO()
    for line in reader:
        request = json.loads(line)
        # A syntax tree is one large allocation after the other, and none of it is garbage before the answer.
        gc.disable()
        try:
            result = answer(request)
        except Exception as error:
            result = {"error": "%s: %s" % (type(error).__name__, error)}
        gc.enable()
        result["id"] = request["id"]
        writer.write(json.dumps(result).encode("ascii") + b"\n")
        writer.flush()


if __name__ == "__main__":
    main()
