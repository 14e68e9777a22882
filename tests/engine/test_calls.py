"""The editor of calls: arguments come and go with their commas and lines, and without their neighbours."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from itertools import pairwise

import pytest

from fixaudit import Edit, Source
from fixaudit.edits import calls
from fixaudit.edits.compose import apply_edits

Operation = Callable[[Source, ast.Call], calls.Change]


def changed(text: str, operation: Operation) -> str | None:
    """The text after an operation on its first call; None for a refusal."""
    source = Source("app/x.py", text.encode())
    edits = operation(source, source.nodes(ast.Call)[0])
    return None if isinstance(edits, calls.Refusal) else _applied(source, edits)


def _applied(source: Source, edits: tuple[Edit, ...]) -> str:
    after = apply_edits(source.body, edits).decode()
    ast.parse(after)
    return after


def _dropping(notes: calls.Notes) -> Operation:
    def drop(source: Source, call: ast.Call) -> calls.Change:
        word = calls.keyword(call, "k")
        assert word is not None
        return calls.drop_arguments(source, call, word, comments=notes)

    return drop


# The layouts on which the five places that knew commas before did not agree, and the others.
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f(k=1)", "f()"),
        ("f(k=1, )", "f()"),
        ("f(a, k=1)", "f(a)"),
        ("f(a, k=1, )", "f(a, )"),
        ("f(a, k=(1), b=2)", "f(a, b=2)"),
        ("f(a, k=(\n    1\n), b=2)", "f(a, b=2)"),
        ("f(k=1, *a)", "f(*a)"),
        ("f(*a, k=g(1), **b)", "f(*a, **b)"),
        ("f(\n    a,\n    k=1,\n)", "f(\n    a,\n)"),
        ("f(\n    a,  # why\n    k=1,\n    b=2,\n)", "f(\n    a,  # why\n    b=2,\n)"),
        ("f(\n    a,\n    k=1\n)", "f(\n    a,\n)"),
        ("f(\n    a,  # why\n    k=1\n)", "f(\n    a,  # why\n)"),
        ("f(\n    k=1,\n    b=2,\n)", "f(\n    b=2,\n)"),
        ("f(\n    a, k=[\n        1,\n    ],\n)", "f(\n    a,\n)"),
        ("f(\n    a,\n    k=1, b=2\n)", "f(\n    a,\n    b=2\n)"),
        ("f(a, k=1,\n  b=2)", "f(a,\n  b=2)"),
        ("f(a,\n  k=1)", "f(a)"),
        ("f(a\n  , k=1\n  , b=2\n)", "f(a\n  , b=2\n)"),
        ("f(  # all\n    k=1,\n)", "f(  # all\n)"),
        ("f(\n    k=1,\n    # of b\n    b=2,\n)", "f(\n    # of b\n    b=2,\n)"),
        ("f(\n    a, k=1,  # both\n    b=2,\n)", "f(\n    a,  # both\n    b=2,\n)"),
        ("f(a, \\\n  k=1)", "f(a)"),
        ("f(a, k='#')", "f(a)"),
        ("f(\n\ta,\n\tk=1,\n)", "f(\n\ta,\n)"),
        ("f(\r\n    a,\r\n    k=1,\r\n    b=2)\r\n", "f(\r\n    a,\r\n    b=2)\r\n"),
        ("f(\r\n    a,\n    k=1,\r\n    b=2)\n", "f(\r\n    a,\n    b=2)\n"),
        ("f(a, k=1); g(k=1)", "f(a); g(k=1)"),
        ("f(é, k='ü', b=2)", "f(é, b=2)"),
        ("f(a, (b := 1), k=1)", "f(a, (b := 1))"),
    ],
)
def test_an_argument_goes_with_its_comma_and_its_lines(before: str, after: str) -> None:
    for notes in ("refuse", "drop", "keep"):
        assert changed(before, _dropping(notes)) == after


@pytest.mark.parametrize(
    ("text", "dropped", "kept"),
    [
        ("f(\n    a,\n    k=1,  # why\n)", "f(\n    a,\n)", "f(\n    a,  # why\n)"),
        ("f(\n    a,\n    # why\n    k=1\n)", "f(\n    a,\n)", None),
        ("f(\n    k=1,  # why\n    b=2,\n)", "f(\n    b=2,\n)", None),
        ("f(\n    a, k=[\n        1,  # one\n    ],\n)", "f(\n    a,\n)", None),
        # The comment above may speak of what follows too.
        ("f(\n    a,  # a\n    # why\n    k=1,\n    b=2,\n)", None, None),
        ("f(\n    # why\n    k=1,\n    b=2,\n)", None, None),
        ("f(\n    # why\n    k=1,\n\n    b=2,\n)", "f(\n\n    b=2,\n)", None),
        # The closing parenthesis would stand in the comment.
        ("f(\n    a,  # a\n    k=1)", None, None),
        ("f(\n    a\n    # why\n    , k=1\n)", None, None),
    ],
)
def test_a_comment_of_an_argument_is_not_lost_unasked(
    text: str, dropped: str | None, kept: str | None
) -> None:
    assert changed(text, _dropping("refuse")) is None
    assert changed(text, _dropping("drop")) == dropped
    assert changed(text, _dropping("keep")) == kept


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f()", "f(t=1)"),
        ("f( )", "f(t=1)"),
        ("f(\n)", "f(\n    t=1,\n)"),
        ("x = f(\n    # why\n    )", "x = f(\n    # why\n    t=1,\n    )"),
        ("f(  # why\n)", "f(  # why\n    t=1,\n)"),
        ("f(a)", "f(a, t=1)"),
        ("f(a, )", "f(a, t=1, )"),
        ("f(\n    a,\n)", "f(\n    a,\n    t=1,\n)"),
        ("f(\n    a,\n    b\n)", "f(\n    a,\n    b,\n    t=1\n)"),
        ("f(\n    a,\n    b  # why\n)", "f(\n    a,\n    b,  # why\n    t=1\n)"),
        ("f(\n    a, b\n)", "f(\n    a, b, t=1\n)"),
        ("f(a,\n  b)", "f(a,\n  b, t=1)"),
        ("f([\n    1,\n],\n)", "f([\n    1,\n], t=1,\n)"),
        ("f(\n    a,\n    # more to come\n)", "f(\n    a,\n    t=1,\n    # more to come\n)"),
        ("f(x for x in y)", "f((x for x in y), t=1)"),
        ("f((x for x in y))", "f((x for x in y), t=1)"),
        ("f(y := 1)", "f(y := 1, t=1)"),
        ("f(*a)", "f(*a, t=1)"),
        ("f(**k)", "f(t=1, **k)"),
        ("f(a, **k)", "f(a, t=1, **k)"),
        (
            "f(\n    a,  # a\n    # of k\n    **k,\n)",
            "f(\n    a,  # a\n    t=1,\n    # of k\n    **k,\n)",
        ),
        ("f(\r\n\ta,\r\n)", "f(\r\n\ta,\r\n\tt=1,\r\n)"),
        ("f(\\\n)", "f(\\\nt=1)"),
    ],
)
def test_a_keyword_comes_at_the_end_or_before_what_is_unpacked(before: str, after: str) -> None:
    def add(source: Source, call: ast.Call) -> calls.Change:
        unpacked = next((entry for entry in call.keywords if entry.arg is None), None)
        return calls.add_keywords(source, call, "t=1", before=unpacked, hidden="neither")

    assert changed(before, add) == after


@pytest.mark.parametrize(
    ("before", "after", "beside"),
    [
        ("f()", "f(p)", "f(p)"),
        ("f(a, b)", "f(p, a, b)", "f(p, a, b)"),
        ("f(\n    a,\n)", "f(\n    p,\n    a,\n)", "f(\n    p, a,\n)"),
        (
            "f(\n    # of a\n    a,\n)",
            "f(\n    p,\n    # of a\n    a,\n)",
            "f(\n    # of a\n    p, a,\n)",
        ),
        ("f(  # all\n    a)", "f(  # all\n    p,\n    a)", "f(  # all\n    p, a)"),
        ("f(x for x in y)", "f(p, (x for x in y))", "f(p, (x for x in y))"),
        ("f(*a, **k)", "f(p, *a, **k)", "f(p, *a, **k)"),
    ],
)
def test_a_positional_argument_comes_in_front(before: str, after: str, beside: str) -> None:
    assert changed(before, lambda source, call: calls.add_positional(source, call, "p")) == after
    added = changed(
        before, lambda source, call: calls.add_positional(source, call, "p", beside=True)
    )
    assert added == beside


def test_several_changes_of_one_call_are_edits_that_fit_together() -> None:
    source = Source("app/x.py", b"print (a, 'b', c,\n       file=sys.stderr)\n")
    call = source.nodes(ast.Call)[0]
    editor = calls.CallEditor(source, call).rename("log").add_positional("'%s'")
    edits = editor.drop(call.args[1], *call.keywords).replace(call.args[2], "d()").change()
    assert not isinstance(edits, calls.Refusal)
    assert _applied(source, edits) == "log('%s', a, d())\n"
    spans = sorted(edit.span for edit in edits)
    assert all(one.end <= other.start for one, other in pairwise(spans))


def test_two_codemods_change_different_arguments_of_one_call() -> None:
    source = Source("app/x.py", b"f(\n    a,\n    k=1,\n    b=[2],\n)\n")
    call = source.nodes(ast.Call)[0]
    dropped = calls.drop_arguments(source, call, call.keywords[0])
    other = calls.replace_argument(source, call, call.keywords[1], "3")
    added = calls.add_keywords(source, call, "t=1")
    edits = [edit for change in (dropped, other, added) for edit in _edits(change)]
    assert not any(one.span.overlaps(two.span) for one in edits for two in edits if one is not two)
    assert apply_edits(source.body, edits) == b"f(\n    a,\n    b=3,\n    t=1,\n)\n"


def _edits(change: calls.Change) -> tuple[Edit, ...]:
    assert not isinstance(change, calls.Refusal)
    return change


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f(k=(1), b=2)", "f(k=(not a), b=2)"),
        ("f(k=1)", "f(k=not a)"),
        ("f(\n    k=1,  # why\n)", "f(\n    k=not a,  # why\n)"),
    ],
)
def test_a_value_is_replaced_where_it_stands(before: str, after: str) -> None:
    def replace(source: Source, call: ast.Call) -> calls.Change:
        return calls.replace_argument(source, call, call.keywords[0], "not a")

    assert changed(before, replace) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("'%s' % (a, b)", "'%s' % (a,)"),
        ("'%s' % (a, b,)", "'%s' % (a,)"),
        ("'%s' % (\n    a,\n    b\n)", "'%s' % (\n    a,\n)"),
        ("'%s' % (a, b, c)", "'%s' % (a, c)"),
    ],
)
def test_a_tuple_of_one_element_keeps_its_comma(before: str, after: str) -> None:
    source = Source("app/x.py", before.encode())
    node = source.nodes(ast.Tuple)[0]
    assert _applied(source, _edits(calls.drop_arguments(source, node, node.elts[1]))) == after


def test_in_an_f_string_only_what_fits_there_is_written() -> None:
    text = "f'{g(a, k=1)} {h()}'"
    assert changed(text, _dropping("refuse")) == "f'{g(a)} {h()}'"
    assert (
        changed(text, lambda s, c: calls.add_keywords(s, c, "t=1")) == "f'{g(a, k=1, t=1)} {h()}'"
    )
    refused = changed(text, lambda s, c: calls.add_keywords(s, c, "t='x'"))
    assert refused is None


@pytest.mark.skipif(sys.version_info < (3, 12), reason="such f-strings are new in Python 3.12")
def test_an_f_string_may_hold_its_own_quotes() -> None:
    assert changed('f"{g("a", k=1)}"', _dropping("refuse")) == 'f"{g("a")}"'


def test_a_call_is_replaced_by_an_attribute() -> None:
    def read(source: Source, call: ast.Call) -> calls.Change:
        return calls.to_attribute(source, call, call.args[0], "name")

    assert changed("getattr(a.b, 'name', 1)if c else d", read) == "a.b.name if c else d"
    assert changed("getattr(a or b, 'name')", read) == "(a or b).name"
    assert changed("getattr(a, # why\n 'name')", read) is None


@pytest.mark.parametrize(
    ("text", "hidden", "holder"),
    [
        ("f(*a)", "both", "*a"),
        ("f(*a)", "positional", "*a"),
        ("f(*a)", "keywords", None),
        ("f(x, **k)", "both", "**k"),
        ("f(x, **k)", "keywords", "**k"),
        ("f(x, **k)", "positional", None),
        ("f(*a, **k)", "neither", None),
        ("f(**{'t': 1})", "both", "**{'t': 1}"),
        ("f(**{'u': 1})", "both", None),
    ],
)
def test_what_is_unpacked_may_hold_the_keyword(
    text: str, hidden: calls.Hidden, holder: str | None
) -> None:
    source = Source("m.py", text.encode())
    call = source.nodes(ast.Call)[0]
    added = calls.add_keywords(source, call, "t=1", hidden=hidden)
    refused = added.reason if isinstance(added, calls.Refusal) else None
    assert refused == (None if holder is None else f"`{holder}` may hold `t` already")
