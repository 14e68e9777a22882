"""Codemods that meet at `as e`, run together: the name stays while one needs it, and goes after."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fixaudit import Changed, Codemod, Source
from fixaudit.pipeline.pipeline import Plan, process
from fixaudit_codemods.errors.bare_reraise import BareReraise
from fixaudit_codemods.errors.raise_from.codemod import RaiseFrom
from fixaudit_codemods.logs.logger_exception_cleanup import LoggerExceptionCleanup

_START = (
    "import logging\n\nlog = logging.getLogger(__name__)\n\n\ndef f():\n    try:\n        g()\n"
)


def _after(handler: str, *codemods: Callable[[], Codemod]) -> str:
    source = Source("app/x.py", (_START + handler).encode())
    plan = Plan([codemod() for codemod in codemods], unsafe=True)
    outcome = process(source, plan)
    assert isinstance(outcome, Changed)
    assert not outcome.problems
    return outcome.after.decode().removeprefix(_START)


@pytest.mark.parametrize("order", [1, -1])
def test_the_cause_keeps_the_name_that_the_log_call_lets_go(order: int) -> None:
    handler = '    except OSError as e:\n        log.exception(f"failed: {e}")\n        raise X()\n'
    codemods: list[Callable[[], Codemod]] = [LoggerExceptionCleanup, RaiseFrom]
    assert _after(handler, *codemods[::order]) == (
        '    except OSError as e:\n        log.exception("failed")\n        raise X() from e\n'
    )


@pytest.mark.parametrize("order", [1, -1])
def test_the_name_goes_when_two_codemods_took_its_uses(order: int) -> None:
    handler = '    except OSError as e:\n        log.exception("failed: %s", e)\n        raise e\n'
    codemods: list[Callable[[], Codemod]] = [LoggerExceptionCleanup, BareReraise]
    assert _after(handler, *codemods[::order]) == (
        '    except OSError:\n        log.exception("failed")\n        raise\n'
    )


def test_all_three_together() -> None:
    handler = (
        "    except OSError as e:\n"
        '        log.exception(f"failed: {e}")\n'
        "        if e_is_final():\n"
        "            raise e\n"
        '        raise X("later")\n'
    )
    codemods: tuple[Callable[[], Codemod], ...] = (LoggerExceptionCleanup, RaiseFrom, BareReraise)
    assert _after(handler, *codemods) == (
        "    except OSError as e:\n"
        '        log.exception("failed")\n'
        "        if e_is_final():\n"
        "            raise\n"
        '        raise X("later") from e\n'
    )
