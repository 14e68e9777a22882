"""Questions about exception handlers: who uses the exception's name, and may it go."""

from __future__ import annotations

import ast

import pytest

from fixaudit import Source, handlers


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
    assert len(handlers.name_uses(handler)) == uses


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
    edit = handlers.drop_name(source, handler)
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
    assert handlers.drop_name(source, handler) is None


def test_drop_name_after_an_unrelated_loop_variable() -> None:
    source, handler = _handler("        pass\n", before="    for e in x:\n        use(e)\n")
    assert handlers.drop_name(source, handler) is not None


def test_hold_name_changes_nothing_and_collides_with_drop_name() -> None:
    source, handler = _handler("        pass\n")
    held, dropped = handlers.hold_name(source, handler), handlers.drop_name(source, handler)
    assert held is not None
    assert dropped is not None
    assert held.text == " as e"
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
    assert handlers.rebinds_name(source, handler, log) is rebound


def test_rebinds_name_of_a_nested_handler_of_the_same_name() -> None:
    source, _ = _handler("        try: h()\n        except E as e: log(e)\n")
    outer, inner = source.nodes(ast.ExceptHandler)
    assert not handlers.rebinds_name(source, inner, inner.body[0])
    assert not handlers.rebinds_name(source, outer, outer.body[0])
