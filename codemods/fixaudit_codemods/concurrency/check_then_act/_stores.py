"""Calls that look for a row, and calls that insert one: of sessions, models, statements and collections."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from fixaudit import Source
from fixaudit.authoring import (
    ROW_KINDS,
    ClassFacts,
    FunctionNode,
    Inference,
    ModuleFacts,
    assigned_literal,
    own_nodes,
    run_by,
    walk,
)

# The last call of a query that gives one row, or says whether there is one.
_ENDS = frozenset(
    {
        *("first", "one_or_none", "scalar_one_or_none", "scalar", "exists", "fetchone", "fetchrow"),
        *("fetchval", "find_one", "get_or_none", "get", "count", "fetch_one", "scalars"),
    }
)
_STARTS = frozenset({"select", "query", "filter", "filter_by", "exists", "find_one", "execute"})
_INSERTS = frozenset({"insert_one", "insert_many", "bulk_create", "bulk_insert_mappings"})
BY_KEY = "<primary key>"
"""Stands among a lookup's words for the columns of the key, as in `session.get(Model, key)`."""

UNSEEN = "<other columns>"
"""Stands among a lookup's words for columns that are given in a dictionary which is not seen."""
_DEEP = 2
# Names of calls that are followed at all: others are as good as never a lookup, or an insert.
_LOOKUP_NAME = re.compile(
    r"(?i)get|find|fetch|load|look|exist|check|has|is|query|select|read|first|one|scalar|count|last|by"
)
_INSERT_NAME = re.compile(
    r"(?i)add|insert|create|save|put|store|regist|new|write|record|subscri|execut|persist|link|assign"
    r"|grant|ensure|make|bulk|follow|like|enrol|join|set|fetch"
)
# Methods of the builtin containers, which look into no store.
_ANY_OBJECT = frozenset(name for kind in (str, dict, list, set) for name in dir(kind))
_FROM = re.compile(r"\bfrom\s+[\"`\[]?(\w+)", re.IGNORECASE)
_INTO = re.compile(r"\binto\s+[\"`\[]?(\w+)", re.IGNORECASE)
_SELECTING = re.compile(r"\s*select\b", re.IGNORECASE)
_INSERTING = re.compile(r"\s*insert\s+(?:or\s+\w+\s+)?into\b", re.IGNORECASE)


@dataclass(frozen=True)
class Seen:
    """What a call does in the end: the place, the models or tables, and words that may name columns."""

    path: Path
    line: int
    models: tuple[ClassFacts, ...] = ()
    tables: frozenset[str] = field(default=frozenset())
    words: frozenset[str] = field(default=frozenset())

    @property
    def names(self) -> frozenset[str]:
        """What is looked for or inserted, by name."""
        return self.tables | {model.name for model in self.models}


@dataclass(frozen=True)
class Code:
    """Nodes with the module they stand in, by which their names are understood."""

    path: Path
    module: ModuleFacts
    nodes: tuple[ast.AST, ...]
    function: FunctionNode | None = None


def code_of(source: Source, roots: Iterable[ast.AST]) -> Iterator[Code]:
    """Some nodes of this file, and the bodies of the functions that their calls run."""
    own = source.project.facts_of_source(source)
    nodes = tuple(node for root in roots for node in walk(root))
    yield Code(own.path, own, nodes)
    for function in run_by(source, nodes, deep=_DEEP):
        node = function.node
        yield Code(function.path, function.module, tuple(own_nodes(node)), node)


def lookup_in(source: Source, roots: list[ast.AST]) -> Seen | None:
    """Where one row is looked for."""
    if not may_look(roots):
        return None
    words: set[str] = set()
    found: Seen | None = None
    for code in code_of(source, roots):
        words |= _words(code.nodes) | _unpacked(source, code)
        calls = [n for n in code.nodes if isinstance(n, ast.Call) and _is_lookup(code, n)]
        if calls and found is None:
            call = calls[0]
            if _last(call) == "get" and len(call.args) == 2:
                words.add(BY_KEY)
            models = tuple(dict.fromkeys(_models(source, code)))
            found = Seen(code.path, call.lineno, models, _tables(code.nodes, _FROM))
    if found is None:
        return None
    return replace(found, words=frozenset(words))


def insert_in(source: Source, roots: list[ast.AST], lookup: Seen) -> Seen | None:
    """Where a row is inserted of what was looked for, as far as both are known."""
    for code in code_of(source, roots):
        for node in code.nodes:
            if isinstance(node, ast.Call):
                models = tuple(_inserted(source, code, node))
                if models or _inserts_text(node):
                    found = Seen(code.path, node.lineno, models, _tables(walk(node), _INTO))
                    if not lookup.names or not found.names or lookup.names & found.names:
                        return found
    return None


def may_look(roots: list[ast.AST]) -> bool:
    """True where a call may look for a row, by its name: those of dicts and texts do not."""
    return any(
        _last(call) in _ENDS
        or (_LOOKUP_NAME.search(_last(call)) and _last(call) not in _ANY_OBJECT)
        for call in _calls(roots)
        if not (_last(call) == "get" and len(call.args) + len(call.keywords) == 1)
    )


def may_insert(roots: list[ast.stmt]) -> bool:
    """True where a call may insert a row, by its name."""
    return any(_INSERT_NAME.search(_last(call)) is not None for call in _calls([*roots]))


