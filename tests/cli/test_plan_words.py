"""What is said of one finding, over all kinds of findings: no two sentences contradict each other."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from fixaudit_cli.app import run

CLIENT = """\
import requests


def get(url):
    return requests.get(url, verify=False, timeout=5)


def other(url):
    return requests.get(url, verify=False, timeout=5)
"""
KEYS = "import hashlib\n\n\ndef key(text):\n    return hashlib.md5(text).hexdigest()\n"
GONE = (
    "import hashlib\n\n\ndef gone(path):\n    return hashlib.md5(path.read_bytes()).hexdigest()\n"
)
RAISED = """\
def first(e):
    try:
        e()
    except ValueError as error:
        raise KeyError(1)


def second(e):
    try:
        e()
    except ValueError as error:
        raise KeyError(2)
"""
FILES = {
    "pyproject.toml": '[project]\nname = "t"\n',
    "app/client.py": CLIENT,
    "app/keys.py": KEYS,
    "app/raised.py": RAISED,
    "app/plain.py": "def plain():\n    return 1\n",
    "app/quiet.py": KEYS.replace("hexdigest()", "hexdigest()  # fixaudit: ignore"),
    "app/silent.py": "import requests\n\n\ndef silent(url):\n    return requests.get(url)  # fixaudit: ignore\n",
    "one/twin.py": "def a():\n    return 1\n",
    "two/twin.py": "def b():\n    return 1\n",
}

CASES = {
    "cited": ("MD5 used (S324)", "`app/keys.py:5`", "fix with --unsafe"),
    "safe": ("Raised without its cause (B904)", "`app/raised.py:5`, `app/raised.py:12`", "fix"),
    "like": ("Raised without its cause (B904)", "`app/raised.py:5`", "fix"),
    "elsewhere": ("Raised without its cause (B904)", "Everywhere.", "elsewhere only"),
    "beside": ("Raised without its cause (B904)", "`app/plain.py:1`", "elsewhere only"),
    "offered": ("TLS verification is disabled", "`app/client.py`", "offered"),
    "offered by title": ("TLS verification is disabled", "Everywhere.", "offered"),
    "not offered": ("TLS verification is disabled", "`lost/client.py:3`", "not found"),
    "by hand": ("Nobody on call", "**Severity:** Low\n\nHire somebody.", "by hand"),
    "by hand in a file": ("Nobody on call", "`app/plain.py:2`", "by hand"),
    "lost": ("MD5 used (S324)", "`lost/keys.py:5`", "not found"),
    "unclear": ("MD5 used (S324)", "`twin.py:1`", "elsewhere only"),
    "suppressed": ("MD5 used (S324)", "`app/quiet.py:5`", "elsewhere only"),
    "suppressed alone": ("Request without a timeout (S113)", "`app/silent.py:5`", "suppressed"),
    "gone": ("MD5 used (S324)", "`app/gone.py:5`\n\n```python\nreturn hashlib.md5(path.read_bytes()).hexdigest()\n```", "elsewhere only"),
}  # fmt: skip
"""Title and body of a finding, and what happens to it."""

CONTRADICTIONS = [
    # What happens, and a sentence that must not stand beside it.
    ("by hand", r"to be fixed|offered|may answer it|already fixed|for review at"),
    ("offered", r"to be fixed|already fixed|by hand|left alone|for review at"),
    ("not found", r"to be fixed|may answer it|the flaw is here|by hand|offered"),
    ("already fixed", r"to be fixed|may answer it|the flaw is here|not checked|by hand"),
    ("elsewhere only", r"by hand|offered|may answer it"),
    ("suppressed", r"to be fixed|may answer it|by hand"),
    ("kept", r"to be fixed|may answer it|by hand"),
    ("fix", r"^by hand|offered|may answer it|already fixed at"),
]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "tree"
    for name, text in {**FILES, "app/gone.py": GONE}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    monkeypatch.chdir(root)
    _git("init", "-q")
    _commit("first")
    (root / "app/gone.py").write_text(GONE.replace("md5", "sha256"))
    _commit("SHA-256 in place of MD5 in gone.py")
    return root


def _git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True, capture_output=True)


def _commit(message: str) -> None:
    _git("add", "-A")
    who = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
    _git(*who, "commit", "-q", "-m", message)


def _planned(capfd: pytest.CaptureFixture[str], *options: str) -> tuple[str, dict[str, Any]]:
    """The paragraph of the only finding, and what JSON says of it."""
    capfd.readouterr()
    assert run(["plan", "AUDIT.md", "-v", *options]) == 0
    text = capfd.readouterr().out
    start = text.index("\n1.1 ")
    end = re.search(r"\n\n(?!  )", text[start:])
    paragraph = text[start : start + end.start()] if end else text[start:]
    assert run(["plan", "AUDIT.md", *options, "--output-format", "json"]) == 0
    content = json.loads(capfd.readouterr().out)
    (row,) = content["findings"]
    return " ".join(paragraph.split()), {**row, "edits": content["edits"]}


@pytest.mark.parametrize("unsafe", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_no_two_sentences_of_a_finding_contradict(
    tree: Path, capfd: pytest.CaptureFixture[str], case: str, unsafe: bool
) -> None:
    title, body, happens = CASES[case]
    (tree / "AUDIT.md").write_text(f"# Audit\n\n### 1.1 {title}\n\n{body}\n")
    text, row = _planned(capfd, *(["--unsafe"] if unsafe else []))
    if unsafe:
        happens = happens.removesuffix(" with --unsafe")
    assert row["happens"] == happens, text
    for word, pattern in CONTRADICTIONS:
        if row["happens"].startswith(word):
            assert re.search(pattern, re.sub(r"report .*? (where|plan) ", "", text)) is None, text
    _silence_is_true(row, text)
    _edits_are_told(row, text)
    _commands_do_what_is_said(row, text, capfd)


def _silence_is_true(row: dict[str, Any], text: str) -> None:
    """A codemod that is said to find nothing at a place has no site there, and is not offered for it."""
    for names, place in re.findall(r"at (\S+?): ((?:`[\w-]+`(?:, )?)+) finds? nothing there", text):
        found = [site for site in row["here"] if f"`{site['codemod']}`" in names]
        assert not [site for site in found if f"{site['path']}:{site['line']}" == place], text
        here = [offer for offer in row["offers"] if "at the lines it cites" in offer["where"]]
        assert not [offer for offer in here if f"`{offer['codemod']}`" in names], text


def _edits_are_told(row: dict[str, Any], text: str) -> None:
    """Every edit stands in the paragraph, and where edits are promised there are some."""
    assert ("to be fixed by" in text) == bool(row["edits"]), text
    for edit in row["edits"]:
        assert edit["path"] in text, text
    if row["happens"] in ("by hand", "offered", "not found", "already fixed", "suppressed"):
        assert row["edits"] == []


def _commands_do_what_is_said(
    row: dict[str, Any], text: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """The command that is told works: an apply shows a diff, a pair makes the offer an edit or a review."""
    for command in re.findall(r" run (fixaudit .*?)(?= run |$)", text):
        words = shlex.split(command)[1:]
        capfd.readouterr()
        assert run(words) == 0, command
        shown = capfd.readouterr().out
        if words[0] == "apply":
            assert "\n+++ " in shown, command
        if "--pair" in words:
            assert re.search("fix|--unsafe|elsewhere", shown.splitlines()[1]), shown
            assert run([*words[:2], "--pair", "1.1=auto"]) == 0
    assert (" run " in text) == (row["happens"] not in ("by hand", "not found")), text
