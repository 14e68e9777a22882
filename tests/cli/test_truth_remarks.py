"""What a commit wrote beside the code that it put at a place: what `plan` takes for a repair, and what not."""

from __future__ import annotations

import pytest
from repositories import Work
from test_truth import committed, told
from test_truth_histories import LIMITS, finding, tree
from test_truth_proofs import fixed

__all__ = ["tree"]

RACE = "One-shot retrieval is vulnerable to a race condition"
ABSENT = "Jobs listed without authentication"
SCREENS = '''\
"""The application."""

from app import application, settings

application.add_route("/jobs", settings.everything_of_the_jobs)
'''


def put(line: str, *, code: str = "limiter.check()") -> str:
    """The limits with a line and some code put into their function."""
    return LIMITS.replace("    return", f"    {line}\n    {code}\n    return")


@pytest.mark.parametrize(
    ("title", "line", "code"),
    [
        (RACE, "# Atomic: the one-shot retrieval avoids race conditions.", "lock()"),
        (ABSENT, "# Authentication of who asks for the listed jobs", "who = current(user)"),
        (ABSENT, "jobs_authentication(caller)", "lock()"),
        ("Нет проверки лимита в jobs", "# Проверяем лимит", "lock()"),
        ("缺少频率限制", "# 频率限制", "lock()"),
    ],
)
def test_a_line_that_says_what_the_title_asks_for_came_with_the_repair(
    title: str, line: str, code: str, tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    committed(tree, "Limits", app__limits=LIMITS, AUDIT=finding(title, "app/limits.py:8"))
    fix = committed(tree, "More work", app__limits=put(line, code=code))
    fixed(told(capfd), fix)


@pytest.mark.parametrize(
    ("title", "line"),
    [
        (RACE, "# TODO: the one-shot retrieval must avoid the race condition"),
        (RACE, "# The one-shot retrieval has a race condition."),
        (RACE, "# Ensures that the race is run."),
        (RACE, "# The one-shot retrieval must be safe: a race condition is possible"),
        ("No rate limiting on jobs", "failed = RateLimitingError"),
        ("No rate limiting on jobs", 'logger.error("rate limiting of the jobs")'),
        (ABSENT, "# Without authentication of who asks for the listed jobs"),
        (ABSENT, "# The listed jobs are cached"),
        ("Нет проверки лимита в jobs", "# Здесь не проверяем лимит"),
    ],
)
def test_a_line_that_denies_it_or_tells_the_flaw_proves_nothing(
    title: str, line: str, tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    committed(tree, "Limits", app__limits=LIMITS, AUDIT=finding(title, "app/limits.py:8"))
    committed(tree, "More work", app__limits=put(line))
    flaw, _, says = told(capfd)
    assert flaw == "not checked", says


def test_a_remark_without_code_proves_nothing(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    remark = "# Authentication of who asks for the listed jobs"
    mended = LIMITS.replace("    return", f"    {remark}\n    return")
    committed(tree, "Limits", app__limits=LIMITS, AUDIT=finding(ABSENT, "app/limits.py:8"))
    committed(tree, "More work", app__limits=mended)
    flaw, _, says = told(capfd)
    assert flaw == "not checked", says


def test_a_line_that_was_taken_back_proves_nothing(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    committed(tree, "Limits", app__limits=LIMITS, AUDIT=finding(ABSENT, "app/limits.py:8"))
    committed(tree, "More work", app__limits=put("jobs_authentication(caller)"))
    committed(tree, "Less work", app__limits=LIMITS)
    flaw, _, says = told(capfd)
    assert flaw == "not checked", says


@pytest.mark.parametrize(
    ("line", "proved"),
    [
        ("# Add rate limiting\napplication.add(RateLimits)", True),
        ("\n\ndef other() -> None:\n    # Add rate limiting\n    limit()", False),
        ("from app.rate_limiting import limits", False),
    ],
)
def test_of_a_file_as_a_whole_only_its_top_level_counts(
    line: str, proved: bool, tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding("No rate limiting on endpoints", "app/screens.py")
    committed(tree, "Screens", app__screens=SCREENS, AUDIT=report)
    fix = committed(tree, "More work", app__screens=f"{SCREENS}{line}\n")
    flaw, _, says = told(capfd)
    assert (flaw == "not here" and f"commit {fix}" in says) is proved, says


@pytest.mark.parametrize(
    ("remark", "proved"),
    [
        ("# SEC-7: the shared loader", True),
        ("# SEC-7: something of another report", False),
        ("# The shared loader", False),
    ],
)
def test_a_remark_that_gives_the_id_and_a_word_of_the_title_is_the_repair(
    remark: str, proved: bool, tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding("Loader copied twice", "app/limits.py:7-8")
    mended = LIMITS.replace("\n\n\n@", f"\n\n{remark}\nsetting = 1\n\n\n@", 1)
    committed(tree, "Limits", app__limits=LIMITS, AUDIT=report)
    fix = committed(tree, "More work", app__limits=mended)
    flaw, _, says = told(capfd)
    assert (flaw == "not here" and f"commit {fix}" in says) is proved, says


def test_a_message_that_gives_number_and_title_is_believed_where_the_code_stands(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    quote = "    return load_all_jobs_of_everyone(limit=None)"
    report = finding("Memory leak of sessions", "app/limits.py:8", quote, key="BUG #3")
    committed(tree, "Limits", app__limits=LIMITS, AUDIT=report)
    message = "Fix what was found\n\nBUG #3: memory leak of sessions, now cleaned up"
    fix = committed(tree, message, app__limits=put("clean_up_old_jobs()"))
    fixed(told(capfd), fix)


def test_of_files_of_one_name_the_one_that_held_what_the_title_names_is_meant(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding("Useless `load_all_jobs_of_everyone`", "limits.py:8")
    other = '"""Others."""\n\n\n\n\n\ndef f() -> None:\n    others_of_the_same_file_name()\n'
    committed(tree, "Limits", app__limits=LIMITS, more__limits=other, AUDIT=report)
    mended = LIMITS.replace("load_all_jobs_of_everyone(limit=None)", "current_jobs()")
    fix = committed(tree, "Fix it (SEC-7)", app__limits=mended)
    fixed(told(capfd), fix)


def test_a_name_that_begins_like_the_wrong_one_is_new_there(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    old = SCREENS.replace("settings\n", "get_settings_of_nobody\n", 1)
    advice = "\n**Fix:**\n\n```python\nfrom app import application, get_settings\n```\n"
    report = finding("Name that does not exist", "app/screens.py:3", more=advice)
    committed(tree, "Screens", app__screens=old, AUDIT=report)
    fix = committed(tree, "More work", app__screens=old.replace("_of_nobody", ""))
    fixed(told(capfd), fix)


def test_a_name_that_the_report_coins_in_a_function_that_it_names_is_the_repair(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    old = LIMITS + "\n\ndef reset_all_totals() -> None:\n    totals.clear()\n"
    words = "\nThen `reset_all_totals()` drops them.\n\n**Fix:** Add a `_sum_of_the_session`.\n"
    new = old.replace("    totals", "    _sum_of_the_session.add(totals)\n    totals")
    report = finding("Sums get lost", "app/limits.py:8", more=words)
    committed(tree, "Limits", app__limits=old, AUDIT=report)
    fix = committed(tree, "More work", app__limits=new)
    fixed(told(capfd), fix)


@pytest.mark.parametrize(
    ("title", "proved"),
    [
        ("Session tokens never expire", True),
        (
            "Session tokens of users and of guests live on forever once their account was deleted",
            False,
        ),
    ],
)
def test_three_words_of_a_message_are_half_of_the_title_or_none(
    title: str, proved: bool, tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    committed(tree, "Limits", app__limits=LIMITS, AUDIT=finding(title, "app/limits.py:8"))
    message = "Fix the login\n\nSession tokens never expire, for users too"
    fix = committed(tree, message, app__limits=put("clean_up_old_jobs()"))
    flaw, _, says = told(capfd)
    assert (flaw == "not here" and f"commit {fix}" in says) is proved, says


def test_the_words_of_a_functions_name_are_no_word_of_its_repair(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    limits = LIMITS.replace("def jobs", "def queue_jobs")
    title = "No de-dup of queue jobs"
    committed(tree, "Limits", app__limits=limits, AUDIT=finding(title, "app/limits.py:8"))
    message = "Fix the stutter\n\nqueue_jobs carries a rate through the queue of the jobs, as asked"
    committed(tree, message, app__limits=put("rate()").replace("def jobs", "def queue_jobs"))
    flaw, _, says = told(capfd)
    assert flaw != "not here", says