def _calls(roots: list[ast.AST]) -> Iterator[ast.Call]:
    return (node for root in roots for node in walk(root) if isinstance(node, ast.Call))


def _tables(nodes: Iterable[ast.AST], pattern: re.Pattern[str]) -> frozenset[str]:
    """The tables that SQL texts name."""
    texts = [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return frozenset(name.lower() for text in texts for name in pattern.findall(text))


def _last(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _is_lookup(code: Code, call: ast.Call) -> bool:
    """True for `session.query(User).filter(…).first()`, `session.get(User, 1)`, `find_one({…})`."""
    last = _last(call)
    if last not in _ENDS:
        return False
    if last == "find_one":
        return True
    if last in ("fetchone", "fetchrow", "fetchval", "fetch_one"):
        return any(_is_text(node, _SELECTING) for node in code.nodes)
    names = {_last(node) for node in walk(call) if isinstance(node, ast.Call)} - {last}
    if names & _STARTS or any(
        isinstance(node, ast.Attribute) and node.attr == "objects" for node in walk(call)
    ):
        return True
    if last == "get":
        return len(call.args) == 2 and _is_row(code, call.args[0])
    # `result = await session.execute(select(…))` further up, `result.scalar_one_or_none()` here.
    return last in ("scalar_one_or_none", "scalars", "scalar", "first", "one_or_none") and any(
        isinstance(node, ast.Call) and _last(node) == "select" for node in code.nodes
    )


def _inserts_text(call: ast.Call) -> bool:
    return _last(call) in _INSERTS or (
        _last(call) in ("execute", "fetchrow", "fetchval", "fetch_one")
        and bool(call.args)
        and any(_is_text(node, _INSERTING) for node in walk(call.args[0]))
    )


def _inserted(source: Source, code: Code, call: ast.Call) -> Iterator[ClassFacts]:
    """The models of which a call inserts a row."""
    last = _last(call)
    if last == "insert" and call.args:
        given: list[ast.expr] = [call.args[0]]
    elif last in ("add", "create", "save") and isinstance(call.func, ast.Attribute):
        given = [call.func.value] if last in ("create", "save") else call.args[:1]
    else:
        return
    for value in given:
        cls = _class_of(source, code, value)
        if cls is not None:
            yield cls


def _class_of(source: Source, code: Code, value: ast.expr) -> ClassFacts | None:
    """The model that is named, or that a value is made of: `User`, `User(…)`, `User.objects`, `user`."""
    inference = Inference(source.project, code.module)
    if isinstance(value, ast.Attribute) and value.attr == "objects":
        value = value.value
    made = value.func if isinstance(value, ast.Call) else value
    found = inference.definition(made)
    if isinstance(found, ClassFacts):
        return found if _has_rows(found) else None
    shape = inference.shape(value)
    classes = shape.classes if shape is not None else ()
    return classes[0] if len(classes) == 1 and _has_rows(classes[0]) else None


def _has_rows(cls: ClassFacts) -> bool:
    """True for a model of a table: `class Tag(SQLModel, table=True)` too."""
    return cls.kind in ROW_KINDS or "table" in cls.keywords


def _is_row(code: Code, value: ast.expr) -> bool:
    """True for what has the name of a class: the model of `session.get(Model, key)`."""
    return (
        isinstance(value, (ast.Name, ast.Attribute))
        and ast.unparse(value).rpartition(".")[2][:1].isupper()
    )


def _models(source: Source, code: Code) -> Iterator[ClassFacts]:
    """The models that queries of the code are about."""
    inference = Inference(source.project, code.module)
    for call in code.nodes:
        if isinstance(call, ast.Call) and _last(call) in _STARTS | _ENDS:
            for node in walk(call):
                if isinstance(node, (ast.Name, ast.Attribute)):
                    found = inference.definition(node)
                    if isinstance(found, ClassFacts) and _has_rows(found):
                        yield found


def _words(nodes: Iterable[ast.AST]) -> set[str]:
    """The columns that code compares with something."""
    found: set[str] = set()
    for node in nodes:
        match node:
            case ast.Compare(left=ast.Attribute(attr=name)):
                found.add(name)
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr=name), attr="in_" | "ilike")):
                found.add(name)
            case ast.keyword(arg=str(name)):
                found.add(name)
            case ast.Constant(value=str(text)) if len(text) < 2000:
                found.update(re.findall(r"\w+", text.lower().partition("where")[2] or text))
    return found


def _unpacked(source: Source, code: Code) -> set[str]:
    """The columns of `filter_by(**filters)`, by the dictionary that this file gives the name."""
    given = [
        each.value for each in code.nodes if isinstance(each, ast.keyword) and each.arg is None
    ]
    if not given or code.path != source.project.facts_of_source(source).path:
        return {UNSEEN} if given else set()
    found = [assigned_literal(source, each) for each in given]
    keys = [key for each in found if isinstance(each, ast.Dict) for key in each.keys]
    names = {str(key.value) for key in keys if isinstance(key, ast.Constant)}
    return names if all(isinstance(each, ast.Dict) for each in found) else {*names, UNSEEN}


def _is_text(node: ast.AST, pattern: re.Pattern[str]) -> bool:
    text = node.value if isinstance(node, ast.Constant) else None
    return isinstance(text, str) and pattern.match(text) is not None
