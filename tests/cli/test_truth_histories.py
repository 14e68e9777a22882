"""What `plan` proves from histories of every kind, and what it does not claim."""

from __future__ import annotations

from pathlib import Path

import pytest
from repositories import ENVIRONMENT, Work
from test_truth import DEBUG, FIXED, KEYS, REPORT, SERVER, committed, told

from fixaudit_cli.app import run
from fixaudit_cli.git import file_changes, history

LIMITS = '''\
"""Limits."""

from app import router


@router.get("/jobs")
def jobs() -> list[str]:
    return load_all_jobs_of_everyone(limit=None)
'''


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    work = Work(tmp_path.resolve() / "tree")
    work.top.mkdir()
    work.git("init", "--quiet", "--initial-branch=main")
    monkeypatch.chdir(work.top)
    work.write("pyproject.toml", '[project]\nname = "t"\nrequires-python = ">=3.11"\n')
    return work


def finding(text: str, place: str, quote: str = "", more: str = "", key: str = "SEC-7") -> str:
    code = f"\n```python\n{quote}\n```\n" if quote else ""
    return f"# Audit\n\n### {key}: {text}\n\n**File:** `{place}`\n{code}{more}"


def test_a_file_that_was_renamed_after_the_fix(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    committed(tree, "Keys", app__keys=KEYS, AUDIT=REPORT)
    fix = committed(tree, "Keys of a longer digest", app__keys=FIXED)
    tree.git("mv", "app/keys.py", "app/cache_keys.py")
    tree.git("commit", "-qm", "Rename")
    flaw, verdict, says = told(capfd)
    assert (flaw, verdict) == ("not here", "fixed"), says
    assert f"commit {fix}" in says


def test_a_file_that_was_renamed_before_the_fix(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    committed(tree, "Keys", app__keys=KEYS, AUDIT=REPORT)
    tree.git("mv", "app/keys.py", "app/cache_keys.py")
    tree.git("commit", "-qm", "Rename")
    fix = committed(tree, "Keys of a longer digest", app__cache_keys=FIXED)
    flaw, _, says = told(capfd)
    assert flaw == "not here", says
    assert f"commit {fix}" in says


def test_a_file_that_is_gone_went_with_a_commit(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding("Legacy server with a debugger", "app/server.py:7")
    committed(tree, "Server", app__server=SERVER, app__more="X = 1\n", AUDIT=report)
    tree.git("rm", "-q", "app/server.py")
    tree.git("commit", "-qm", "Drop the legacy server")
    gone = tree.git("rev-parse", "--short", "HEAD").strip()
    flaw, _, says = told(capfd)
    assert flaw == "not here", says
    assert f"the file went with commit {gone}" in says


def test_a_file_whose_functions_live_on_elsewhere_is_not_gone(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    old = SERVER.replace("def main", "def serve_all")
    report = finding("Legacy server with a debugger", "app/server.py:7")
    committed(tree, "Server", app__server=old, AUDIT=report)
    tree.git("rm", "-q", "app/server.py")
    run_all = "import os\n\n\ndef start() -> None:\n    os.abort()\n\n\ndef serve_all() -> None:\n    start()\n"
    committed(tree, "Split", app__run=run_all)
    flaw, _, says = told(capfd)
    assert flaw == "not checked", says
    assert "`serve_all` is in app/run.py now" in says


def test_what_a_formatter_laid_out_anew_stands(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    committed(tree, "Server", app__server=SERVER, AUDIT=DEBUG)
    laid_out = SERVER.replace(
        '(host="0.0.0.0", port=8000, debug=True)',
        "(\n        host='0.0.0.0',\n        port=8000,\n        debug=True,\n    )",
    )
    committed(tree, "Fix the formatting, SEC-2", app__server=laid_out)
    flaw, _, says = told(capfd)
    assert flaw != "not here", says


def test_a_merge_brings_the_fix_of_its_branch(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    committed(tree, "Keys", app__keys=KEYS, AUDIT=REPORT)
    tree.git("checkout", "-qb", "fix")
    fix = committed(tree, "Keys of a longer digest", app__keys=FIXED)
    tree.git("checkout", "-q", "main")
    committed(tree, "More", app__more="X = 1\n")
    tree.git("merge", "-q", "--no-ff", "-m", "Merge", "fix")
    flaw, _, says = told(capfd)
    assert flaw == "not here", says
    assert f"commit {fix}" in says


def test_a_squashed_commit_that_repairs_more_is_named(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    committed(tree, "Keys", app__keys=KEYS, AUDIT=REPORT)
    fix = committed(
        tree,
        "Release (#12)\n\n* SEC-1: a longer digest\n* more",
        app__keys=FIXED,
        app__more="X = 1\n",
    )
    flaw, _, says = told(capfd)
    assert flaw == "not here", says
    assert f"commit {fix}" in says


def test_a_report_that_came_after_the_fix_is_held_against_the_file_before(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding("Everyone sees all jobs", "app/limits.py:8")
    mended = LIMITS.replace("load_all_jobs_of_everyone(limit=None)", "load_jobs(current_user())")
    committed(tree, "Limits", app__limits=LIMITS)
    fix = committed(tree, "Fix who sees jobs (SEC-7)", app__limits=mended)
    committed(tree, "The audit", AUDIT=report)
    flaw, _, says = told(capfd)
    assert flaw == "not here", says
    assert f"commit {fix}" in says


def test_quoted_code_that_stood_there_nearly_is_found_as_it_stood(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    quote = "return load_all_jobs_of_everyone(limit = None)  # <- NO LIMIT"
    report = finding("Everyone sees all jobs", "app/limits.py:8", quote)
    old = LIMITS.replace("limit=None)", "limit=None)  # for now")
    mended = LIMITS.replace("load_all_jobs_of_everyone(limit=None)", "load_jobs(current_user())")
    committed(tree, "Limits", app__limits=old, AUDIT=report)
    fix = committed(tree, "Fix who sees jobs", app__limits=mended)
    flaw, _, says = told(capfd)
    assert flaw == "not here", says
    assert f"commit {fix}" in says


def test_a_line_that_was_only_reworded_is_not_believed(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    quote = "    return load_all_jobs_of_everyone(limit=None)"
    report = finding("Everyone sees all", "app/limits.py:8", quote)
    reworded = LIMITS.replace("return load", "found = load").replace(
        "limit=None)", "limit=None, x=1)"
    )
    committed(tree, "Limits", app__limits=LIMITS, AUDIT=report)
    change = committed(tree, "Fix typing", app__limits=reworded)
    flaw, _, says = told(capfd)
    assert flaw == "not checked", says
    assert f"changed by commit {change}" in says


def test_code_that_the_report_advises_and_a_commit_wrote_is_the_fix(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    advice = '\n**Fix:**\n\n```python\n    application.run(host="127.0.0.1", port=8000, debug=False)\n```\n'
    fixed = SERVER.replace("0.0.0.0", "127.0.0.1").replace("debug=True", "debug=False")
    committed(tree, "Server", app__server=SERVER, AUDIT=DEBUG + advice)
    fix = committed(tree, "Local only", app__server=fixed)
    flaw, _, says = told(capfd)
    assert flaw == "not here", says
    assert f"commit {fix}" in says


def test_what_was_missing_is_there_where_a_commit_says_so_by_id(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding("No limit on requests", "app/limits.py:7-8")
    mended = LIMITS.replace(
        "def jobs() -> list[str]:\n", "def jobs() -> list[str]:\n    limiter.check()\n"
    )
    committed(tree, "Limits", app__limits=LIMITS, AUDIT=report)
    fix = committed(tree, "fix: limit requests (SEC-7)", app__limits=mended)
    flaw, _, says = told(capfd)
    assert flaw == "not here", says
    assert f"commit {fix}" in says


def test_a_finding_of_two_places_is_fixed_where_both_are_proved(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = REPORT.replace("`app/keys.py:7`", "`app/keys.py:7`, `app/more.py:7`")
    committed(tree, "Keys", app__keys=KEYS, app__more=KEYS, AUDIT=report)
    committed(tree, "SEC-1: a longer digest", app__keys=FIXED)
    assert told(capfd)[0] == "here"
    committed(tree, "SEC-1: the other one", app__more=FIXED)
    assert told(capfd)[:2] == ("not here", "fixed")


def test_the_same_code_written_elsewhere_since_is_told(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    committed(tree, "Server", app__server=SERVER, AUDIT=DEBUG)
    committed(tree, "SEC-2: no server", app__server="X = 1\n")
    committed(tree, "A new server", app__run=SERVER)
    flaw, _, says = told(capfd)
    assert flaw == "not checked", says
    assert "the same code stands at app/run.py:7 now" in says


def test_a_twin_that_was_there_all_along_is_no_move(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    committed(tree, "Servers", app__server=SERVER, app__twin=SERVER, AUDIT=DEBUG)
    committed(tree, "SEC-2: no debugger", app__server=SERVER.replace("debug=True", "debug=False"))
    flaw, _, says = told(capfd)
    assert flaw != "here", says


def test_no_git_command_runs_where_every_site_is_there(
    tree: Work, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    committed(tree, "Keys", app__keys=KEYS, AUDIT=REPORT)
    asked: list[object] = []

    def entries(*arguments: object, follow: bool) -> list[file_changes.Entry]:
        asked.append((arguments, follow))
        return []

    monkeypatch.setattr(history, "entries", entries)
    assert run(["plan", "AUDIT.md", ".", "--isolated"]) == 0
    assert asked == []
    committed(tree, "Keys of a longer digest", app__keys=FIXED)
    assert run(["plan", "AUDIT.md", ".", "--isolated"]) == 0
    assert asked
