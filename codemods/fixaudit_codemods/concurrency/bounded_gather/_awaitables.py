"""What an awaitable handed to `asyncio.gather` is: lazy, running already, bounded already, endless."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from fixaudit import Evidence, Source, Verdict
from fixaudit.authoring import (
    FunctionFacts,
    Inference,
    definition_of,
    is_outside,
    origin_match,
    own_nodes,
)
from fixaudit_codemods.concurrency.bounded_gather._bounds import (
    LIMITED_NAME,
    is_called_semaphore,
    is_made_semaphore,
    is_signal,
    look_for_bound,
)
from fixaudit_codemods.concurrency.bounded_gather._stops import (
    RUNS,
    HintedError,
    StartedError,
    collecting,
    last_name,
    leave,
    review,
    short,
    started,
)

LAZY = frozenset(
    f"asyncio.{name}"
    for name in (
        "sleep", "to_thread", "wait_for", "open_connection", "create_subprocess_exec",
        "create_subprocess_shell", "start_server",
    )
) | frozenset(
    f"litellm.{name}"
    for name in ("acompletion", "aembedding", "atext_completion", "aimage_generation", "amoderation")
)  # fmt: skip
STARTED = frozenset(
    {"create_task", "ensure_future", "run_in_executor", "run_coroutine_threadsafe", "shield"}
    | {"wrap_future", "submit", "spawn", "spawn_n", "start_soon", "add_task", "Task", "Future"}
    | {"as_completed", "create_future"}
)
_ANY = re.compile(r".+", re.DOTALL)
STARTED_TYPES = re.compile(r"\b(Task|Future)\b")
CLOSING = re.compile(
    r"_*(a?close|aclose_all|dis_?connect|shutdown|clean_?up|dispose|tear_?down|stop|terminate|cancel|kill|__aexit__)(_all|_async)?"
)
ENDLESS = re.compile(
    r"(.*_)?(serve|listen|consume|watch|worker|subscribe|poll|producer|consumer|listener|watcher)(_.*)?|.*forever.*|.*_loop"
)
WAITING = ("wait", "get", "join", "wait_for")
SIGNALS = re.compile(r"(.*_)?(queue|barrier|condition|latch)", re.IGNORECASE)
WAITING_NAME = re.compile(r"_*(wait|join|finished|done|drain|wait_(closed|until|done|finished).*)")
# Decorators after which a call of a coroutine function still only makes a coroutine.
KEEPS_LAZY = re.compile(
    r"(backoff|tenacity|stamina|typing|functools|abc)\..*|(static|class)method|.*\bretry.*|.*\.?(wraps|override|traced?|observe|instrument|timed|log_.*)"
)


def _starts(source: Source, func: ast.expr) -> bool:
    """True for what a library starts at once: `asyncio.create_task`, `loop.run_in_executor`."""
    return last_name(func) in STARTED and is_from_outside(source, func)


def is_placeholder(source: Source, element: ast.expr) -> bool:
    """True for `sleep(0)`, as a task too: what stands in a list where there is nothing to do."""
    if isinstance(element, ast.Call) and last_name(element.func) in STARTED and element.args:
        element = element.args[0]
    if not isinstance(element, ast.Call) or not element.args:
        return False
    first = element.args[0]
    is_zero = isinstance(first, ast.Constant) and first.value == 0
    return is_zero and source.qualified_name(element.func) == "asyncio.sleep"


def doubt_about(source: Source, element: ast.expr) -> str | None:
    """None for a call that surely makes a lazy coroutine, else what is not known of it.

    Raises:
        RefusedError: it runs or is bounded already, never ends, or is no call at all.
        HintedError: the same by names alone.
    """
    if isinstance(element, ast.IfExp):
        return doubt_about(source, element.body) or doubt_about(source, element.orelse)
    if isinstance(element, ast.Call):
        arguments = [*element.args, *(word.value for word in element.keywords)]
        return doubt_about_call(source, element.func, arguments)
    if isinstance(element, ast.Await):
        inner = element.value
        if isinstance(inner, ast.Call) and _starts(source, inner.func):
            raise started(f"what `{short(inner.func)}` makes")
        raise review(f"`{short(element)}` is awaited one by one; gather gets what it gives")
    raise review(f"`{short(element)}` is made elsewhere: whether it runs already is not known here")


def doubt_about_call(source: Source, func: ast.expr, arguments: list[ast.expr]) -> str | None:
    """The same for a callable and the arguments known of its call."""
    name, shown = last_name(func), short(func)
    qualified = source.qualified_name(func)
    if _starts(source, func) or qualified == "asyncio.gather":
        raise started(f"what `{shown}` makes")
    hints: list[Evidence] = []
    for argument in arguments:
        with collecting(hints):
            _look_at_argument(source, argument, shown)
    if qualified == "asyncio.wait_for" and arguments:
        return _doubt_about_timed(source, arguments[0])
    if qualified in LAZY:
        return None
    end = _end_by_name(name, shown)
    if end is not None and is_from_outside(source, func):
        raise leave(end)
    target = definition_of(source, func)
    if isinstance(target, FunctionFacts):
        try:
            doubt = _doubt_about_function(source, target, shown)
        except HintedError as found:
            hints += found.hints
            doubt = found.doubt
        end = end and f"by its name {end}"
    else:
        doubt = f"`{shown}` is not known here: if it starts its work when called, the limit does nothing"
        end = f"by its name {end}" if end is not None else _bound_by_name(name, shown)
    if end is not None:
        hints.append(source.hint(func, end))
    if hints:
        raise HintedError(hints, doubt)
    return doubt


def is_from_outside(source: Source, func: ast.expr) -> bool:
    """True for a function or method of a library that is known as such."""
    return is_outside(source, func) or origin_match(source, func, _ANY) is not None


def _end_by_name(name: str, shown: str) -> str | None:
    """What a call does to what is there already: its name says it, and a library means it."""
    if name in STARTED:
        return f"`{shown}` starts its work at once: bounding would do nothing"
    if CLOSING.fullmatch(name):
        return f"`{shown}` closes what is open: how many there are was decided before"
    if WAITING_NAME.fullmatch(name):
        return f"`{shown}` only waits for an end: there is no work to hold back"
    return None


def _bound_by_name(name: str, shown: str) -> str | None:
    if LIMITED_NAME.fullmatch(name):
        return f"by its name `{shown}` is bounded already"
    if ENDLESS.fullmatch(name):
        return f"`{shown}` may run until it is cancelled: with a limit the rest never starts"
    return None


def _doubt_about_timed(source: Source, inner: ast.expr) -> str | None:
    if isinstance(inner, (ast.Call, ast.IfExp)):
        return doubt_about(source, inner)
    return f"`{short(inner)}` is made elsewhere: if it runs already, the limit does nothing"


def _look_at_argument(source: Source, argument: ast.expr, shown: str) -> None:
    if isinstance(argument, ast.Starred):
        argument = argument.value
    name = last_name(argument)
    if isinstance(argument, (ast.Name, ast.Attribute)):
        module = source.project.facts_of_source(source)
        if is_made_semaphore(source, module, argument):
            raise leave(f"already bounded: `{shown}` is given `{short(argument)}`")
        if is_called_semaphore(argument):
            text = f"`{shown}` is given `{short(argument)}`, which bounds it by its name"
            raise HintedError([source.hint(argument, text)])
        shared = f"the calls share `{short(argument)}` and may wait for one another"
        if is_signal(source, module, argument):
            raise review(shared)
        if SIGNALS.fullmatch(name):
            raise HintedError([source.hint(argument, shared)])


# ------------------------------------------------------------------- known functions


def _doubt_about_function(source: Source, target: FunctionFacts, shown: str) -> str | None:
    if target.is_generator:
        raise review(f"`{shown}` is a generator: gather cannot await what it gives")
    hints: list[Evidence] = []
    for function, node in _reached(source, target):
        with collecting(hints):
            look_for_bound(source, function, node)
    if target.is_async:
        doubt = _doubt_about_coroutine(source, target, shown, hints)
    else:
        doubt = _doubt_about_plain(source, target, shown, hints)
    if hints:
        raise HintedError(hints, doubt)
    return doubt


def _doubt_about_coroutine(
    source: Source, target: FunctionFacts, shown: str, hints: list[Evidence]
) -> str | None:
    for part in own_nodes(target.node):
        with collecting(hints):
            _look_for_waiting(source, target, part, shown)
    for name in target.decorators:
        if name is None or not KEEPS_LAZY.fullmatch(name):
            return f"a decorator of `{shown}` decides what a call of it gives"
    return None


def _doubt_about_plain(
    source: Source, target: FunctionFacts, shown: str, hints: list[Evidence]
) -> str:
    annotation = target.returns
    returns = "" if annotation is None else ast.unparse(annotation)
    if STARTED_TYPES.search(returns):
        raise started(f"what `{shown}` makes")
    for part in own_nodes(target.node):
        if isinstance(part, ast.Call) and last_name(part.func) in STARTED:
            text = f"what `{shown}` makes {RUNS}"
            made = Inference(source.project, target.module).shape(part.func)
            if made is None or not made.outside or made.assumed:
                hints.append(source.hint_at(target.path, part.lineno, text))
                continue
            raise StartedError(Verdict.LEAVE, source.proof_at(target.path, part.lineno, text))
    return f"`{shown}` is no `async def`: if it starts its work when called, the limit does nothing"


def _look_for_waiting(source: Source, target: FunctionFacts, part: ast.AST, shown: str) -> None:
    if isinstance(part, ast.While) and _is_endless(part):
        text = f"`{shown}` runs until it is cancelled: with a limit the rest never starts"
        raise leave(source.proof_at(target.path, part.lineno, text))
    if isinstance(part, ast.Await) and isinstance(part.value, ast.Call):
        func = part.value.func
        if not (isinstance(func, ast.Attribute) and func.attr in WAITING):
            return
        other = func.value
        text = f"`{shown}` awaits `{short(func)}` and may wait for the other calls"
        if is_signal(source, target.module, other):
            raise review(source.proof_at(target.path, part.lineno, text))
        if SIGNALS.fullmatch(last_name(other)):
            raise HintedError([source.hint_at(target.path, part.lineno, text)])


def _is_endless(loop: ast.While) -> bool:
    if not (isinstance(loop.test, ast.Constant) and loop.test.value):
        return False
    return not any(isinstance(node, (ast.Break, ast.Return, ast.Raise)) for node in own_nodes(loop))


def _reached(
    source: Source, target: FunctionFacts
) -> Iterator[tuple[FunctionFacts, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """The function, and those of the project that it awaits itself."""
    key = ("bounded-gather", (target.path, target.qualified_name, target.line))
    if key not in source.memo:
        inference = Inference(source.project, target.module)
        inner = [
            inference.definition(part.value.func)
            for part in own_nodes(target.node)
            if isinstance(part, ast.Await) and isinstance(part.value, ast.Call)
        ]
        found = [target, *(item for item in inner if isinstance(item, FunctionFacts))]
        source.memo[key] = [(item, item.node) for item in found]
    yield from source.memo[key]
