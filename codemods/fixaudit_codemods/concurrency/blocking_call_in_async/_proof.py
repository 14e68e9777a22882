"""Functions of the project that block: which of their calls does, followed through their callees."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from fixaudit import Evidence, Source
from fixaudit.authoring import (
    DBAPI,
    LLM_CALL,
    PEEWEE_MODEL,
    REQUESTS_SESSION,
    SQLITE,
    ClassFacts,
    FunctionFacts,
    Inference,
    definition_of,
    is_outside,
    outside_bases,
    own_nodes,
    plain_functions_with,
)
from fixaudit_codemods.concurrency._plain_sessions import SENDS, SESSION
from fixaudit_codemods.concurrency.blocking_call_in_async._blocking import blocks
from fixaudit_codemods.concurrency.blocking_call_in_async._tables import (
    LAST_NAMES,
    QUERIES,
    READING,
    VERBS,
)

_DEPTH = 3
# Where one of these stands a function may block; the resolver says whether it does.
_WORDS = (
    *(b"requests", b"httpx", b"subprocess", b"shutil", b"urlopen", b"urlretrieve"),
    *(b"sleep(", b"import sleep", b"os.system", b"os.wait", b"gethostbyname", b"getaddrinfo"),
    *(b"create_connection", b".execute(", b".completions.", b".responses.create"),
    *(b".commit(", b".scalars(", b".scalar(", b".flush(", b".get_one("),
    *(b".messages.create", b".embeddings.create", b".select(", b"cpu_", b"litellm"),
)
_RUNNING = re.compile(rf"(?:{DBAPI}|{SQLITE})\.(?:execute|executemany|fetchall|fetchone)")
_SESSION = re.compile(rf"{REQUESTS_SESSION}\.(?:{'|'.join(VERBS)})")
_ORM = re.compile(rf"(?:{SESSION})\.(?:{'|'.join(sorted(SENDS))})")
_MODEL = re.compile(PEEWEE_MODEL)
_LLM = re.compile(LLM_CALL)
_ON_LOOP = frozenset(
    {"create_task", "ensure_future", "get_running_loop", "get_event_loop", "run_until_complete"}
)
# What waits for somebody at the terminal.
_ASKING = frozenset(
    {
        *("input", "getpass.getpass", "click.prompt", "click.confirm"),
        *("typer.prompt", "typer.confirm", "rich.prompt.Prompt.ask", "rich.prompt.Confirm.ask"),
    }
)
_ASKS = re.compile(r"input|getpass|prompt|confirm|ask")


@dataclass(frozen=True, slots=True)
class Proof:
    """The call that blocks in the end, where it stands, and what else the function does."""

    name: str
    evidence: Evidence
    objection: Evidence | None = None

    @property
    def told(self) -> str:
        """The proof with its place."""
        return f"{self.evidence.text} ({self.evidence.path}:{self.evidence.line})"


def may_block(source: Source, call: ast.Call) -> bool:
    """By its name alone, and because nobody awaits it."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in plain_functions_with(source, _WORDS) and not isinstance(
        source.parent(call), ast.Await
    )


def blocks_inside(source: Source, call: ast.Call, *, across_files: bool) -> Proof | None:
    """Why a plain function of the project blocks; None where nothing shows that it does."""
    if is_outside(source, call.func):
        return None
    found = definition_of(source, call.func)
    if not isinstance(found, FunctionFacts):
        return None
    if not across_files and found.path != source.project.own_path:
        return None
    return _proof(source, found, 0)


def _proof(source: Source, function: FunctionFacts, depth: int) -> Proof | None:
    if function.is_async or function.is_generator or _is_changed(function):
        return None
    key = ("blocking-call-in-async", (function.path, function.line))
    if key not in source.memo:
        source.memo[key] = None  # a function that calls itself proves nothing by that
        source.memo[key] = next(_proofs(source, function, depth), None)
    known: Proof | None = source.memo[key]
    return known


def _is_changed(function: FunctionFacts) -> bool:
    """True where a decorator may make something else of it."""
    return not {*function.decorators} <= {"staticmethod", "classmethod", "functools.wraps"}


def _proofs(source: Source, function: FunctionFacts, depth: int) -> Iterator[Proof]:
    inference = Inference(source.project, function.module)
    node = function.node
    calls = [entry for entry in own_nodes(node) if isinstance(entry, ast.Call)]
    objection = _objection(source, function, node)
    for call in calls:
        name = _blocking(inference, function, node, call)
        if name is not None:
            evidence = source.proof_at(
                function.path, call.lineno, f"`{function.name}` calls `{name}`"
            )
            yield Proof(name, evidence, objection)
    if depth < _DEPTH:
        candidates = plain_functions_with(source, _WORDS)
        for call in calls:
            last = call.func.attr if isinstance(call.func, ast.Attribute) else None
            if (last or getattr(call.func, "id", "")) not in candidates:
                continue
            inner = inference.definition(call.func)
            proof = _proof(source, inner, depth + 1) if isinstance(inner, FunctionFacts) else None
            if proof is not None:
                yield Proof(proof.name, proof.evidence, objection or proof.objection)


