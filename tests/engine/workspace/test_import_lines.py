"""What lines tell of imports, without a parse."""

from __future__ import annotations

import pytest

from fixaudit.semantics.import_lines import import_statement_lines, imported_modules, imported_tops


@pytest.mark.parametrize(
    ("text", "modules"),
    [
        ("import a", [("a", ())]),
        ("  import a.b as c, d , e.f\n", [("a.b", ()), ("d", ()), ("e.f", ())]),
        ("from a.b import c as d, e # why, f\n", [("a.b", ("c", "e"))]),
        ("from a import (\n    b,  # the b, or c\n    d as e,\n)\n", [("a", ("b", "d"))]),
        ("from a import *\n", [("a", ())]),
        ("from . import a\nfrom .a import b\nfrom .. import c\n", []),
        ("import a; import b\n", [("a", ())]),
        ("from a import (\n", [("a", ())]),
        ("x = 'import a'\nimportant = 1\nfrom_a = 2\n", []),
    ],
)
def test_modules_and_names(text: str, modules: list[tuple[str, tuple[str, ...]]]) -> None:
    assert [(module, names) for _, module, names in imported_modules(text.encode())] == modules


def test_where_each_begins_and_which_are_statements() -> None:
    data = b'"""\nimport a\n"""\nimport b\nif b:\n    from c import (\n        d,\n    )\n'
    lines = [data.count(b"\n", 0, start) + 1 for start, _, _ in imported_modules(data)]
    assert lines == [2, 4, 6]
    assert import_statement_lines(data) == frozenset({4, 6})
    assert import_statement_lines(b"print 'x'\n") is None
    assert imported_tops(data) == frozenset({"a", "b", "c"})


def test_brackets_that_never_close_cost_no_more_than_their_number() -> None:
    found = list(imported_modules(b"from a import (\n" * 20_000))
    assert len(found) == 20_000
