"""Whether a project has threads, and whether what two of them build would differ at all."""

from __future__ import annotations

import ast
import re
from dataclasses import replace

from fixaudit import Evidence, Source, memoized
from fixaudit.authoring import FunctionFacts, Inference, clipped, definition_of
from fixaudit_codemods.concurrency.lazy_singleton_lock._getters import own_below

# What starts threads, or calls the project's functions in some: servers run plain routes in a pool.
_SIGNS = (
    *(b"import threading", b"from threading", b"ThreadPoolExecutor", b"to_thread"),
    *(b"run_in_executor", b"run_in_threadpool", b"multiprocessing.dummy"),
    *(b"fastapi", b"starlette", b"flask", b"django", b"cherrypy", b"grpc.server", b"gradio"),
    *(b"streamlit", b"apscheduler", b"celery", b"dramatiq"),
)
_MANY = 40
_PLAIN = frozenset(
    {"str", "int", "float", "bool", "bytes", "tuple", "frozenset", "len", "isinstance"}
)


_OF_TEXTS = frozenset(
    {"strip", "lstrip", "rstrip", "lower", "upper", "casefold", "encode", "decode"}
)
# What gives every caller the same object, and locks by itself.
_KEPT = frozenset({"logging.getLogger", "importlib.import_module", "multiprocessing.get_logger"})
_NO_LOCK = re.compile(
    r"\b(?:no|without\s+(?:a|any))\s+lock(?:s|ing)?\b(?:\s+\w+){0,2}\s+(?:needed|necessary|required)\b"
    r"|\b(?:needs?|requires?)\s+no\s+lock(?:s|ing)?\b",
    re.IGNORECASE,
)
_OF_LOOP = frozenset({"create_task", "ensure_future", "get_running_loop", "get_event_loop"})


@memoized
def threads(source: Source) -> Evidence | None:
    """Where the project shows that its functions run in threads; None where nothing does."""
    for sign in _SIGNS:
        for mention in source.project.mentions(sign, _MANY, along=_SIGNS):
            if not mention.is_test and not mention.text.startswith("#"):
                text = f"the project has threads (`{clipped(mention.text)}`)"
                return source.proof_at(mention.path, mention.line, text)
        if sign in source.body:
            line = source.body[: source.body.index(sign)].count(b"\n") + 1
            text = f"the project has threads (`{clipped(source.line_text(line))}`)"
            path = source.project.facts_of_source(source).path
            return source.proof_at(path, line, text)
    return None


def belongs_to_loop(source: Source, building: list[ast.stmt]) -> bool:
    """True where what is built is of the running event loop: its tasks, and what these wait for."""
    for node in own_below(building):
        if isinstance(node, ast.Call):
            name = source.qualified_name(node.func) or ""
            last = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if name.startswith(("asyncio.", "anyio.")) or last in _OF_LOOP:
                return True
    return False


def gives_the_same(source: Source, building: list[ast.stmt], name: str) -> bool:
    """True where every value that the global gets is equal however often it is worked out, and has no
    identity that anybody could rely on: numbers, texts, what an import gives. So is what the library
    keeps itself, such as a logger by its name, where nothing else is done with it."""
    values = [
        node.value
        for node in own_below(building)
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    ]
    kept = all(
        isinstance(each, (ast.Assign, ast.Return, ast.Import, ast.ImportFrom)) for each in building
    )
    return bool(values) and all(
        _is_plain(source, value)
        or (kept and isinstance(value, ast.Call) and source.qualified_name(value.func) in _KEPT)
        for value in values
    )


def only_noted(source: Source, node: ast.If, name: str) -> bool:
    """True where all that the global is set to is a local name that is worked out before the test."""
    values = [
        each.value
        for each in own_below(node.body)
        if isinstance(each, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in each.targets)
    ]
    inside = set(own_below(node.body))
    return bool(values) and all(
        isinstance(value, ast.Name)
        and not any(each.statement in inside for each in source.lookup(value.id, value))
        for value in values
    )


def _is_plain(source: Source, value: ast.expr) -> bool:
    match value:
        case ast.Constant() | ast.Compare() | ast.JoinedStr():
            return True
        case ast.UnaryOp(operand=operand):
            return isinstance(value.op, ast.Not) or _is_plain(source, operand)
        case ast.BoolOp(values=values):
            return all(_is_plain(source, each) for each in values)
        case ast.IfExp(body=body, orelse=orelse):
            return _is_plain(source, body) and _is_plain(source, orelse)
        case ast.Name():
            bindings = source.lookup(value.id, value)
            return bool(bindings) and all(
                each.kind in ("import", "function", "class")
                or (
                    each.value is not None
                    and each.kind == "assign"
                    and _is_plain(source, each.value)
                )
                for each in bindings
            )
        case ast.Attribute():
            return source.qualified_name(value) is not None and _is_of_import(source, value)
        case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in _OF_TEXTS:
            return _is_plain(source, inner)
        case ast.Call(func=func):
            return _gives_plain(source, func)
    return False


def _is_of_import(source: Source, value: ast.Attribute) -> bool:
    """True for `module.Name`."""
    inner: ast.expr = value
    while isinstance(inner, ast.Attribute):
        inner = inner.value
    found = source.lookup(inner.id, inner) if isinstance(inner, ast.Name) else []
    return bool(found) and all(each.kind == "import" for each in found)


def _gives_plain(source: Source, func: ast.expr) -> bool:
    name = source.qualified_name(func)
    if name is not None:
        if name.startswith("builtins."):
            return name.removeprefix("builtins.") in _PLAIN
        if name in ("os.getenv", "os.environ.get", "socket.gethostname", "os.getpid", "time.time"):
            return True
        if name == "re.compile":
            return True
    found = definition_of(source, func) if isinstance(func, (ast.Name, ast.Attribute)) else None
    if not isinstance(found, FunctionFacts):
        return False
    there = Inference(source.project, found.module)
    returns = found.returns
    shape = None if returns is None else there.annotation(returns, returns)
    made = shape.outside if shape is not None and not shape.classes else ()
    return bool(made) and all(each.removesuffix("()").rpartition(".")[2] in _PLAIN for each in made)


def said_against(
    source: Source, function: ast.FunctionDef | ast.AsyncFunctionDef
) -> tuple[Evidence, ...]:
    """The docstring or comment, of the module or the function, that says that no lock is needed."""
    first, last = source.lines_of(function)
    for line in range(first, last + 1):
        if (word := _NO_LOCK.search(source.comments_by_line.get(line, ""))) is not None:
            return (replace(source.hint(function, f"a comment says `{word[0]}`"), line=line),)
    documented: tuple[ast.FunctionDef | ast.AsyncFunctionDef | ast.Module, ...] = (
        function,
        source.tree,
    )
    for node in documented:
        if (word := _NO_LOCK.search(ast.get_docstring(node) or "")) is not None:
            text = f"a docstring says `{' '.join(word[0].split())}`"
            return (source.hint(node.body[0], text),)
    return ()
