"""Outcomes kept where the repository, or the command line, names several folders of codemods."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

import pytest
from kept_runs import counted_run

from fixaudit.config.commandline import CommandLineConfig, parse_config_arguments
from fixaudit.config.model import Config
from fixaudit.config.request import Request

_FOLDERS = ("one", "two", "three", "four")
_INLINE = f"codemods = {json.dumps(_FOLDERS)}"
_RUN = """\
import json, os, sys
from pathlib import Path
from kept_runs import counted_run
from fixaudit.config.commandline import parse_config_arguments
from fixaudit.config.request import Request

given = parse_config_arguments(sys.argv[1:])
computed = []
list(counted_run(Request(paths=(Path("code"),), root=Path.cwd(), config=given, local_code=True), computed))
print(json.dumps(computed))
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for folder in _FOLDERS:
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "_shared.py").write_text("A = 1\n")
    (tmp_path / "code").mkdir()
    (tmp_path / "code/plain.py").write_text("def f() -> None:\n    print('hello')\n")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'a'\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _in_a_process(tree: Path, seed: str, *config: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *config],
        cwd=tree,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parent)},
        capture_output=True,
        check=True,
    )
    computed: list[str] = json.loads(done.stdout)
    return computed


def _here(config: CommandLineConfig) -> list[str]:
    computed: list[str] = []
    list(counted_run(Request(paths=(Path("code"),), root=Path.cwd(), config=config, local_code=True), computed))  # fmt: skip
    return computed


@pytest.mark.parametrize("is_typed", [True, False])
def test_another_hash_seed_is_as_warm(tree: Path, is_typed: bool) -> None:
    if not is_typed:
        (tree / "pyproject.toml").write_text(f"[tool.fixaudit]\n{_INLINE}\n")
    given = (_INLINE,) if is_typed else ()
    computed = {seed: _in_a_process(tree, seed, *given) for seed in ("0", "1", "2", "3")}
    assert computed == {"0": ["plain.py"], "1": [], "2": [], "3": []}


@pytest.mark.parametrize("folder", _FOLDERS)
def test_the_bytes_of_every_folder_count(tree: Path, folder: str) -> None:
    config = parse_config_arguments([_INLINE])
    assert _here(config) == ["plain.py"]
    assert _here(config) == []
    path = tree / folder / "_shared.py"
    found = path.stat()
    path.write_text("A = 2\n")
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert _here(config) == ["plain.py"]


# What is imported for types alone.
_KNOWN = {"LocatedFinding": object, "Verdict": object, "Mapping": Mapping}


def test_settings_hold_nothing_whose_order_changes_from_process_to_process() -> None:
    """The `repr` of settings is a part of the keys of outcomes."""
    for settings in (Config, Request, CommandLineConfig):
        hints = get_type_hints(settings, localns=_KNOWN)
        for field in fields(settings):
            assert "set[" not in str(hints[field.name]), f"{settings.__name__}.{field.name}"
