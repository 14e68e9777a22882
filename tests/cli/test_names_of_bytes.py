"""Names of files that are not UTF-8, in every format and by every writer: shown in one way, and lossless."""

from __future__ import annotations

import base64
import json
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from projects import CODEMOD, fixaudit
from repositories import ENVIRONMENT, Work

HANDLER = (
    b"def two(f):\n    try:\n        return f()\n    except ValueError as e:\n        raise e\n"
)
NAME, FOLDER = b"caf\xe9.py", b"d\xe9p"
SHOWN = {
    "text": r"caf\xe9.py",
    "github": r"file=caf\xe9.py",
    "junit": r"caf\xe9.py",
    "markdown": r"`caf\xe9.py`",
    "html": r"caf\xe9.py",
    "sarif": '"uri": "caf%E9.py"',
    "json": '"path": "caf\\udce9.py"',
}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository at a path that is not UTF-8, with a broken configuration in a folder of it."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    top = tmp_path / os.fsdecode(b"r\xe9")
    work = Work(top)
    work.write("pyproject.toml", '[tool.fixaudit]\nselect = ["bare-reraise"]\n')
    (top / os.fsdecode(NAME)).write_bytes(HANDLER)
    (top / os.fsdecode(FOLDER)).mkdir()
    (top / os.fsdecode(FOLDER) / "broken.py").write_bytes(HANDLER)
    (top / os.fsdecode(FOLDER) / "fixaudit.toml").write_bytes(b"unheard-of = 1\n")
    work.git("init", "--quiet")
    work.commit()
    return top


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for key, entry in value.items():
                yield key
                yield from _texts(entry)
        case list():
            for entry in value:
                yield from _texts(entry)


@pytest.mark.parametrize("verb", [("check",), ("apply", "--dry-run")])
@pytest.mark.parametrize("form", SHOWN)
def test_every_format_shows_the_bytes(tree: Path, form: str, verb: tuple[str, ...]) -> None:
    done = fixaudit(tree, *verb, "--output-format", form, ".")
    assert done.code == 2, done
    said = done.output.decode("utf-8", "strict") + done.notes
    assert SHOWN[form] in said
    assert "\ufffd" not in said
    if form == "json":
        rows = json.loads(done.output)
        (found,) = rows["findings"]
        assert base64.b64decode(found["path_bytes"]) == os.fsencode(found["path"]) == NAME
        (problem,) = rows["errors"]
        assert base64.b64decode(problem["path_bytes"]) == FOLDER + b"/broken.py"
        assert r"d\xe9p/fixaudit.toml:1" in problem["message"]
    else:
        assert r"\udc" not in said
        assert r"d\xe9p/fixaudit.toml:1" in said.replace("\\\\", "\\")
    if form == "sarif":
        for text in _texts(json.loads(done.output)):
            text.encode("utf-8", "strict")


def test_a_patch_of_such_a_name_is_one_of_git(tree: Path, tmp_path: Path) -> None:
    patch = tmp_path / "a.patch"
    assert fixaudit(tree, "apply", "--isolated", "--select", "FA202", "--patch", str(patch), os.fsdecode(NAME)).code == 0  # fmt: skip
    assert rb'+++ "b/caf\351.py"' in patch.read_bytes()
    Work(tree).git("apply", str(patch))
    assert (tree / os.fsdecode(NAME)).read_bytes() != HANDLER


def test_it_is_committed_undone_and_explained(tree: Path) -> None:
    done = fixaudit(tree, "explain", os.fsdecode(NAME + b":1"))
    assert (
        done.code,
        r"caf\xe9.py:1: no codemod sees a site" in done.output.decode("utf-8", "strict"),
    ) == (0, True), done
    done = fixaudit(tree, "apply", "--commit", os.fsdecode(NAME))
    assert done.code == 0, done
    work = Work(tree)
    work.git("log", "-1", "--format=%B").encode("utf-8", "strict")
    assert work.git("status", "--porcelain") == ""
    assert (tree / os.fsdecode(NAME)).read_bytes() != HANDLER
    done = fixaudit(tree, "undo", "1", os.fsdecode(b"none\xe9.py"))
    assert r"none\xe9.py" in done.notes
    done = fixaudit(tree, "undo", "1", os.fsdecode(NAME))
    assert done.code == 0, done
    assert (tree / os.fsdecode(NAME)).read_bytes() == HANDLER


def test_our_own_sarif_is_a_report_that_finds_it_again(tree: Path, tmp_path: Path) -> None:
    found = fixaudit(tree, "check", "--output-format", "sarif", os.fsdecode(NAME))
    (tmp_path / "own.sarif").write_bytes(found.output)
    plan = tmp_path / "plan.json"
    done = fixaudit(tree, "plan", str(tmp_path / "own.sarif"), os.fsdecode(NAME), "-o", str(plan))
    assert done.code == 0, done
    said = done.output.decode("utf-8", "strict") + done.notes
    assert r"caf\xe9.py:5" in said
    assert r"\udc" not in said
    done = fixaudit(tree, "apply", "--plan", str(plan))
    assert done.code == 0, done
    assert b"except ValueError:" in (tree / os.fsdecode(NAME)).read_bytes()


def test_trust_names_the_folder_as_messages_do(tree: Path) -> None:
    (tree / "pyproject.toml").write_text('[tool.fixaudit]\ncodemods = ["tools"]\n')
    (tree / "tools").mkdir()
    (tree / "tools" / "old_to_new.py").write_text(CODEMOD)
    told = fixaudit(tree, "check", os.fsdecode(NAME)).notes
    (command,) = re.findall("`fixaudit (trust .*?)`", told)
    shown = shlex.split(command)[1]
    for words in (["trust"], ["trust", "--list"], ["trust", "--remove"]):
        done = fixaudit(tree, *words)
        assert done.code == 0, done
        assert f"{shown}=" in done.output.decode("utf-8", "strict"), done


def test_folders_left_alone_are_named_as_files_are(tree: Path) -> None:
    inner = tree / os.fsdecode(b"in\xe9\x1b[2J")
    inner.mkdir()
    Work(inner).git("init", "--quiet")
    (inner / "a.py").write_bytes(HANDLER)
    done = fixaudit(tree, "check", ".")
    assert r"left alone (in\xe9\x1b[2J);" in done.notes


@pytest.mark.parametrize("form", ["json", "sarif", "junit", "html", "markdown"])
def test_documents_are_utf_8_wherever_they_are_printed(tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    (tmp_path / "é.py").write_bytes(HANDLER)
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    command = ("check", "--isolated", "--select", "FA202", "--output-format", form, ".")
    done = fixaudit(tmp_path, *command)
    assert ("%C3%A9.py" if form == "sarif" else "é.py") in done.output.decode("utf-8", "strict")
    if form == "json":
        assert json.loads(done.output)["findings"][0]["path"] == "é.py"


def test_other_json_is_utf_8_too(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fixaudit(tree, "apply", os.fsdecode(NAME), "--config", "select = ['bare-reraise'] # é").code == 0  # fmt: skip
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    (run,) = json.loads(fixaudit(tree, "runs", "--output-format", "json").output)["runs"]
    assert run["command"][-1].endswith("# é")
    json.loads(fixaudit(tree, "list", "--output-format", "json").output)
