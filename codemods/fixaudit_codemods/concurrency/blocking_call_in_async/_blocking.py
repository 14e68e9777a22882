"""Functions that hold up an event loop, and what speaks against calling one in a thread."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from fixaudit import Source, memoized
from fixaudit.authoring import FunctionFacts, definition_of, dotted_name, own_nodes, static_type

_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "request")
SLEEP = "time.sleep"
BLOCKING = frozenset(
    {SLEEP, "os.system", "os.waitpid", "os.wait", "urllib.request.urlopen", "urllib.request.urlretrieve"}
    | {f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "getoutput")}
    | {"subprocess.getstatusoutput"}
    | {f"requests.{verb}" for verb in _VERBS}
    | {f"requests.api.{verb}" for verb in _VERBS}
    | {f"httpx.{verb}" for verb in _VERBS}
    | {f"shutil.{name}" for name in ("rmtree", "copytree", "copy", "copy2", "copyfile", "move")}
    | {"shutil.make_archive", "shutil.unpack_archive"}
    | {f"socket.{name}" for name in ("gethostbyname", "getaddrinfo", "create_connection")}
)  # fmt: skip
LAST_NAMES = frozenset(name.rpartition(".")[2] for name in BLOCKING)
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


def blocking_name(source: Source, func: ast.expr, extra: tuple[str, ...]) -> str | None:
    """The dotted name of a function known to block; `extra` are patterns of the project's own."""
    last = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", None)
    if last is None:
        return None
    if isinstance(func, ast.Attribute) and not extra and last not in LAST_NAMES:
        return None
    name = source.qualified_name(func)
    if name in BLOCKING:
        return name
    if not extra:
        return None
    found = definition_of(source, func)
    if isinstance(found, FunctionFacts):
        name = found.qualified_name
    if name is not None and any(fnmatchcase(name, pattern) for pattern in extra):
        return None if isinstance(found, FunctionFacts) and found.is_async else name
    return None


def blocks_inside(source: Source, call: ast.Call, *, across_files: bool) -> str | None:
    """The blocking function that a plain function of the project calls itself; None for none.

    Resolving every call of every coroutine costs: across files only where that is asked for.
    """
    if not across_files:
        last = call.func.attr if isinstance(call.func, ast.Attribute) else None
        if (last or getattr(call.func, "id", None)) not in _own_blockers(source):
            return None
    found = definition_of(source, call.func)
    if not isinstance(found, FunctionFacts) or found.is_async or found.is_generator:
        return None
    key = ("blocking-call-in-async", (found.path, found.line))
    if key not in source.memo:
        source.memo[key] = next(_inner_calls(found), None)
    inner: str | None = source.memo[key]
    return inner


@memoized
def _own_blockers(source: Source) -> set[str]:
    """The names of this file's plain functions with a call in them that may block."""
    names = set[str]()
    for node in source.nodes(ast.Call):
        last = node.func.attr if isinstance(node.func, ast.Attribute) else None
        if (last or getattr(node.func, "id", None)) in LAST_NAMES:
            function = source.function(node)
            if isinstance(function, ast.FunctionDef):
                names.add(function.name)
    return names


def _inner_calls(function: FunctionFacts) -> Iterator[str]:
    for node in own_nodes(function.node):
        written = dotted_name(node.func) if isinstance(node, ast.Call) else None
        if written is not None and written.rpartition(".")[2] in LAST_NAMES:
            name = function.module.qualify(written)
            if name in BLOCKING:
                yield name


def bound_value(source: Source, call: ast.Call) -> str | None:
    """An argument (or the receiver) that belongs to the loop or its thread."""
    values = [*call.args, *(word.value for word in call.keywords)]
    if isinstance(call.func, ast.Attribute) and source.qualified_name(call.func) not in BLOCKING:
        values.append(call.func.value)
    for value in values:
        plain = value.value if isinstance(value, ast.Starred) else value
        if isinstance(plain, (ast.Name, ast.Attribute)) and _is_bound(source, plain):
            return ast.unparse(plain)
    return None


def _is_bound(source: Source, value: ast.Name | ast.Attribute) -> bool:
    last = value.attr if isinstance(value, ast.Attribute) else value.id
    if BOUND.fullmatch(last.lower()):
        return True
    known = static_type(source, value)
    return known is not None and any(BOUND_TYPES.search(cls.name) for cls in known.members)


def reads_later(call: ast.Call, name: str) -> str | None:
    """Calls that give an open answer: what reads it would still block."""
    streams = any(
        word.arg == "stream" and not (isinstance(word.value, ast.Constant) and not word.value.value)
        for word in call.keywords
    )
    if name.endswith("urlopen") or (streams and not name.startswith("httpx.")):
        return f"`{name}` gives an open answer, and reading it would still block"
    return None


def not_on_a_loop(source: Source, call: ast.Call, name: str) -> str | None:
    """Signs that the call does not block after all, or that no loop runs where it stands."""
    if name.startswith("socket.") and any(word.arg == "flags" for word in call.keywords):
        return "`flags` may say that the address is numeric: then nothing is looked up"
    child: ast.AST = call
    for above in source.ancestors(call):
        if isinstance(above, ast.If) and re.search(r"a?sync", ast.unparse(above.test), re.I):
            inside = any(child is entry for entry in above.body)
            other = above.orelse if inside else above.body
            if any(isinstance(node, ast.Await) for entry in other for node in ast.walk(entry)):
                return "the other branch awaits: this one may be for callers without a loop"
        if isinstance(above, ast.AsyncFunctionDef):
            break
        child = above
    return None


def held_around(source: Source, node: ast.AST) -> str | None:
    """A lock of threads, or a change to the whole process, inside of whose `with` the call stands."""
    function = source.function(node)
    for above in source.ancestors(node):
        if above is function:
            return None
        for item in above.items if isinstance(above, ast.With) else ():
            opened = item.context_expr
            plain = opened.func if isinstance(opened, ast.Call) else opened
            shown = ast.unparse(plain)
            if HELD.fullmatch(shown) or source.qualified_name(plain) in WHOLE_PROCESS:
                return shown
    return None
