"""The tutorial is executed: every file it shows is written, every command run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

TUTORIAL = Path(__file__).resolve().parents[1] / "docs" / "tutorial.md"
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> Iterator[tuple[str, str, str]]:
    """(language, path or empty, text) of each fenced block, in order."""
    for match in _BLOCK.finditer(TUTORIAL.read_text("utf-8")):
        yield match[1], match[2] or "", match[3]


def test_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    commands = 0
    for language, path, text in blocks():
        if path:
            target = tmp_path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        elif language == "console":
            for line in text.splitlines():
                run_command(line, tmp_path)
                commands += 1
    assert commands >= 8
    assert "yaml.safe_load(stream)" in (tmp_path / "app" / "settings.py").read_text()


def run_command(line: str, folder: Path) -> None:
    assert line.startswith("$ "), line
    command, _, note = line[2:].partition("  # exit ")
    wanted = int(note) if note else 0
    if command.startswith("fixaudit "):
        command = f"{sys.executable} -m fixaudit_cli {command.removeprefix('fixaudit ')}"
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
        check=False,
    )
    assert done.returncode == wanted, f"{line}\n{done.stdout}\n{done.stderr}"
