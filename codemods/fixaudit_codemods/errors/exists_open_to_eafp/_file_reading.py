"""Asking whether a file is there and opening it: which file, and what else may go wrong."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fixaudit import Source, loggers
from fixaudit.authoring import children, clipped

_QUESTIONS = {"os.path.exists": "exists", "os.path.isfile": "isfile"}
_PATH_QUESTIONS = {"exists": "exists", "is_file": "isfile"}
_OPENING = frozenset({"builtins.open", "io.open"})
_READING = frozenset({"read_text", "read_bytes"})
_PATHS = frozenset({"pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath"})
_MAKING_PATHS = _PATHS | {"os.path.join", "os.fspath", "builtins.str", "os.path.expanduser"}

# Calls that never raise FileNotFoundError themselves.
_HARMLESS = frozenset({f"builtins.{name}" for name in ("list", "tuple", "set", "dict", "frozenset", "sorted", "len", "str", "int", "float", "bool", "bytes", "enumerate", "zip", "map", "filter", "max", "min", "sum", "any", "all", "next", "iter", "isinstance", "print")}) | {"json.load", "json.loads", "yaml.safe_load", "yaml.safe_load_all", "tomllib.load", "tomllib.loads", "tomli.load", "toml.load", "toml.loads", "csv.reader", "csv.DictReader", "orjson.loads", "ujson.load", "ujson.loads", "plistlib.load", "ast.literal_eval", "re.compile", "re.findall", "re.search", "re.match"}  # fmt: skip
_HARMLESS_METHODS = frozenset({"read", "readline", "readlines", "strip", "rstrip", "lstrip", "split", "rsplit", "splitlines", "partition", "decode", "encode", "lower", "upper", "startswith", "endswith", "join", "replace", "append", "extend", "add", "update", "items", "keys", "values", "format"})  # fmt: skip
_TELLING = frozenset({"debug", "info", "warning", "error", "exception", "critical"})
_LEAVING = (ast.Yield, ast.YieldFrom, ast.Await, ast.Raise, ast.Try, ast.Import, ast.ImportFrom, ast.AsyncWith, ast.AsyncFor)  # fmt: skip
_EMPTY = frozenset({"builtins.dict", "builtins.list", "builtins.set", "builtins.tuple", "builtins.str"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """A call that asks whether a file is there: `kind` is `exists` or `isfile`."""

    call: ast.Call
    path: ast.expr
    kind: str


def question_of(source: Source, test: ast.expr) -> Question | None:
    """The question a condition is; None for any other condition."""
    if not isinstance(test, ast.Call) or test.keywords:
        return None
    if len(test.args) == 1 and not isinstance(test.args[0], ast.Starred):
        kind = _QUESTIONS.get(source.qualified_name(test.func) or "")
        return Question(test, test.args[0], kind) if kind else None
    if isinstance(test.func, ast.Attribute) and not test.args:
        kind = _PATH_QUESTIONS.get(test.func.attr)
        return Question(test, test.func.value, kind) if kind else None
    return None


def openings(source: Source, body: Sequence[ast.stmt], path: ast.expr) -> list[ast.Call]:
    """The calls in a block that open or read the very file of `path`."""
    wanted = ast.dump(path)
    return [
        node
        for statement in body
        for node in _own(statement)
        if isinstance(node, ast.Call) and _opens(source, node, wanted)
    ]


def _own(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement, without those of functions and classes in it."""
    stack: list[ast.AST] = [statement]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            stack += children(node)


def _opens(source: Source, call: ast.Call, wanted: str) -> bool:
    if call.args and ast.dump(call.args[0]) == wanted:
        return source.qualified_name(call.func) in _OPENING
    func = call.func
    if isinstance(func, ast.Attribute) and (func.attr in _READING or func.attr == "open"):
        return ast.dump(func.value) == wanted
    return False


def by_method(call: ast.Call) -> bool:
    """True for `path.open()` and `path.read_text()`."""
    return isinstance(call.func, ast.Attribute) and call.func.attr in _READING | {"open"}


def reads_only(call: ast.Call) -> bool:
    """True where the mode is certainly one of reading: then a missing file is an error."""
    if isinstance(call.func, ast.Attribute) and call.func.attr in _READING:
        return True
    at = 0 if by_method(call) else 1
    given = [*call.args[at : at + 1], *(word.value for word in call.keywords if word.arg == "mode")]
    if any(word.arg is None for word in call.keywords):
        return False
    modes = [item.value if isinstance(item, ast.Constant) else "?" for item in given]
    return all(isinstance(mode, str) and "r" in mode and "+" not in mode for mode in modes)


