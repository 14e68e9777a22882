"""What the words of a commit say of a finding, where it put code: what `plan` believes, and what not."""

from __future__ import annotations

import pytest
from repositories import Work
from test_truth import committed, told
from test_truth_histories import LIMITS, finding, tree
from test_truth_proofs import fixed

__all__ = ["tree"]

ERASES = "Editing a message erases its stored reasoning"
ADVICE = "\n**Fix:** wrap the per-request loading, log and continue.\n"
MENDED = LIMITS.replace("    return", "    limiter.check()\n    return")
CALLER = '''\
"""The caller."""

from app import limits


def listed() -> list[str]:
    return limits.jobs_of_everyone(server=None)
'''
SHARED = '''\
"""Shared."""

from app import store


def read_all_jobs(server: object) -> list[str]:
    return store.everything(server)
'''


def said(
    tree: Work, capfd: pytest.CaptureFixture[str], title: str, message: str, more: str = ""
) -> tuple[tuple[str, str, str], str]:
    """What is told of a finding after a commit of this message that put code at its place."""
    report = finding(title, "app/limits.py:8", more=more, key="7")
    committed(tree, "Limits", app__limits=LIMITS, AUDIT=report)
    fix = committed(tree, message, app__limits=MENDED)
    return told(capfd), fix


