"""Users' Bowler queries: the same text as Bowler's own run, on files Bowler itself would spoil too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fixaudit.errors import CodemodError, ConfigError
from fixaudit.integrations.bowler import BowlerCodemod, captured_queries
from fixaudit.model.outcome import Changed, Unchanged
from fixaudit.pipeline.pipeline import Plan, process
from fixaudit.source.source import Source
from fixaudit_cli.app import run

CODE = '''\
import os
from shop import fetch, old_name


def old_name(a, b=2):
    """Calls itself as old_name in a docstring."""
    print(a)  # a comment that stays
    return old_name(a - 1, b=b)


class Client:
    base = "x"

    def fetch(self, url, verify=True):
        return os.path.join(self.base, url)

    def go(self):
        return self.fetch("u", verify=False), old_name(3)


def total(prices):
    if len(prices) == 0:
        return 0
    return sum(prices)
'''

SCRIPTS = {
    "rename a function": """
from bowler import Query

Query(".").select_function("old_name").rename("new_name").write()
""",
    "add an argument": """
from bowler import Query

Query(".").select_function("fetch").add_argument("timeout", "30").execute(write=True, interactive=False, silent=True)
""",
    "rename a class": """
from bowler import Query

Query(".").select_class("Client").rename("HttpClient").write()
""",
    "a custom pattern and modifier": '''
from bowler import Query
from fissix.fixer_util import Name


def empty(node, capture, filename):
    test = capture["test"]
    test.replace(Name("not " + capture["what"].value, prefix=test.prefix))


PATTERN = """
test=comparison< power< 'len' trailer< '(' what=NAME ')' > > '==' '0' >
"""


def main():
    Query(".").select(PATTERN).modify(empty).write()


if __name__ == "__main__":
    main()
''',
    "a filter and a hunk processor": """
from bowler import Query


def below_the_imports(node, capture, filename):
    return node.get_lineno() > 3


def not_the_imports(filename, hunk):
    return not any(line.startswith("-from ") for line in hunk)


(
    Query(".")
    .select_function("fetch")
    .filter(below_the_imports)
    .rename("get")
    .process(not_the_imports)
    .write()
)
""",
}


BROKEN = """
from bowler import Query

Query(".").select_attribute("base").in_class("Client").encapsulate("_base").write()
"""


def by_bowler(tmp_path: Path, script: str, code: str) -> str:
    """What Bowler itself makes of the code, in a process of its own."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "code.py").write_text(code)
    (tmp_path / "query.py").write_text(script)
    subprocess.run(
        [sys.executable, str(tmp_path / "query.py")], cwd=folder, check=True, capture_output=True
    )
    return (folder / "code.py").read_text()


def by_us(script: Path, data: bytes) -> bytes:
    outcome = process(Source("code.py", data), Plan([BowlerCodemod.from_script(script)]))
    assert isinstance(outcome, Changed), outcome
    assert outcome.problems == ()
    return outcome.after


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_same_text_as_bowlers_own_run(name: str, tmp_path: Path) -> None:
    theirs = by_bowler(tmp_path, SCRIPTS[name], CODE)
    assert theirs != CODE
    assert by_us(tmp_path / "query.py", CODE.encode()).decode() == theirs


@pytest.mark.parametrize("name", SCRIPTS)
def test_newlines_marks_and_a_missing_last_newline_stay(name: str, tmp_path: Path) -> None:
    script = tmp_path / "query.py"
    script.write_text(SCRIPTS[name])
    plain = by_us(script, CODE.encode())
    assert by_us(script, CODE.replace("\n", "\r\n").encode()) == plain.replace(b"\n", b"\r\n")
    assert by_us(script, b"\xef\xbb\xbf" + CODE.encode()) == b"\xef\xbb\xbf" + plain
    assert by_us(script, CODE.rstrip("\n").encode()) == plain.rstrip(b"\n")
    fed = CODE.replace("\n\ndef total", "\n\x0c\ndef total").encode()
    assert by_us(script, fed) == plain.replace(b"\n\ndef total", b"\n\x0c\ndef total")


def test_a_query_that_breaks_a_file_changes_nothing_of_it(tmp_path: Path) -> None:
    assert by_bowler(tmp_path, BROKEN, CODE) == CODE
    codemod = BowlerCodemod.from_script(tmp_path / "query.py")
    outcome = process(Source("code.py", CODE.encode()), Plan([codemod]))
    assert isinstance(outcome, Unchanged)
    assert "would make this file invalid" in outcome.problems[0].message


def test_exec_and_print_are_plain_names(tmp_path: Path) -> None:
    script = tmp_path / "query.py"
    script.write_text(SCRIPTS["rename a function"])
    code = b"def old_name(session):\n    return session.exec(print)\n"
    assert by_us(script, code) == code.replace(b"old_name", b"new_name")


@pytest.mark.parametrize(
    "code",
    [
        "def old_name(x):\n    match x:\n        case 1:\n            return 2\n",
        "try:\n    pass\nexcept* ValueError:\n    old_name()\n",
        "with (open('a') as a, open('b') as b):\n    old_name(a, b)\n",
    ],
)
def test_what_bowler_cannot_read_is_named(code: str, tmp_path: Path) -> None:
    script = tmp_path / "query.py"
    script.write_text(SCRIPTS["rename a function"])
    outcome = process(Source("code.py", code.encode()), Plan([BowlerCodemod.from_script(script)]))
    assert isinstance(outcome, Unchanged)
    assert [problem.kind for problem in outcome.problems] == ["not-looked-at"]


def test_a_query_is_previewed_written_and_undone(
    tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    (tmp_path / "code.py").write_text(CODE)
    (tmp_path / "newer.py").write_text("match old_name:\n    case _:\n        pass\n")
    script = tmp_path.parent / f"{tmp_path.name}_query.py"
    script.write_text(SCRIPTS["rename a function"])
    monkeypatch.chdir(tmp_path)
    assert run(["apply", "--dry-run", "--bowler", str(script)]) == 2
    shown = capsys.readouterr()
    assert "+def new_name" in shown.out
    assert "newer.py: not-looked-at:" in shown.err
    assert (tmp_path / "code.py").read_text() == CODE
    assert run(["apply", "--bowler", str(script), "code.py"]) == 0
    assert "def new_name" in (tmp_path / "code.py").read_text()
    assert run(["undo"]) == 0
    assert (tmp_path / "code.py").read_text() == CODE


def test_scripts_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        captured_queries(tmp_path / "nothing.py")
    (tmp_path / "broken.py").write_text("import nothing_of_that_name\n")
    with pytest.raises(CodemodError, match="nothing_of_that_name"):
        captured_queries(tmp_path / "broken.py")
    (tmp_path / "idle.py").write_text("from bowler import Query\nQuery('.').select_root()\n")
    with pytest.raises(CodemodError, match="runs no Bowler query"):
        captured_queries(tmp_path / "idle.py")


def test_a_missing_extra_says_what_to_install(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "bowler", None)
    with pytest.raises(ConfigError, match=r"pip install 'fixaudit\[bowler\]'"):
        captured_queries(tmp_path / "query.py")
