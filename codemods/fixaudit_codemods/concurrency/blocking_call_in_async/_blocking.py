"""Functions that hold up an event loop, and what speaks against calling one in a thread."""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatchcase

from fixaudit import Evidence, Source
from fixaudit.authoring import (
    LLM_CALL,
    FunctionFacts,
    ModuleFacts,
    definition_of,
    keyword,
    origin_match,
    static_type,
)
from fixaudit_codemods.concurrency.blocking_call_in_async._tables import (
    BLOCKING,
    CPU_METERS,
    LAST_NAMES,
)

# What belongs to one loop or one thread, by its name.
BOUND = re.compile(
    r"_*(.*_)?(session|engine|client|conn|connection|cursor|db|redis|loop|lock|transaction|tx|queue)"
)
BOUND_TYPES = re.compile(r"(Async)?(Session|Engine|Client|Connection|Lock|EventLoop)$")
# What must not stay open while other code of the loop runs.
HELD = re.compile(r".*(lock|mutex|semaphore|condition).*", re.IGNORECASE)
WHOLE_PROCESS = frozenset(
    {"contextlib.chdir", "contextlib.redirect_stdout", "contextlib.redirect_stderr"}
    | {"warnings.catch_warnings", "unittest.mock.patch", "unittest.mock.patch.dict"}
)


_LLM = re.compile(LLM_CALL)
_LLM_LAST = frozenset({"create", "parse", "generate", "edit", "chat", "generate_content"})


def blocking_name(source: Source, node: ast.Call, extra: tuple[str, ...]) -> str | None:
    """The dotted name of a function known to block; `extra` are patterns of the project's own."""
    func = node.func
    if isinstance(func, ast.Attribute) and func.attr in _LLM_LAST:
        if not isinstance(source.parent(node), ast.Await):
            asked = origin_match(source, func, _LLM)
            if asked is not None:
                return asked[0]
    last = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", None)
    if last is None:
        return None
    if isinstance(func, ast.Attribute) and not extra and last not in LAST_NAMES:
        return None
    name = source.qualified_name(func)
    if name in BLOCKING:
        return name if blocks(name, node) else None
    if not extra:
        return None
    found = definition_of(source, func)
    if isinstance(found, FunctionFacts):
        name = found.qualified_name
    if name is not None and any(fnmatchcase(name, pattern) for pattern in extra):
        return None if isinstance(found, FunctionFacts) and found.is_async else name
    return None


def blocks(name: str, call: ast.Call) -> bool:
    """True where a call of the function with this full name blocks, with the arguments it has."""
    return name in BLOCKING and (name not in CPU_METERS or _sleeps(call))


def _sleeps(call: ast.Call) -> bool:
    """True for `psutil.cpu_percent(interval=1)`; without one, or with 0, it only subtracts."""
    word = keyword(call, "interval")
    given = next(iter(call.args), None if word is None else word.value)
    return given is not None and not _is_off(given)


def _is_off(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and not value.value


def bound_value(source: Source, call: ast.Call) -> Evidence | None:
    """An argument (or the receiver) that belongs to the loop or its thread: by its class a proof, by
    its name a hint."""
    values = [*call.args, *(word.value for word in call.keywords)]
    if isinstance(call.func, ast.Attribute) and source.qualified_name(call.func) not in BLOCKING:
        of_module = isinstance(definition_of(source, call.func.value), ModuleFacts)
        if not of_module and origin_match(source, call.func, _LLM) is None:
            values.append(call.func.value)
    for value in values:
        plain = value.value if isinstance(value, ast.Starred) else value
        if isinstance(plain, (ast.Name, ast.Attribute)):
            text = f"`{ast.unparse(plain)}` may belong to the event loop or its thread"
            if _is_bound(source, plain):
                return source.proof(plain, text)
            last = plain.attr if isinstance(plain, ast.Attribute) else plain.id
            if BOUND.fullmatch(last.lower()):
                return source.hint(plain, text)
    return None


def _is_bound(source: Source, value: ast.Name | ast.Attribute) -> bool:
    known = static_type(source, value)
    return known is not None and any(BOUND_TYPES.search(cls.name) for cls in known.members)


def reads_later(call: ast.Call, name: str) -> str | None:
    """Calls that give an open answer: what reads it would still block."""
    word = keyword(call, "stream")
    streams = word is not None and not _is_off(word.value)
    if name.endswith("urlopen") or (streams and not name.startswith("httpx.")):
        return f"`{name}` gives an open answer, and reading it would still block"
    return None


def not_on_a_loop(source: Source, call: ast.Call) -> Evidence | None:
    """Signs that the call does not block after all, or that no loop runs where it stands."""
    flags = keyword(call, "flags")
    if flags is not None and (source.qualified_name(call.func) or "").startswith("socket."):
        text = "`flags` may say that the address is numeric: then nothing is looked up"
        return source.proof(call, text)
    child: ast.AST = call
    for above in source.ancestors(call):
        if isinstance(above, ast.If) and re.search(r"a?sync", ast.unparse(above.test), re.I):
            inside = any(child is entry for entry in above.body)
            other = above.orelse if inside else above.body
            if any(isinstance(node, ast.Await) for entry in other for node in ast.walk(entry)):
                text = "the other branch awaits: this one may be for callers without a loop"
                return source.hint(above, text)
        if isinstance(above, ast.AsyncFunctionDef):
            break
        child = above
    return None


def held_around(source: Source, node: ast.AST) -> Evidence | None:
    """A lock of threads, or a change to the whole process, inside of whose `with` the call stands."""
    function = source.function(node)
    for above in source.ancestors(node):
        if above is function:
            return None
        for item in above.items if isinstance(above, ast.With) else ():
            opened = item.context_expr
            plain = opened.func if isinstance(opened, ast.Call) else opened
            shown = ast.unparse(plain)
            text = f"`{shown}` would stay in force while other code of the event loop runs"
            if source.qualified_name(plain) in WHOLE_PROCESS:
                return source.proof(above, text)
            if HELD.fullmatch(shown):
                return source.hint(above, text)
    return None
