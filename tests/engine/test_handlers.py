"""Questions about exception handlers: who uses the exception's name, and may it go."""

from __future__ import annotations

import ast

import pytest

from fixaudit import Source
from fixaudit.edits import except_clause


def _handler(
    body: str, header: str = "except OSError as e:", before: str = "", after: str = ""
) -> tuple[Source, ast.ExceptHandler]:
    text = f"def f(e0):\n{before}    try:\n        g()\n    {header}\n{body}{after}"
    source = Source("app/x.py", text.encode())
    return source, source.nodes(ast.ExceptHandler)[0]


@pytest.mark.parametrize(
    ("body", "uses"),
    [
        ("        log(e)\n", 1),
        ("        log(f'{e} {e!r:>{e}}')\n", 3),
        ("        later(lambda: e)\n", 1),
        ("        later(lambda e: e)\n", 0),
        ("        later([e for _ in x])\n        raise Y from e\n", 2),
        ("        try:\n            h(e)\n        except E as e:\n            log(e)\n", 1),
        ("        e = wrap(e)\n        del e\n", 3),
        ("        log('e')\n", 0),
    ],
)
def test_name_uses_counts_what_means_the_exception(body: str, uses: int) -> None:
    _, handler = _handler(body)
    assert len(except_clause.name_uses(handler)) == uses


@pytest.mark.parametrize(
    ("header", "left"),
    [
        ("except OSError as e:  # why", "except OSError:  # why"),
        ("except (OSError, ValueError) as e:", "except (OSError, ValueError):"),
        ("except(OSError)as e:", "except(OSError):"),
        ("except* OSError  as  e :", "except* OSError :"),
        ("except (\n        OSError\n    ) as e:", "except (\n        OSError\n    ):"),
        ("except OSError \\\n        as e:", "except OSError:"),
    ],
)
def test_drop_name_takes_only_the_name(header: str, left: str) -> None:
    source, handler = _handler("        pass\n", header)
    edit = except_clause.drop_name(source, handler)
    assert edit is not None
    after = source.body[: edit.span.start] + edit.text.encode() + source.body[edit.span.end :]
    assert left in after.decode()


@pytest.mark.parametrize(
    ("body", "before", "after"),
    [
        ("        show(locals())\n", "", ""),
        ("        pass\n", "    global e\n", ""),
        ("        pass\n", "    e = None\n", "    return e\n"),
    ],
)
def test_drop_name_keeps_a_name_that_is_seen_in_other_ways(
    body: str, before: str, after: str
) -> None:
    source, handler = _handler(body, before=before, after=after)
    assert except_clause.drop_name(source, handler) is None


def test_drop_name_after_an_unrelated_loop_variable() -> None:
    source, handler = _handler("        pass\n", before="    for e in x:\n        use(e)\n")
    assert except_clause.drop_name(source, handler) is not None


def test_hold_name_changes_nothing_and_collides_with_drop_name() -> None:
    source, handler = _handler("        pass\n")
    held, dropped = except_clause.hold_name(source, handler), except_clause.drop_name(
        source, handler
    )
    assert held is not None
    assert dropped is not None
    assert held.text == source.slice(held.span) == "except OSError as e"
    assert held.span.overlaps(dropped.span)


@pytest.mark.parametrize(
    ("body", "rebound"),
    [
        ("        e = wrap(e)\n        log(e)\n", True),
        ("        for e in x: pass\n        log(e)\n", True),
        ("        try: h()\n        except E as e: pass\n        log(e)\n", True),
        ("        for _ in x:\n            log(e)\n            e = wrap(e)\n", True),
        ("        log(e)\n        try: h()\n        except E as e: pass\n", False),
        ("        later(lambda e: e)\n        log(e)\n", False),
        ("        log(e)\n", False),
    ],
)
def test_rebinds_name(body: str, rebound: bool) -> None:
    source, handler = _handler(body)
    log = next(n for n in source.nodes(ast.Call) if getattr(n.func, "id", "") == "log")
    assert except_clause.rebinds_name(source, handler, log) is rebound


def test_rebinds_name_of_a_nested_handler_of_the_same_name() -> None:
    source, _ = _handler("        try: h()\n        except E as e: log(e)\n")
    outer, inner = source.nodes(ast.ExceptHandler)
    assert not except_clause.rebinds_name(source, inner, inner.body[0])
    assert not except_clause.rebinds_name(source, outer, outer.body[0])


def test_release_name_drops_with_the_last_use() -> None:
    source, handler = _handler("        raise e\n")
    edits = except_clause.release_name(source, handler, except_clause.name_uses(handler))
    assert [(source.slice(edit.span), edit.text) for edit in edits] == [(" as e", "")]


def test_release_name_holds_what_other_findings_may_take() -> None:
    source, handler = _handler('        log(f"""a\n {e}""")\n        raise e\n')
    last = except_clause.name_uses(handler)[-1:]
    edits = except_clause.release_name(source, handler, last, [last])
    assert [(source.slice(edit.span), edit.text) for edit in edits] == [
        ('f"""a\n {e}"""', 'f"""a\n {e}"""')
    ]


def test_release_name_makes_the_last_of_several_wait() -> None:
    source, handler = _handler("        if a: raise e\n        if b: raise e\n        raise e\n")
    alike = [[use] for use in except_clause.name_uses(handler)]
    edits = [except_clause.release_name(source, handler, entry, alike) for entry in alike]
    held = ["except OSError as e"]
    assert [[edit.text for edit in entry] for entry in edits] == [held, [], held]


def test_in_finally_means_the_handler_s_own() -> None:
    body = "        try:\n            a()\n        finally:\n            b()\n        c()\n"
    source, handler = _handler(body)
    calls = {call.func.id: call for call in source.nodes(ast.Call) if isinstance(call.func, ast.Name)}  # fmt: skip
    found = [except_clause.in_finally(source, calls[name], handler) for name in "abc"]
    assert found == [False, True, False]