@pytest.mark.parametrize(
    "message",
    [
        "DP-1: edit no longer erases a message's stored reasoning",
        "🐛 DP-1: stored reasoning outlives the editing of a message",
        "Work\n\n- the editing of a message does not lose its stored reasoning: fixed",
    ],
)
def test_words_of_a_repair_beside_those_of_the_title(
    message: str, tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    found, fix = said(tree, capfd, ERASES, message)
    fixed(found, fix)


@pytest.mark.parametrize(
    ("title", "message"),
    [
        (ERASES, "DP-1: editing a message with stored reasoning"),
        (ERASES, "DP-1: editing a message no longer keeps its stored reasoning"),
        ("Jobs listed without authentication", "Jobs listed no longer require authentication"),
        ("No check of uploaded images here", "Uploaded images no longer check their images"),
        (ERASES, "Fix in part: editing a message erases its stored reasoning"),
        (ERASES, "🐛 Prepare: editing a message erases its stored reasoning, not yet done"),
        (ERASES, "Revert fix: editing a message erases its stored reasoning"),
    ],
)
def test_words_that_tell_no_repair_prove_nothing(
    title: str, message: str, tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    (flaw, _, says), _ = said(tree, capfd, title, message)
    assert flaw == "not checked", says


def test_a_repair_that_is_told_in_the_words_of_the_advice(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    message = "Survive\n\n- fix: the loading of a request is wrapped, one that fails is logged"
    report = finding("One failure ends them all", "app/limits.py:8", more=ADVICE)
    committed(tree, "Limits", app__limits=LIMITS, AUDIT=report)
    put = "    with loading(request):\n        return"
    fix = committed(tree, message, app__limits=LIMITS.replace("    return", put))
    fixed(told(capfd), fix)


@pytest.mark.parametrize(
    "message",
    [
        "Survive\n\n- the loading of a request is wrapped, one that fails is logged",
        "Survive\n\n- fix: the loading of a request",
        "Survive\n\n- fix: wrapped\n- loading of a request",
    ],
)
def test_some_words_of_the_advice_or_no_repair_prove_nothing(
    message: str, tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    (flaw, _, says), _ = said(tree, capfd, "One failure ends them all", message, ADVICE)
    assert flaw == "not checked", says


TOLD = "\n`read_all_jobs` takes `None` for everything.\n"


def named(tree: Work, message: str, shared: str) -> str:
    report = finding("Jobs listing of stale servers", "app/caller.py:7", more=TOLD, key="3")
    report = report.replace("### 3:", "### #3 —")
    committed(tree, "All", app__caller=CALLER, app__shared=SHARED, AUDIT=report)
    return committed(tree, message, app__shared=shared)


GUARDED = SHARED.replace("    return", "    if server is None:\n        return []\n    return")


def test_a_function_that_the_finding_names_is_repaired_in_another_file(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    fix = named(tree, "fix findings\n\n- #3 stale servers in the listing of jobs", GUARDED)
    fixed(told(capfd), fix)


@pytest.mark.parametrize(
    ("message", "shared"),
    [
        ("fix findings\n\n- stale servers in the listing of jobs", GUARDED),
        ("fix findings\n\n- #3 something else", GUARDED),
        (
            "fix findings\n\n- #3 stale servers in the listing of jobs",
            SHARED + "\n\nX = compute(1)\n",
        ),
        ("fix findings\n\n- #3 stale servers in the listing of jobs: in part", GUARDED),
    ],
)
def test_another_file_proves_nothing_without_the_number_or_the_function(
    message: str, shared: str, tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    named(tree, message, shared)
    flaw, _, says = told(capfd)
    assert flaw != "not here", says


@pytest.mark.parametrize(
    ("message", "put", "proved"),
    [
        ("Security fixes\n\n- Add token auth to every request", "check_auth(token)", True),
        ("Security fixes\n\n- Add a token", "check_auth(token)", False),
        ("Security fixes\n\n- Discuss token auth", "check_auth(token)", False),
        ("Security fixes\n\n- Add token auth to every request", "limit()", False),
        ("Add the audit\n\n- Add token auth to every request", "check_auth(token)", False),
    ],
)
def test_a_short_advice_is_followed_by_its_verb_its_words_and_code_that_has_them(
    message: str, put: str, proved: bool, tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding("Open to all", "app/limits.py:8", more="\n**Fix:** Add token auth\n")
    committed(tree, "Limits", app__limits=LIMITS, AUDIT=report)
    mended = LIMITS.replace("    return", f"    {put}\n    return")
    fix = committed(tree, message, app__limits=mended)
    flaw, _, says = told(capfd)
    assert (flaw == "not here" and f"commit {fix}" in says) is proved, says


GAP = "\nThe inclusive end drops the minute before midnight.\n"


@pytest.mark.parametrize(
    ("line", "proved"),
    [
        ("end = last(23)  # inclusive, avoids the loss before midnight", True),
        ("end = last(23)  # inclusive, before midnight", False),
        ("end = last(23)  # avoids the loss at midnight", False),
        ("end = last(23)  # avoid later: the inclusive end before midnight", False),
        ("# inclusive, avoids the loss before midnight", False),
        (
            "end = last(23)  # avoids the inclusive work of people known to us before midnight",
            False,
        ),
    ],
)
def test_a_remark_in_the_words_of_the_finding_that_mends_came_with_the_repair(
    line: str, proved: bool, tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding("Schedule gap", "app/limits.py:8", more=GAP)
    committed(tree, "Limits", app__limits=LIMITS, AUDIT=report)
    fix = committed(
        tree, "Work", app__limits=LIMITS.replace("    return", f"    {line}\n    return")
    )
    flaw, _, says = told(capfd)
    assert (flaw == "not here" and f"commit {fix}" in says) is proved, says


@pytest.mark.parametrize(("message", "proved"), [("Fix SEC-7: erased", True), ("Work", False)])
def test_a_place_in_no_python_file_is_settled_by_the_word_of_a_commit_only(
    message: str, proved: bool, tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    more = "\nSent by `Row.tsx:53`.\n\n**Fix:** call `limiter.check()`.\n"
    report = finding(ERASES, "app/limits.py:8", more=more)
    committed(tree, "Limits", app__limits=LIMITS, AUDIT=report)
    committed(tree, message, app__limits=MENDED)
    flaw, _, says = told(capfd)
    assert (flaw == "not here") is proved, says
    assert "already fixed at app/limits.py:8" in says


@pytest.mark.parametrize(
    ("line", "proved"),
    [
        ("path = base.with_name(name)", True),
        ("# not with base.with_name(name)\n    limit()", False),
        ("path = base.replace_all(name)  # or with_name", False),
    ],
)
def test_what_is_only_spoken_of_is_not_put_there(
    line: str, proved: bool, tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding(
        "`base.replace_all` breaks paths",
        "app/limits.py:8",
        more="\n**Fix:** `base.with_name(x)`\n",
    )
    committed(tree, "Limits", app__limits=LIMITS, AUDIT=report)
    fix = committed(
        tree, "Work", app__limits=LIMITS.replace("    return", f"    {line}\n    return")
    )
    flaw, _, says = told(capfd)
    assert (flaw == "not here" and f"commit {fix}" in says) is proved, says


def test_only_so_many_other_files_are_asked(
    tree: Work, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fixaudit.plan.repaired_elsewhere._MOST_ASKED", 0)
    named(tree, "fix findings\n\n- #3 stale servers in the listing of jobs", GUARDED)
    flaw, _, says = told(capfd)
    assert flaw != "not here", says
