"""What a run says besides its findings is said by every verb that looks at files, in every format."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from projects import fixaudit
from repositories import Work

VERBS = {
    "check": ("check", "app"),
    "check-json": ("check", "app", "--output-format", "json"),
    "check-sarif": ("check", "app", "--output-format", "sarif"),
    "apply": ("apply", "--dry-run", "app"),
    "apply-report": ("apply", "--dry-run", "--report", "audit.md"),
    "plan": ("plan", "audit.md", "app"),
    "plan-json": ("plan", "audit.md", "app", "--output-format", "json"),
    "explain": ("explain", "app/one.py:2"),
}
_OLD_STATE = ".fixaudit is ignored: what a tree brings along is not trusted"
_SETTING = '"cache-dir" is not heeded in a file'
_COMMENT = "app/one.py:2: suppression: "
_SKIPPED = "1 folder of build output, environments or dependencies passed over (app/node_modules)"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree that every note is about."""
    files = {
        "pyproject.toml": '[project]\nname = "t"\n[tool.fixaudit]\ncache-dir = "x"\n',
        "audit.md": "# Audit\n\n## A digest\n\n`app/one.py:2` uses MD5\n",
        "app/one.py": "import hashlib\nx = hashlib.md5(b'')  # fixaudit: ignore[md5-to-sha257]\n",
        "app/node_modules/two.py": "print(1)\n",
        ".fixaudit/ledger.db": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_says_what_a_run_is_about(tree: Path, verb: str) -> None:
    done = fixaudit(tree, *VERBS[verb])
    said = done.notes + (done.output.decode() if "json" in verb else "")
    for words in (_OLD_STATE, _SETTING):
        assert done.notes.count(words) == 1, done
    assert "md5-to-sha256" in said, done
    assert _COMMENT in said or '"kind": "suppression"' in said, done
    if verb != "explain":  # it looks at one file only
        assert _SKIPPED in done.notes


@pytest.mark.skipif(os.getuid() != 0, reason="another user's files need the right to make them")
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_says_that_git_does_not_read_another_users_repository(
    tree: Path, verb: str
) -> None:
    Work(tree).git("init", "--quiet")
    for folder, _, names in os.walk(tree):
        for path in (folder, *(os.path.join(folder, name) for name in names)):
            os.chown(path, 4321, 4321)
    done = fixaudit(tree, *VERBS[verb])
    assert done.notes.count("this run does without, and sees no uncommitted changes") == 1, done


@pytest.mark.parametrize("arguments", [("list",), ("explain", "md5-to-sha256")])
def test_settings_that_are_not_heeded_are_named_where_they_choose_codemods(
    tree: Path, arguments: tuple[str, ...]
) -> None:
    assert fixaudit(tree, *arguments).notes.count(_SETTING) == 1
