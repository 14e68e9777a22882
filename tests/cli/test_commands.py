"""The verbs as a user runs them: output, exit codes, bad input."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from fixaudit_cli.app import run

LIBRARY = '''\
"""A module."""

import hashlib


def key(name: str) -> str:
    print("building the key failed")
    return hashlib.md5(name.encode()).hexdigest()
'''


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "t"\nrequires-python = ">=3.11"\n')
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").write_text("")
    (tmp_path / "app" / "keys.py").write_text(LIBRARY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_dry_run_is_a_patch_and_equals_writing(tree: Path, capfdbinary: Any) -> None:
    before = (tree / "app" / "keys.py").read_bytes()
    assert run(["apply", "--dry-run", "--unsafe"]) == 0
    patch = capfdbinary.readouterr().out
    assert (tree / "app" / "keys.py").read_bytes() == before
    assert b"md5-to-sha256" in patch
    other = tree / "other"
    (other / "app").mkdir(parents=True)
    (other / "app" / "keys.py").write_bytes(before)
    subprocess.run(["git", "init", "-q", str(other)], check=True)
    subprocess.run(["git", "-C", str(other), "apply"], input=patch, check=True)
    assert run(["apply", "--unsafe", "app"]) == 0
    after = (tree / "app" / "keys.py").read_bytes()
    assert after == (other / "app" / "keys.py").read_bytes()
    assert b"sha256" in after
    assert run(["apply", "--unsafe", "--check", "app"]) == 0


def test_without_unsafe_only_safe_fixes_are_written(tree: Path) -> None:
    assert run(["apply", "app"]) == 0
    text = (tree / "app" / "keys.py").read_text()
    assert "hashlib.md5" in text
    assert "print(" not in text


def test_check_and_apply_check_are_gates(tree: Path, capsys: Any) -> None:
    assert run(["check", "app"]) == 1
    assert "md5-to-sha256" in capsys.readouterr().out
    assert run(["apply", "--check", "app"]) == 1
    assert run(["apply", "--check", "--select", "FA103", "app"]) == 0
    assert run(["check", "--select", "FA103", "app"]) == 0


def test_json_keeps_its_contract(tree: Path, capsys: Any) -> None:
    assert run(["check", "--output-format", "json", "app"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["version"] == 1
    assert document["tool"]["name"] == "fixaudit"
    assert set(document["summary"]) == {
        *("files", "changed", "failed", "suppressed", "verdicts", "later", "codemods")
    }
    assert set(document["summary"]["verdicts"]) == {"fix", "unsafe", "review", "leave"}
    found = {entry["codemod"]: entry for entry in document["findings"]}
    md5 = found["md5-to-sha256"]
    assert (md5["path"], md5["line"], md5["code"], md5["verdict"]) == (
        "app/keys.py",
        8,
        "FA101",
        "unsafe",
    )
    assert len(md5["fingerprint"]) == 16
    assert md5["edits"]
    assert md5["edits"][0]["start"]["line"] == 8
    assert document["errors"] == []


def test_bad_files_are_named_and_the_others_processed(tree: Path, capsys: Any) -> None:
    app = tree / "app"
    (app / "broken.py").write_text('print("x"\n')
    (app / "null.py").write_bytes(b'print("x")\n\0')
    (app / "cookie.py").write_bytes(b'# coding: klingon\nprint("x")\n')
    (app / "bytes.py").write_bytes(b'print("\xff")\n')
    (app / "empty.py").write_bytes(b"")
    assert run(["apply", "app", "nowhere.py"]) == 2
    error = capsys.readouterr().err
    for line in (
        "app/broken.py:1: syntax:",
        "app/null.py:2: null-byte:",
        "app/cookie.py:1: cookie:",
    ):
        assert line in error
    assert "app/bytes.py:1: encoding:" in error
    assert "nowhere.py: missing:" in error
    assert "Traceback" not in error
    assert "logger" in (app / "keys.py").read_text()
    assert (app / "broken.py").read_text() == 'print("x"\n'


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python reads the newest syntax")
def test_newer_syntax_names_the_python_that_reads_it(tree: Path, capsys: Any) -> None:
    (tree / "app" / "new.py").write_text('def f(x):\n    print(t"{x}")\n')
    assert run(["check", "app/new.py"]) == 2
    assert "Python 3.14" in capsys.readouterr().err


def test_usage_and_configuration_errors_are_one_line(tree: Path, capsys: Any) -> None:
    assert run(["check", "--select", "md5-to-sha265", "."]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    (tree / "pyproject.toml").write_text("[tool.fixaudit]\nselct = ['all']\n")
    assert run(["check", "."]) == 2
    error = capsys.readouterr().err
    assert "pyproject.toml:2" in error
    assert "select" in error
    (tree / "pyproject.toml").write_text("[tool.fixaudit\n")
    assert run(["check", "."]) == 2
    assert "pyproject.toml:1" in capsys.readouterr().err
    assert run(["check", "--isolated", "--output-format", "yaml", "."]) == 2


def test_explain_a_codemod_and_a_line(tree: Path, capsys: Any) -> None:
    assert run(["explain", "FA101"]) == 0
    text = capsys.readouterr().out
    assert "strategy" in text
    assert "+" in text
    assert run(["explain", "app/keys.py:8"]) == 0
    assert "md5-to-sha256" in capsys.readouterr().out
    assert run(["explain", "app/keys.py:2"]) == 0
    assert "no codemod sees a site here" in capsys.readouterr().out
    assert run(["explain", "nothing-like-it"]) == 2


def test_the_example_of_a_configured_codemod_says_its_configuration(capsys: Any) -> None:
    assert run(["explain", "path-parameter-pattern"]) == 0
    _, _, text = capsys.readouterr().out.partition("Example\n\n")
    configured, _, diff = text.partition("\n\n")
    table = tomllib.loads(configured)["tool"]["fixaudit"]["codemods"]["path-parameter-pattern"]
    pattern = table.get("pattern") or "".join(table["patterns"].values())
    assert f'pattern=r"{pattern}"' in diff


def test_suppressed_sites_are_neither_written_nor_counted(tree: Path, capsys: Any) -> None:
    keys = tree / "app" / "keys.py"
    text = LIBRARY.replace(".hexdigest()", ".hexdigest()  # noqa: S324")
    keys.write_text(
        text.replace('failed")', 'failed")  # fixaudit: ignore[print-to-logger] -- wanted')
    )
    assert run(["check", "app"]) == 0
    assert run(["apply", "--unsafe", "--check", "app"]) == 0
    assert "2 suppressed" in capsys.readouterr().err


def test_standard_input_becomes_standard_output() -> None:
    command = [sys.executable, "-m", "fixaudit_cli", "apply", "--unsafe", "--isolated"]
    done = subprocess.run(
        [*command, "--stdin-filename", "app/keys.py"],
        input=LIBRARY.encode(),
        capture_output=True,
        check=True,
    )
    assert b"sha256" in done.stdout
    assert done.stdout.startswith(b'"""A module."""\n')
    shown = subprocess.run(
        [*command, "-n", "--stdin-filename", "app/keys.py"],
        input=LIBRARY.encode(),
        capture_output=True,
        check=True,
    )
    assert b"+++ b/" in shown.stdout


def test_list_names_every_codemod(capsys: Any) -> None:
    assert run(["list", "--output-format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"FA101", "FA102", "FA103"} <= {row["code"] for row in rows}
    assert all(row["summary"] for row in rows)
