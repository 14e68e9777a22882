"""Each edit of a changed file names exactly the findings that need it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from fixaudit import Codemod, Edit, Finding, NeededImport, ObsoleteImport, Source
from fixaudit.model.finding import NeededName
from fixaudit.model.outcome import Changed
from fixaudit.pipeline.pipeline import Plan, process
from fixaudit.text.source_map import MappedEdit, SourceMap


class _Calls(Codemod):
    """Calls of one function become calls of another one that has to be imported."""

    visits = (ast.Call,)
    old: str
    new: tuple[str, str]

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if isinstance(node.func, ast.Name) and node.func.id == self.old:
            module, name = self.new
            needed_names: list[NeededName] = [
                NeededImport(module, name, name),
                ObsoleteImport(self.old),
            ]
            yield self.fix(source, node, "old", [Edit(source.span(node.func), name)], needed_names)


class First(_Calls):
    name, code, triggers, old, new = "first", "TT901", (b"a(",), "a", ("os.path", "join")


class Second(_Calls):
    name, code, triggers, old, new = "second", "TT902", (b"b(",), "b", ("json", "dumps")


BODY = b"""\
from os.path import split

from json import loads
from gone import b

print(split, loads)
a(1)
b(2)
a(3)
b(4)
"""


def changed(body: bytes, format: Callable[[bytes, bytes], bytes] | None = None) -> Changed:
    outcome = process(Source("m.py", body), Plan([First(), Second()], format=format))
    assert isinstance(outcome, Changed), outcome
    return outcome


def owners(outcome: Changed) -> dict[str, set[str]]:
    """What each edit writes, with the codemods that need it."""
    return {edit.text.decode().strip(): {name for _, name in edit.owners} for edit in outcome.edits}


def test_an_import_is_claimed_by_those_who_wished_for_it() -> None:
    outcome = changed(BODY)
    lines = outcome.after.decode().splitlines()
    assert "from os.path import join, split" in lines
    assert "from json import dumps, loads" in lines
    assert "from gone import b" not in lines
    by_text = owners(outcome)
    joins = [names for text, names in by_text.items() if "join" in text]
    dumps = [names for text, names in by_text.items() if "dumps" in text]
    assert joins
    assert all(names == {"first"} for names in joins)
    assert dumps
    assert all(names == {"second"} for names in dumps)
    assert by_text[""] == {"second"}
    removal = next(edit for edit in outcome.edits if edit.text == b"")
    assert len(removal.owners) == 2
    calls = [edit for edit in outcome.edits if edit.start > BODY.index(b"print")]
    assert [len(edit.owners) for edit in calls] == [1, 1, 1, 1]


def test_a_formatted_line_is_claimed_by_whose_line_it_is() -> None:
    def spaced(before: bytes, after: bytes) -> bytes:
        return after.replace(b"join(1)", b"join( 1 )")

    outcome = changed(BODY, spaced)
    assert b"join( 1 )" in outcome.after
    formatted = next(edit for edit in outcome.edits if b"( 1 )" in edit.text)
    assert [name for _, name in formatted.owners] == ["first"]
    assert len(formatted.owners) == 1


def test_the_claims_of_a_range_are_those_of_what_is_new_there() -> None:
    trace = SourceMap(10)
    trace.add([MappedEdit(2, 4, b"longer", (("f", "c"),)), MappedEdit(8, 8, b"!", (("g", "c"),))])
    assert trace.owners(0, 1) == ()
    assert trace.owners(0, 3) == (("f", "c"),)
    assert trace.owners(4, 8) == (("f", "c"),)
    assert trace.owners(8, 10) == ()
    assert trace.owners(0, 20) == (("f", "c"), ("g", "c"))