def is_path(source: Source, node: ast.expr, depth: int = 0) -> bool:
    """True where the value is certainly a `pathlib.Path`."""
    match node:
        case ast.Call(func=func):
            return source.qualified_name(func) in _PATHS
        case ast.BinOp(op=ast.Div(), left=left):
            return is_path(source, left, depth)
        case ast.Name() if depth < 4:
            found = source.lookup(node.id, node)
            return bool(found) and all(
                _is_path_type(source, entry.annotation)
                or (entry.value is not None and is_path(source, entry.value, depth + 1))
                for entry in found
            )
    return False


def _is_path_type(source: Source, annotation: ast.expr | None) -> bool:
    return annotation is not None and source.qualified_name(annotation) in _PATHS


def is_stable(source: Source, node: ast.expr) -> bool:
    """True where evaluating it once instead of twice changes nothing."""
    match node:
        case ast.Name() | ast.Constant():
            return True
        case ast.Attribute(value=value):
            return is_stable(source, value)
        case ast.Subscript(value=value, slice=index):
            return is_stable(source, value) and is_stable(source, index)
        case ast.BinOp(left=left, right=right):
            return is_stable(source, left) and is_stable(source, right)
        case ast.JoinedStr(values=values):
            return all(is_stable(source, item) for item in values)
        case ast.FormattedValue(value=value, format_spec=None):
            return is_stable(source, value)
        case ast.Call(func=func, args=args, keywords=[]):
            known = source.qualified_name(func) in _MAKING_PATHS
            return known and all(is_stable(source, item) for item in args)
    return False


def may_miss_another(source: Source, body: Sequence[ast.stmt], opening: ast.Call) -> str | None:
    """What else in the block may raise FileNotFoundError, or lead out of it; None for nothing."""
    for node in (inner for statement in body for inner in ast.walk(statement)):
        if isinstance(node, _LEAVING):
            return f"line {node.lineno}"
        if isinstance(node, ast.Call) and node is not opening and not _is_harmless(source, node):
            return f"`{clipped(ast.unparse(node.func))}`"
        if isinstance(node, ast.With) and len(node.items) > 1:
            return f"line {node.lineno}"
    return None


def _is_harmless(source: Source, call: ast.Call) -> bool:
    known = source.qualified_name(call.func)
    if known in _HARMLESS or known in _MAKING_PATHS:
        return True
    method = isinstance(call.func, ast.Attribute) and call.func.attr in _HARMLESS_METHODS
    return method and not _is_imported(source, call.func)


def _is_imported(source: Source, node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and any(
        entry.kind == "import" for entry in source.lookup(node.id, node)
    )


def is_text_itself(source: Source, statements: Sequence[ast.stmt], path: ast.expr) -> bool:
    """True where the value stands in for its file: whoever gives it gives a file, or a text."""
    wanted = {ast.dump(path)}
    if isinstance(path, ast.Call) and source.qualified_name(path.func) in _MAKING_PATHS:
        wanted |= {ast.dump(value) for value in path.args}
    given = (item.value for item in statements if isinstance(item, (ast.Assign, ast.Return)))
    return any(ast.dump(part) in wanted for value in given if value for part in ast.walk(value))


def is_plain(source: Source, statement: ast.stmt) -> bool:
    """True for what stands in for the file: a literal that is assigned or returned, word of it, or
    nothing."""
    match statement:
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return _is_literal(source, value)
        case ast.Return(value=value):
            return value is None or _is_literal(source, value)
        case ast.Expr(value=ast.Call() as call):
            return _only_tells(source, call)
    return isinstance(statement, (ast.Pass, ast.Continue, ast.Break))


def _only_tells(source: Source, call: ast.Call) -> bool:
    """True for a log call or print of what needs no call itself."""
    if any(isinstance(node, ast.Call) for value in call.args for node in ast.walk(value)):
        return False
    if isinstance(call.func, ast.Attribute):
        return loggers.kind_of(source, call.func.value) is not None
    return source.qualified_name(call.func) == "builtins.print"


def other_work(source: Source, statements: Sequence[ast.stmt]) -> ast.Call | None:
    """The first call in the stand-in for the file that does more than to tell of it."""
    for statement in statements:
        if is_plain(source, statement) or isinstance(statement, ast.Raise):
            continue
        calls = [node for node in _own(statement) if isinstance(node, ast.Call)]
        for call in calls:
            if not (_is_harmless(source, call) or _may_tell(call)):
                return call
    return None


def _may_tell(call: ast.Call) -> bool:
    """True for what is called like the methods of a logger, whatever its receiver is."""
    return isinstance(call.func, ast.Attribute) and call.func.attr in _TELLING


def _is_literal(source: Source, value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        empty = not value.args and not value.keywords
        return empty and source.qualified_name(value.func) in _EMPTY
    allowed = (ast.Constant, ast.List, ast.Dict, ast.Tuple, ast.Set, ast.UnaryOp, ast.Name)
    rest = (ast.expr_context, ast.unaryop)
    return all(isinstance(node, allowed + rest) for node in ast.walk(value))
