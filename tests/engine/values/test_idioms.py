"""The matrix: how an object reaches a name, times what the object is; one resolver answers all of it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from idioms import IDIOMS, KINDS, PARTS, Answer, Idiom, Kind

from fixaudit.semantics.project import Project
from fixaudit.source.source import Source
from fixaudit.source.static_type import static_type
from fixaudit.source.values import Value, proof, value_of

ROWS = [
    pytest.param(idiom, kind, id=f"{name} - {what}")
    for name, idiom in IDIOMS.items()
    for what, kind in KINDS.items()
    if idiom.entered != "with" or kind.enters
    if idiom.entered != "async with" or kind.enters_async
]


def filled(text: str, kind: Kind) -> str:
    """The text with the kind in the place of the marks."""
    root = kind.imports.split()[-1]
    marks = {"make": kind.make, "cls": kind.cls, "root": root, "imports": kind.imports}
    for mark, value in marks.items():
        text = text.replace(f"{{{mark}}}", value)
    return text


def written(folder: Path, idiom: Idiom, kind: Kind) -> tuple[Source, ast.expr]:
    """The module with the idiom, in a little project, and the expression asked about."""
    own = idiom.text if "{imports}" in idiom.text else f"{kind.imports}\n{idiom.text}"
    shown = "from app.there import shown\n" if "from app import shown" in idiom.text else ""
    files = {
        "__init__.py": shown,
        "parts.py": PARTS,
        "there.py": f"{kind.imports}\n{filled(idiom.other, kind)}\n",
        "here.py": f"{filled(own, kind)}\n",
    }
    (folder / "app").mkdir()
    for name, text in files.items():
        (folder / "app" / name).write_text(text, encoding="utf-8")
    path = folder / "app" / "here.py"
    source = Source(
        "app/here.py",
        path.read_bytes(),
        project=Project(folder),
        module="app.here",
        location=path,
    )
    calls = [
        call
        for call in source.nodes(ast.Call)
        if isinstance(call.func, ast.Name) and call.func.id == "reveal"
    ]
    assert len(calls) == 1
    return source, calls[0].args[0]


def answer(value: Value | None, kind: Kind) -> Answer:
    """The answer in the words of the table; None for a value that is not known to be of the kind."""
    if value is None or not (value.members or value.outside):
        return None
    names = {cls.qualified_name for cls in value.members}
    expected = {"app.parts.Gauge"} if not kind.origins else set()
    if names != expected or not set(value.outside) <= kind.origins:
        return None
    if value.assumed:
        return "maybe assumed" if value.optional else "assumed"
    return "maybe" if value.optional else "sure"


@pytest.mark.parametrize(("idiom", "kind"), ROWS)
def test_what_the_value_is(tmp_path: Path, idiom: Idiom, kind: Kind) -> None:
    source, expression = written(tmp_path, idiom, kind)
    value = value_of(source, expression)
    assert answer(value, kind) == idiom.answer
    known = static_type(source, expression)
    if kind.origins or idiom.answer in (None, "assumed"):
        assert known is None
    else:
        assert known is not None
        assert known.optional is (idiom.answer == "maybe")
    for path, line, text in proof(source, value) if value is not None else ():
        assert path.read_text(encoding="utf-8").splitlines()[line - 1].strip() == text != ""
