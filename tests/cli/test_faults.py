"""One file is one file's problem: whatever is raised on its way, the run goes on and says so."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from faulty_run import CACHE_POINTS, FAULTS, POINTS

_SCRIPT = Path(__file__).with_name("faulty_run.py")
_BAD = """\
import hashlib


def f(x):
    print(f"got {x}")
    return hashlib.md5(x).hexdigest()  # noqa: E501
"""
_OF_CODEMOD = {"load", "make", "judge", "scope"}
_DROPPED = {"apply", "settle", "verify"}


def _tree(root: Path) -> None:
    for name in ("bad", "c_good", "d_good", "e_good"):
        (root / f"{name}.py").write_text(_BAD.replace("got", name) if name != "bad" else _BAD)
    (root / "pyproject.toml").write_text("[tool.black]\nline-length = 90\n")


def _run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(_SCRIPT), *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def _written(root: Path) -> set[str]:
    return {path.stem for path in root.glob("*.py") if "logger.info" in path.read_text()}


def _cases() -> list[tuple[str, str]]:
    every, kinds = [("judge", fault) for fault in FAULTS], list(FAULTS)
    # Each point with one of the faults; over all points every fault is raised.
    some = [(point, kinds[number * 3 % len(kinds)]) for number, point in enumerate(POINTS)]
    # Elsewhere nothing but the user can interrupt: only codemods are code of others.
    interrupts = [(point, "interrupt") for point in sorted(_OF_CODEMOD)]
    return list(dict.fromkeys(every + some + interrupts))


@pytest.mark.parametrize(("point", "fault"), _cases())
def test_a_fault_in_one_file_names_it_and_the_others_are_done(
    tmp_path: Path, point: str, fault: str
) -> None:
    _tree(tmp_path)
    arguments = ("--select", "FA101,FA102", "--no-cache", "-j1", "--unsafe", ".")
    run = _run(tmp_path, point, fault, "apply", *arguments)
    said = run.stdout + run.stderr
    assert "Traceback" not in said
    assert run.returncode == 2, said
    assert _written(tmp_path) - {"bad"} == {"c_good", "d_good", "e_good"}
    problems = [line for line in run.stderr.splitlines() if line.startswith("bad.py")]
    assert problems, said
    if point in _OF_CODEMOD:
        assert any("print-to-logger" in line for line in problems)
        # The other codemod's edits of the file stand, where that could be loaded.
        assert point == "load" or "sha256" in (tmp_path / "bad.py").read_text()
    elif point not in _DROPPED:
        assert (tmp_path / "bad.py").read_text() == _BAD


@pytest.mark.parametrize("fault", ["exit", "unprintable", "outlandish", "memory"])
def test_faults_in_processes_are_told_as_those_in_one(tmp_path: Path, fault: str) -> None:
    _tree(tmp_path)
    for number in range(4):
        (tmp_path / f"large{number}.py").write_text("x = 1  # a line of a file\n" * 12_000)
    told = []
    for jobs in ("-j1", "-j2"):
        arguments = ("--isolated", "--select", "FA101,FA102", "--no-cache", jobs, ".")
        run = _run(tmp_path, "judge", fault, "check", *arguments)
        assert run.returncode == 2
        assert "Traceback" not in run.stderr
        told.append((run.stdout, run.stderr))
    assert told[0] == told[1]


@pytest.mark.parametrize("point", CACHE_POINTS)
def test_a_cache_that_fails_costs_a_line_and_itself(tmp_path: Path, point: str) -> None:
    _tree(tmp_path)
    told = []
    for fault in ("unprintable", "os"):
        run = _run(tmp_path, point, fault, "check", "--select", "FA101,FA102", "-j1", ".")
        assert "Traceback" not in run.stderr, run.stderr
        assert run.returncode == 1, run.stderr
        assert run.stdout.count("FA102") == 4
        told += [line for line in run.stderr.splitlines() if "the cache failed with" in line]
    if point in ("cache-entries", "cache-finish"):
        assert len(told) == 2


def test_a_defect_of_the_program_itself_is_no_finding(tmp_path: Path) -> None:
    _tree(tmp_path)
    for place in ("fixaudit_cli.output.tally:Tally.add", "fixaudit.pipeline.runner:discover"):
        run = _run(tmp_path, place, "value", "check", "--no-cache", ".")
        assert run.returncode == 2
        assert run.stderr.splitlines()[-1].startswith(
            "fixaudit: error: this is a defect of fixaudit"
        )


def test_a_name_that_is_not_utf_8_is_one_file_among_others(tmp_path: Path) -> None:
    name = b"caf\xe9.py"
    for path in (os.fsencode(tmp_path) + b"/" + name, tmp_path / "other.py"):
        with open(path, "w") as file:
            file.write(_BAD)
    command = [sys.executable, "-m", "fixaudit_cli", "check", "--isolated", "--select", "FA102"]
    for _ in range(2):  # computed, then from the cache
        run = subprocess.run(
            [*command, "--output-format", "json", "."],
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )
        assert (run.returncode, run.stderr) == (1, b"")
        rows = {row["path"]: row for row in json.loads(run.stdout)["findings"]}
        assert base64.b64decode(rows["caf\udce9.py"]["path_bytes"]) == name
        assert "path_bytes" not in rows["other.py"]
