"""Places that a report cites beside the ones to repair, and code that stands elsewhere: what they decide."""

from __future__ import annotations

import pytest
from repositories import Work
from test_truth import committed, told
from test_truth_histories import LIMITS, finding, tree
from test_truth_proofs import fixed

__all__ = ["tree"]

MENDED = LIMITS.replace("load_all_jobs_of_everyone(limit=None)", "mine()")
MORE = '''\
"""More."""


def count_of_jobs() -> int:
    return count_jobs_of_one_person(current_person)
'''
TWICE = '''\
"""Screens."""


def first(request: object) -> object:
    if settings_of_now.environment == "development":
        return call_the_next_one(request)
    if request is None:
        return call_the_next_one(request)
    return check_it(request)


def second(request: object) -> object:
    if settings_of_now.environment == "development":
        log(request)
    return call_the_next_one(request)
'''


@pytest.mark.parametrize(
    ("advice", "proved"),
    [
        ("Make `jobs` defer to `count_of_jobs`.", True),
        ("Update `jobs`, and use `count_of_jobs`.", True),
        ("Change `jobs` and `count_of_jobs`.", False),
    ],
)
def test_a_place_that_the_advice_wants_used_is_context(
    advice: str, proved: bool, tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    more = f"\n**Fix:** {advice}\n"
    report = finding("Two sums differ", "app/limits.py:8`, `app/more.py:5", more=more)
    committed(tree, "All", app__limits=LIMITS, app__more=MORE, AUDIT=report)
    committed(tree, "One sum (SEC-7)", app__limits=MENDED)
    flaw, _, says = told(capfd)
    assert (flaw == "not here") is proved, says


@pytest.mark.parametrize(
    ("words", "message", "proved"),
    [
        (
            "`app/limits.py:8` loads all; the count (app/more.py:5) is unused.",
            "SEC-7: one's own",
            True,
        ),
        ("`app/limits.py:8` loads all; the count (app/more.py:5) is unused.", "Only mine", False),
        ("`app/limits.py:8` loads all. The count does too (app/more.py:5).", "SEC-7: mine", False),
        ("`app/limits.py:8` loads all. The count works around it (app/more.py:5).", "Fix it", True),
        ("`app/limits.py:8` loads all, as does `app/more.py:5`.", "SEC-7: one's own", False),
    ],
)
def test_a_place_that_is_only_mentioned_is_context(
    words: str, message: str, proved: bool, tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = f"# Audit\n\n### SEC-7: Everyone sees all jobs\n\n{words}\n"
    committed(tree, "All", app__limits=LIMITS, app__more=MORE, AUDIT=report)
    committed(tree, message, app__limits=MENDED)
    flaw, _, says = told(capfd)
    assert (flaw == "not here") is proved, says


def test_lines_that_stand_in_another_function_too_are_gone_from_their_own(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    quote = '    if settings_of_now.environment == "development":\n        return call_the_next_one(request)'
    report = finding("Not checked in development", "app/screens.py:5-6", quote)
    committed(tree, "Screens", app__screens=TWICE, AUDIT=report)
    fix = committed(tree, "Check", app__screens=TWICE.replace(f"{quote}\n", "", 1))
    fixed(told(capfd), fix)


def test_so_they_are_not_where_they_are_gone_from_the_other(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    quote = '    if settings_of_now.environment == "development":\n        return call_the_next_one(request)'
    report = finding("Not checked in development", "app/screens.py:5-6", quote)
    head, _, _ = TWICE.partition("def second")
    committed(tree, "Screens", app__screens=TWICE, AUDIT=report)
    committed(tree, "Check", app__screens=head)
    flaw, _, says = told(capfd)
    assert flaw != "not here", says


@pytest.mark.parametrize("told_of", ["", "\nSo does `app/other.py`.\n"])
def test_the_same_code_in_another_file_is_no_move_where_the_function_stands(
    told_of: str, tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    quote = "return load_all_jobs_of_everyone(limit=None)"
    report = finding("Everyone sees all", "app/limits.py:8", quote, told_of)
    committed(tree, "Limits", app__limits=LIMITS, AUDIT=report)
    committed(tree, "Only one's own", app__limits=MENDED)
    committed(tree, "Examples", app__other=LIMITS)
    flaw, _, says = told(capfd)
    assert (flaw == "not here") is (told_of == ""), says


def test_an_import_that_another_file_has_is_gone_from_its_own(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    quote = "from app.settings_of_all import router"
    report = finding("Wrong way of the layers", "app/limits.py:3", quote)
    old = LIMITS.replace("from app import router", quote)
    committed(tree, "Limits", app__limits=old, AUDIT=report)
    fix = committed(
        tree, "Layers", app__limits=LIMITS.replace("from app import router", "import web")
    )
    committed(tree, "Examples", app__other=old)
    fixed(told(capfd), fix)
