"""The benchmarks' rows, tables and growth, tried on three tiny files; how long it takes is not asked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import corpora
import executors
import growth
import monorepo
import peers
import pytest
import run
import table
from corpora import counted, lay_out
from timing import Row, Sample, timed

from fixaudit.workspace.packages import packages

FILES = {
    "pkg/__init__.py": "",
    "pkg/keys.py": "import hashlib\n\n\ndef key(text: str) -> str:\n    return hashlib.md5(text.encode()).hexdigest()\n",
    "pkg/shapes.py": 'class Shape:\n    sides = 3\n\n\ndef sides(shape: Shape) -> int:\n    return getattr(shape, "sides", 0)\n\n\n'
    + "# padding\n" * 600,
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (tmp_path / "source" / "notes.txt").write_text("not laid out\n")
    return tmp_path / "source"


def contents(corpus: Path) -> dict[str, str]:
    found = (path for path in corpus.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(corpus).as_posix(): path.read_text("utf-8") for path in found}


def test_the_table_has_every_row_and_the_changed_file_is_put_back(
    source: Path, tmp_path: Path
) -> None:
    corpus = tmp_path / "corpus"
    lay_out([source], corpus)
    laid_out = {f"source/{name}": text for name, text in FILES.items()}
    assert contents(corpus) == laid_out
    assert table.chosen(corpus) == corpus / "source" / "pkg" / "shapes.py"
    # Ruff is not needed: another command that can be run stands for it.
    bench = table.Bench(corpus, tmp_path, repeat=1, ruff=sys.executable)
    rows = table.measured(bench, settle=0)
    assert contents(corpus) == laid_out
    assert [row.name for row in rows] == [
        "ruff, cold",
        "ruff, warm",
        "ruff, one file changed",
        *(
            f"fixaudit {select}, {kind}"
            for select in ("core", "all")
            for kind in ("cold, -j 1", "cold, -j 2", "warm", "one file changed")
        ),
        "fixaudit --version",
        "fixaudit --help",
        "fixaudit list",
    ]
    ours = rows[3:]
    assert [row.code for row in ours] == [0] * len(ours)
    assert all(5 < row.memory < 2000 and row.processor > 0 for row in ours)
    assert [row.ratio is not None for row in rows] == [False] * 3 + [True] * 8 + [False] * 3
    assert [len(row.samples) for row in rows] == [4, 2, 2] + [1] * 11
    lines = list(table.markdown(ours))
    assert len(lines) == 2 + len(ours)
    assert {line.count("|") for line in lines} == {7}


def test_the_standard_library_is_laid_out_without_its_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = tmp_path / "python3"
    for name in ("ast.py", "json/tool.py", "test/test_ast.py", "site-packages/typer.py"):
        path = library / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")
    assert (corpora.STANDARD_LIBRARY / "ast.py").is_file()
    lay_out([library], tmp_path / "package")
    monkeypatch.setattr(corpora, "STANDARD_LIBRARY", library)
    lay_out([library], tmp_path / "library")
    assert len(contents(tmp_path / "package")) == 4
    assert sorted(contents(tmp_path / "library")) == ["python3/ast.py", "python3/json/tool.py"]


def test_a_changed_file_is_put_back_after_an_error_too(source: Path) -> None:
    path = source / "pkg" / "keys.py"
    with pytest.raises(ZeroDivisionError), table.changing(path):
        path.write_bytes(b"%d" % (1 // path.write_text("")))
    assert path.read_text("utf-8") == FILES["pkg/keys.py"]


def test_a_ratio_is_that_of_the_medians() -> None:
    def sample(wall: float) -> Sample:
        return Sample(wall, processor=wall, memory=20, code=0)

    row = Row("ours", [sample(1), sample(9), sample(2)], [sample(8), sample(4), sample(1)])
    assert row.ratio == 0.5
    assert table.cells(row) == "1.000 | 2.000 | 0.50 | 2.00 | 20"
    assert Row("alone", [sample(1)]).ratio is None


def test_memory_is_that_of_one_command_alone(tmp_path: Path) -> None:
    # A process starts with the memory of the one that starts it: the tests' own would hide all else.
    program = (
        "import sys, pathlib, timing\n"
        "for code in (\"held = b'x' * 400_000_000\", 'pass'):\n"
        "    print(timing.timed([sys.executable, '-c', code], pathlib.Path()).memory)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(table.__file__).parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    large, small = (float(line) for line in found.stdout.split())
    assert large > 380
    assert small < 100


def test_the_memory_of_a_child_process_counts(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', \"b'x' * 400_000_000\"])"
    )
    assert timed([sys.executable, "-c", program], tmp_path).memory > 380


def test_a_command_that_takes_too_long_is_stopped_and_the_row_says_so(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "silent")
    silent = os.open(
        tmp_path / "silent", os.O_RDWR
    )  # what reads from it waits until this is closed
    waiting = [sys.executable, "-c", "open('silent').read()"]
    row = Row("waits", [timed(waiting, tmp_path, timeout=0.2)], [timed(waiting[:1], tmp_path)])
    os.close(silent)
    assert row.timed_out
    assert row.ratio is None
    assert "stopped after" in table.cells(row)
    assert all("exit code" not in line for line in table.markdown([row]))


def test_a_failure_is_told_below_the_table(tmp_path: Path) -> None:
    row = Row("fails", [timed([sys.executable, "-c", "raise SystemExit(3)"], tmp_path)])
    assert list(table.markdown([row]))[-1] == "\nfails: ended with exit code 3."


def test_what_a_failing_command_said_is_told_too(tmp_path: Path) -> None:
    program = "import sys; print('x' * 5000 + chr(10) + 'it is gone', file=sys.stderr); sys.exit(2)"
    row = Row("fails", [timed([sys.executable, "-c", program], tmp_path)])
    *_, told = table.markdown([row])
    assert told.startswith("\nfails: ended with exit code 2.\n\n    xxx")
    assert told.endswith("\n    it is gone")
    assert len(told) < 2100


def test_growth_of_every_case(tmp_path: Path) -> None:
    grown = list(growth.measured(tmp_path, scale=0.002, repeat=1))
    assert list(tmp_path.iterdir()) == []
    assert [(each.case.unit, each.size) for each in grown] == [
        ("KB", 2),
        ("KB", 20),
        ("findings", 2),
        ("findings", 20),
        ("findings", 2),
        ("findings", 20),
        ("files", 2),
        ("files", 20),
        ("files", 200),
        ("levels", 1),
        ("levels", 1),
    ]
    assert [each.code for each in grown] == [0] * len(grown)
    assert {line.count("|") for line in growth.markdown(grown)} == {6}


def test_executors_are_compared_with_the_processes_of_this_machine(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executors, "NAMES", ("local", "none-such"))
    costs = executors.measured(source, tmp_path, repeat=1)
    assert [cost.samples[0].code for cost in costs] == [0, 1]
    assert costs[0].run > 0
    _, _, first, second = executors.markdown(costs)
    assert first.startswith(f"| local | {costs[0].run:.2f} | 1.00 | ")
    assert "no executor is called none-such" in second


def test_the_cost_of_packages_is_told_by_command_and_size(tmp_path: Path) -> None:
    costs = list(monorepo.measured(tmp_path, scale=0.02, repeat=1))
    assert list(tmp_path.iterdir()) == []
    assert [each.packages for each in costs] == [2, 2, 2, 4, 4, 4, 8, 8, 8]
    assert [each.code for each in costs] == [0] * 9
    assert {line.count("|") for line in monorepo.markdown(costs)} == {7}


def test_a_monorepo_has_as_many_packages_and_files_and_they_need_one_another(
    tmp_path: Path,
) -> None:
    monorepo.monorepo(tmp_path / "m", 6, files=3)
    found = packages(tmp_path / "m")
    assert [len(found.files(each.folder)) for each in found] == [0, *[3] * 6]
    users = {each.package.name: each.how for each in found.dependents("packages/part-0002")}
    assert users == {"part-0004": "declared", "part-0005": "declared"}
    line = list(monorepo.markdown([monorepo.Cost("packages", 6, 0.5, 0.9, 0.2, 2)]))[-1]
    assert line == "| `packages` | 6 | 150 | 0.30 (exit code 2) | 0.90 | 50.00 |"


def test_what_growth_makes_has_the_size_and_the_findings(tmp_path: Path) -> None:
    growth.one_file(tmp_path, 300)
    text = (tmp_path / "grown.py").read_text("utf-8")
    assert 300_000 <= len(text) < 450_000
    assert "class ArgumentParser_1(" in text
    assert "class ArgumentParser_3(" in text
    compile(text, "grown.py", "exec")
    growth.prints(tmp_path, 30)
    growth.digests(tmp_path, 30)
    assert (tmp_path / "steps.py").read_text().count("print(") == 30
    assert (tmp_path / "keys.py").read_text().count("hashlib.md5(") == 30
    growth.nested(tmp_path, 5)
    assert len(list(tmp_path.rglob("part_*.py"))) == 100
    assert len(list(tmp_path.rglob("level_4"))) == 1


def test_growth_tells_the_time_per_unit_without_the_start() -> None:
    case = growth.cases()[0]
    before, after = growth.Growth(case, 10, 3.0, 1.0, 0), growth.Growth(case, 100, 41.0, 1.0, 2)
    lines = list(growth.markdown([before, after]))
    assert lines[2] == "| one file | 10 KB | 3.00 | 200.000 |  |"
    assert lines[3] == "| one file | 100 KB | 41.00 (exit code 2) | 400.000 | 2.00 |"


def test_peers_are_run_on_a_copy(source: Path, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    tool = programs / "ast-grep"
    tool.write_text('#!/bin/sh\nfor last; do :; done\nrm -r "$last/source/pkg"\n')
    tool.chmod(0o755)
    git = shutil.which("git")
    assert git is not None
    path = f"{programs}:{Path(git).parent}"
    rows = list(peers.measured(source, tmp_path, path, timeout=60))
    assert rows[0].name.startswith("ast-grep")
    assert rows[-1].name.startswith("fixaudit")
    assert [rows[0].code, rows[-1].code] == [0, 0]
    assert (source / "pkg" / "keys.py").exists()
    assert {line.count("|") for line in peers.markdown(rows)} == {6}


def test_the_facts_of_machine_and_corpus_are_told(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = "\n".join(run.machine(None))
    assert "Ruff: not installed" in facts
    assert f"Python {sys.version_info.major}.{sys.version_info.minor}" in facts
    run.laid_out(source, "corpus", tmp_path / "scratch", 1, None)
    files, lines, _ = counted(source)
    assert files == 3
    assert f"corpus: 3 files, {lines} lines, 0.0 MB (source)" in capsys.readouterr().out