def _blocking(
    inference: Inference,
    function: FunctionFacts,
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    call: ast.Call,
) -> str | None:
    """The name of what a call waits for."""
    func = call.func
    last = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    if last in LAST_NAMES and blocks(name := function.module.qualify(ast.unparse(func)), call):
        return name
    if last in QUERIES and _is_peewee(inference, func):
        return _query(func)
    if last in READING and call.args and isinstance(call.args[0], ast.Call):
        if ".select(" in ast.unparse(call.args[0]) and _is_peewee(inference, call.args[0]):
            return _query(call.args[0])
    if last in VERBS or last in SENDS or last in ("executemany", "create", "generate", "parse"):
        shape = inference.shape(func)
        origins = () if shape is None or shape.classes or shape.assumed else shape.outside
        for pattern in (_RUNNING, _ORM, _SESSION, _LLM):
            if origins and all(pattern.fullmatch(origin) for origin in origins):
                opened = pattern not in (_RUNNING, _ORM) or _own(node, func)
                return _shown(origins[0], func) if opened else None
    return None


def _shown(origin: str, func: ast.expr) -> str:
    """An origin as a reader knows it: a session by its name in the code."""
    return ast.unparse(func) if _ORM.fullmatch(origin) else origin


def _own(node: ast.FunctionDef | ast.AsyncFunctionDef, func: ast.expr) -> bool:
    """True where the connection is opened in the function, and not given back by it."""
    first = _first(func)
    if not isinstance(first, ast.Name):
        return False
    stores = returned = False
    for inner in own_nodes(node):
        if isinstance(inner, ast.Name) and inner.id == first.id:
            stores |= isinstance(inner.ctx, ast.Store)
        if isinstance(inner, ast.Return) and isinstance(inner.value, ast.Name):
            returned |= inner.value.id == first.id
    return stores and not returned


def _is_peewee(inference: Inference, func: ast.expr) -> bool:
    """A query of a peewee model that is run: `Tab.select().where(…).first()`, `Tab.create`."""
    first = _first(func)
    model = inference.definition(first) if isinstance(first, ast.Name) else None
    if not isinstance(model, ClassFacts):
        return False
    return any(map(_MODEL.fullmatch, outside_bases(model)))


def _query(func: ast.expr) -> str:
    """`Tab….first` for a chain of calls."""
    first = _first(func)
    if isinstance(func, ast.Call):
        func = func.func
    last = func.attr if isinstance(func, ast.Attribute) else ""
    direct = isinstance(func, ast.Attribute) and func.value is first
    return f"{ast.unparse(first)}{'.' if direct else '….'}{last}"


def _first(chain: ast.expr) -> ast.expr:
    """The `Tab` of `Tab.select().where(…).first`."""
    while isinstance(chain, (ast.Attribute, ast.Call)):
        chain = chain.value if isinstance(chain, ast.Attribute) else chain.func
    return chain


def _objection(
    source: Source, function: FunctionFacts, node: ast.FunctionDef | ast.AsyncFunctionDef
) -> Evidence | None:
    """What a function does that wants the loop's own thread."""
    for inner in own_nodes(node):
        if isinstance(inner, ast.Call) and _asks(function, inner.func):
            text = f"`{function.name}` asks at the terminal"
            return source.proof_at(function.path, inner.lineno, text)
        if isinstance(inner, ast.Global):
            text = f"`{function.name}` changes `{inner.names[0]}`, from a thread then"
            return source.proof_at(function.path, inner.lineno, text)
        if isinstance(inner, ast.Attribute):
            if isinstance(inner.ctx, ast.Store) and ast.unparse(inner.value) in ("self", "cls"):
                text = f"`{function.name}` changes `{ast.unparse(inner)}`, from a thread then"
                return source.proof_at(function.path, inner.lineno, text)
            if inner.attr in _ON_LOOP:
                text = f"`{function.name}` needs the event loop"
                return source.proof_at(function.path, inner.lineno, text)
    return None


def _asks(function: FunctionFacts, func: ast.expr) -> bool:
    """True for `input(…)` and `Confirm.ask(…)`: a thread would take the answer, and Ctrl-C not end it."""
    last = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    if not _ASKS.fullmatch(last):
        return False
    return function.module.qualify(ast.unparse(func)) in _ASKING
