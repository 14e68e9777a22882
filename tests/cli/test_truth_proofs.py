"""What was missing leaves no code behind: what `plan` takes for its repair, and what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from repositories import Work
from test_truth import KEYS, committed, plan, told
from test_truth_histories import LIMITS, finding, tree

__all__ = ["tree"]

PARSER = '''\
"""A parser."""

import sys


def first_word(text: str) -> str:
    return re.match(r"\\w+", text)[0]


def last_word(text: str) -> str:
    return text.split()[-1]
'''
SOCKET = '''\
"""A socket."""

from app import server


async def talk(socket: object) -> None:
    await socket.accept_the_connection_of()
    await socket.send_text("hello")
'''
CHECKED = SOCKET.replace(
    "    await socket.accept",
    "    if not await validate_session_token(socket):\n        return\n    await socket.accept",
)


def fixed(found: tuple[str, str, str], commit: str) -> None:
    flaw, verdict, says = found
    assert (flaw, verdict) == ("not here", "fixed"), says
    assert f"commit {commit}" in says


def test_a_name_that_the_report_advises_put_at_the_place_is_the_repair(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding(
        "Anyone may ask", "app/limits.py:8", more="\n**Fix:** call `limiter.check()`.\n"
    )
    mended = LIMITS.replace("    return", "    limiter.check()\n    return")
    committed(tree, "Limits", app__limits=LIMITS, AUDIT=report)
    fix = committed(tree, "More work", app__limits=mended)
    fixed(told(capfd), fix)


def test_the_same_name_in_another_function_is_none(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding(
        "Anyone may ask", "app/limits.py:8", more="\n**Fix:** call `limiter.check()`.\n"
    )
    other = LIMITS + "\n\ndef users() -> None:\n    limiter.check()\n"
    committed(tree, "Limits", app__limits=LIMITS, AUDIT=report)
    committed(tree, "More work", app__limits=other)
    flaw, _, says = told(capfd)
    assert flaw == "not checked", says


def test_a_name_that_was_put_there_and_taken_away_again_is_none(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding(
        "Anyone may ask", "app/limits.py:8", more="\n**Fix:** call `limiter.check()`.\n"
    )
    committed(tree, "Limits", app__limits=LIMITS, AUDIT=report)
    mended = LIMITS.replace("    return", "    limiter.check()\n    return")
    committed(tree, "More work", app__limits=mended)
    committed(tree, "Less work", app__limits=LIMITS)
    flaw, _, says = told(capfd)
    assert flaw == "not checked", says


def test_a_line_that_the_advice_holds_word_for_word_is_the_repair(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding("Crash", "app/parser.py:7", more="\n**Fix:** Add `import re` at the top.\n")
    mended = PARSER.replace("import sys", "import re\nimport sys")
    committed(tree, "Parser", app__parser=PARSER, AUDIT=report)
    fix = committed(tree, "More work", app__parser=mended)
    fixed(told(capfd), fix)


def test_quoted_code_that_stands_is_here_whatever_the_words_advise(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    quote = "    await socket.accept_the_connection_of()"
    more = "\n**Fix:** call `validate_session_token()`.\n"
    committed(tree, "S", app__talk=SOCKET, AUDIT=finding("Open", "app/talk.py:7", quote, more))
    committed(tree, "More work", app__talk=CHECKED)
    flaw, _, says = told(capfd)
    assert flaw == "here", says


def test_a_guard_from_the_advised_code_beside_it_is_the_repair(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    quote = "    await socket.accept_the_connection_of()"
    more = "\n**Fix:**\n\n```python\nif not await validate_session_token(token):\n    await close()\n```\n"
    committed(tree, "S", app__talk=SOCKET, AUDIT=finding("Open", "app/talk.py:7", quote, more))
    fix = committed(tree, "More work", app__talk=CHECKED)
    fixed(told(capfd), fix)


def test_a_commit_that_names_the_function_and_the_problem_is_believed_where_it_changed_it(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding("`last_word` crashes on empty text", "app/parser.py:11")
    mended = PARSER.replace(
        "    return text.split()", "    if not text:\n        return ''\n    return text.split()"
    )
    committed(tree, "Parser", app__parser=PARSER, AUDIT=report)
    fix = committed(tree, "Fixes\n\n- last_word: no crash on empty text", app__parser=mended)
    fixed(told(capfd), fix)


def test_it_is_not_where_it_changed_something_else(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding("`last_word` crashes on empty text", "app/parser.py:11")
    other = PARSER.replace(
        "    return re.match", "    if not text:\n        return ''\n    return re.match"
    )
    committed(tree, "Parser", app__parser=PARSER, AUDIT=report)
    committed(tree, "Fixes\n\n- last_word: no crash on empty text", app__parser=other)
    flaw, _, says = told(capfd)
    assert flaw == "not checked", says


def test_a_commit_that_brings_the_report_and_lists_it_repairs_nothing(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding("`last_word` crashes on empty text", "app/parser.py:11")
    other = PARSER.replace(
        "    return text.split()", "    text = text.strip('.')\n    return text.split()"
    )
    committed(tree, "Parser", app__parser=PARSER)
    said = "Add the audit\n\nFound:\n- SEC-7 last_word crashes on empty text"
    committed(tree, said, app__parser=other, AUDIT=report)
    flaw, _, says = told(capfd)
    assert flaw == "not checked", says


def test_a_function_that_a_commit_only_moved_is_not_gone(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding("Crash on empty text", "app/parser.py:11")
    start, _, rest = PARSER.partition("\n\ndef last_word")
    moved = f"\ndef last_word{rest}".replace("text.split()[-1]", "text.rsplit(None, 1)[1]")
    committed(tree, "Parser", app__parser=PARSER, AUDIT=report)
    committed(tree, "Fix the size of the parser", app__parser=start, app__words=moved)
    flaw, _, says = told(capfd)
    assert flaw == "not checked", says


def test_of_several_files_of_one_name_each_must_be_proved(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding(
        "Weak digest of pages", "keys.py:7", "    return digest_of_the_whole_page(path)"
    )
    keys = KEYS.replace("hashlib.md5(path.encode()).hexdigest()", "digest_of_the_whole_page(path)")
    better = keys.replace("digest_of_the_whole_page(path)", "b''")
    committed(tree, "Keys", one__keys=keys, two__keys=keys, AUDIT=report)
    first = committed(tree, "SEC-7: no digest", one__keys=better)
    flaw, _, says = told(capfd)
    assert flaw == "here", says
    assert "two/keys.py:7" in says
    second = committed(tree, "SEC-7: nor there", two__keys=better)
    flaw, _, says = told(capfd)
    assert flaw == "not here", says
    assert first in says
    assert second in says


def test_a_folder_in_the_head_of_the_report_tells_files_of_one_name_apart(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = "# Audit\n\nScope: `shop/one/`\n\n" + finding("Weak", "keys.py:7").partition("\n\n")[2]
    committed(tree, "Keys", one__keys=KEYS, two__keys=KEYS, AUDIT=report)
    assert plan(capfd)["places"][0]["path"] == "one/keys.py"


def test_a_file_as_a_whole_beside_a_place_is_context(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    quote = "return load_all_jobs_of_everyone(limit=None)"
    report = finding("Everyone sees all", "app/limits.py:8", quote, "\nSee also `app/more.py`.\n")
    mended = LIMITS.replace("load_all_jobs_of_everyone(limit=None)", "mine()")
    committed(tree, "Limits", app__limits=LIMITS, app__more="X = 1\n", AUDIT=report)
    fix = committed(tree, "Only one's own", app__limits=mended)
    fixed(told(capfd), fix)


def test_it_is_none_where_the_same_code_stands_in_it(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    quote = "return load_all_jobs_of_everyone(limit=None)"
    report = finding("Everyone sees all", "app/limits.py:8", quote, "\nSo does `app/more.py`.\n")
    mended = LIMITS.replace("load_all_jobs_of_everyone(limit=None)", "mine()")
    committed(tree, "Limits", app__limits=LIMITS, app__more=LIMITS, AUDIT=report)
    committed(tree, "Only one's own", app__limits=mended)
    flaw, verdict, says = told(capfd)
    assert (flaw, verdict) != ("not here", "fixed"), says


def test_where_places_differ_each_is_told(
    tree: Work, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding("Weak", "app/limits.py:8`, `app/parser.py:11", "")
    mended = LIMITS.replace("load_all_jobs_of_everyone(limit=None)", "mine()")
    committed(tree, "All", app__limits=LIMITS, app__parser=PARSER, AUDIT=report)
    fix = committed(tree, "SEC-7: one's own", app__limits=mended)
    flaw, verdict, says = told(capfd)
    assert (flaw, verdict) == ("not checked", "partly fixed")
    assert "fixed at app/limits.py:8" in says
    assert f"commit {fix}" in says
    assert "not checked at app/parser.py:11" in says
