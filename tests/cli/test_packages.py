"""`fixaudit packages` in processes of its own, over real repositories."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from projects import Ended, fixaudit
from repositories import Work

from fixaudit.errors import ConfigError
from fixaudit.workspace.packages import packages
from fixaudit_cli.app import run
from fixaudit_cli.commands import packages as command
from fixaudit_cli.output.terminal import Painter
from fixaudit_cli.workspace import as_json, as_text
from fixaudit_cli.workspace.survey import Asked, surveyed

FILES = {
    "pyproject.toml": '[project]\nname = "all"\n[tool.uv.workspace]\nmembers = ["libs/*"]\n',
    "run.py": "print()\n",
    "libs/core/pyproject.toml": '[project]\nname = "core"\n',
    "libs/core/src/core/__init__.py": '"""Core."""\n\nx = 1',
    "libs/web/pyproject.toml": '[project]\nname = "web"\ndependencies = ["core"]\n',
    "libs/web/src/web/__init__.py": "",
    "libs/web/src/web/app.py": "import os\nimport core\n",
    "libs/job/pyproject.toml": '[project]\nname = "job"\n',
    "libs/job/job.py": "from web import app\n",
    "libs/free/setup.cfg": "[metadata]\nname = free\n",
    "libs/free/free.py": "",
}


class Stand:
    """In the place of an owner file."""

    path = "CODEOWNERS"
    notes: tuple[str, ...] = ("CODEOWNERS:3: a note",)

    def of(self, path: str) -> tuple[str, ...]:
        if path.startswith("libs/web/"):
            return ("@acme/web", "@acme/all") if path.endswith("app.py") else ("@acme/all",)
        return ("@acme/core",) if path.startswith("libs/core/") else ()


@pytest.fixture
def work(tmp_path: Path) -> Work:
    work = Work(tmp_path)
    work.git("init", "--quiet", "--initial-branch=main")
    for name, text in FILES.items():
        work.write(name, text)
    work.commit()
    return work


def shown(ended: Ended) -> list[str]:
    """The lines of a table, without the padding between its columns."""
    return [" ".join(line.split()) for line in ended.output.decode().splitlines()]


def document(work: Work, *arguments: str) -> dict[str, Any]:
    ended = fixaudit(work.top, "packages", "--output-format", "json", *arguments)
    assert ended.notes == ""
    found: dict[str, Any] = json.loads(ended.output)
    assert ended.code == (2 if found["errors"] else 0)
    return found


def test_the_table_and_the_counts(work: Work) -> None:
    ended = fixaudit(work.top, "packages")
    assert ended.code == 0
    assert shown(ended) == [
        "name folder owners files lines found",
        "all . - 1 1 uv workspace",
        "core libs/core - 1 3 uv workspace",
        "free libs/free - 1 0 setup.cfg",
        "job libs/job - 1 1 uv workspace",
        "web libs/web - 2 2 uv workspace",
    ]
    counts = "5 packages (uv workspace 4, setup.cfg 1), 7 lines; no owner file (CODEOWNERS)\n"
    assert ended.notes == counts
    ended = fixaudit(work.top / "libs", "packages", "--statistics", "..")
    assert (ended.output.decode(), ended.notes, ended.code) == (counts, "", 0)


def test_paths_choose_and_are_seen_from_where_one_stands(work: Work) -> None:
    def folders(*paths: str, at: str = ".") -> list[str]:
        ended = fixaudit(work.top / at, "packages", "--output-format", "json", *paths)
        return [row["folder"] for row in json.loads(ended.output)["packages"]]

    assert folders("libs") == ["", "libs/core", "libs/free", "libs/job", "libs/web"]
    assert folders("libs/web", "libs/job/job.py") == ["libs/job", "libs/web"]
    assert folders(at="libs/web/src") == ["libs/web"]
    ended = fixaudit(work.top, "packages", "libs/gone")
    assert (ended.code, ended.notes) == (2, "fixaudit: error: libs/gone: does not exist\n")


def test_dependents_with_their_proofs(work: Work) -> None:
    assert shown(fixaudit(work.top, "packages", "--dependents", "libs/core")) == [
        "name folder owners files lines found",
        "core libs/core - 1 3 uv workspace",
        "needed by libs/web: libs/web/pyproject.toml:3 declares core",
        "needed by libs/job at 2 removes, over libs/web: libs/job/job.py:1 imports web.app",
    ]
    (row,) = document(work, "--dependents", "libs/web")["packages"]
    assert row["dependents"] == [
        {
            "name": "job",
            "folder": "libs/job",
            "how": "import",
            "by": "web.app",
            "path": "libs/job/job.py",
            "line": 1,
            "distance": 1,
            "on": "libs/web",
        }
    ]


def test_since_counts_from_the_merge_base_and_sees_all_kinds_of_changes(work: Work) -> None:
    work.git("checkout", "--quiet", "-b", "topic")
    work.write("libs/core/notes.txt", "new\n")
    work.git("rm", "--quiet", "libs/free/free.py")
    work.git("add", "--all")
    work.git("commit", "--quiet", "-m", "topic")
    work.git("checkout", "--quiet", "main")
    work.write("libs/job/job.py", "import web\n")
    work.commit()
    work.git("checkout", "--quiet", "topic")
    found = document(work, "--since", "main")
    changed = {row["folder"]: row["changed"] for row in found["packages"]}
    assert changed == {"libs/core": ["libs/core/notes.txt"], "libs/free": ["libs/free/free.py"]}
    work.write("libs/web/new.py", "")
    work.write("run.py", "print(1)\n")
    lines = shown(fixaudit(work.top, "packages", "--since", "main"))
    assert lines[1:] == [
        "all . - 1 1 uv workspace",
        "changed: run.py",
        "core libs/core - 1 3 uv workspace",
        "changed: libs/core/notes.txt",
        "free libs/free - 0 0 setup.cfg",
        "changed: libs/free/free.py",
        "web libs/web - 3 2 uv workspace",
        "changed: libs/web/new.py",
    ]


def test_since_with_dependents_says_why_each_is_there(work: Work) -> None:
    work.write("libs/core/src/core/__init__.py", "x = 2\n")
    assert shown(fixaudit(work.top, "packages", "--since", "HEAD", "--dependents"))[1:] == [
        "core libs/core - 1 1 uv workspace",
        "changed: libs/core/src/core/__init__.py",
        "job libs/job - 1 1 uv workspace",
        "depends on libs/core at 2 removes, over libs/web: libs/job/job.py:1 imports web.app",
        "web libs/web - 2 2 uv workspace",
        "depends on libs/core: libs/web/pyproject.toml:3 declares core",
    ]
    rows = document(work, "--since", "HEAD", "--dependents")["packages"]
    assert [row["because"] and row["because"]["changed"] for row in rows] == [None, "libs/core", "libs/core"]  # fmt: skip
    work.git("stash", "--quiet")
    assert document(work, "--since", "HEAD", "--dependents")["packages"] == []
    ended = fixaudit(work.top, "packages", "--since", "HEAD", "--statistics")
    assert ended.notes == "no package has a file that changed\n"


def test_files_of_a_package_that_is_gone_are_told(work: Work) -> None:
    work.git("rm", "--quiet", "-r", "pyproject.toml", "run.py", "libs/free")
    ended = fixaudit(work.top, "packages", "--since", "HEAD")
    assert ended.notes.startswith("4 changed files belong to no package: libs/free/free.py, …\n")
    found = document(work, "--since", "HEAD")["summary"]["changed_outside"]
    assert found == ["libs/free/free.py", "libs/free/setup.cfg", "pyproject.toml", "run.py"]


def test_a_repository_without_git_and_a_revision_that_is_none(work: Work, tmp_path: Path) -> None:
    ended = fixaudit(work.top, "packages", "--since", "gone")
    assert (ended.code, ended.notes.count("\n"), ended.output) == (2, 1, b"")
    (work.top / ".git").rename(work.top / "away")
    ended = fixaudit(work.top, "packages", "--since", "HEAD")
    assert ended.code == 2
    assert ended.notes.startswith("fixaudit: error: --since needs a git repository; ")
    assert ended.notes.count("\n") == 1
    assert shown(fixaudit(work.top, "packages"))[2] == "core libs/core - 1 3 uv workspace"


def test_what_is_broken_or_twice_is_told_and_the_rest_is_shown(work: Work) -> None:
    work.write("libs/free/setup.cfg", "[metadata]\nname = web\n")
    work.write("libs/job/pyproject.toml", "[project\n")
    # Beside no workspace of its own, as members of one must not be called alike.
    work.write("pyproject.toml", '[project]\nname = "all"\n')
    ended = fixaudit(work.top, "packages")
    assert ended.code == 2
    assert [line.split()[0] for line in shown(ended)[1:]] == ["all", "core", "web", "web"]
    broken, twice, _ = ended.notes.splitlines()
    assert broken.startswith("libs/job/pyproject.toml:1: toml: is not valid TOML: ")
    assert twice == (
        'libs/web/pyproject.toml:2: twice: the package "web" is in libs/free/setup.cfg too: rename'
        " one, or leave one out with `exclude` or `packages` in the configuration"
    )
    assert [error["line"] for error in document(work)["errors"]] == [1, 2]


def test_the_configuration_of_the_root_or_the_command_line_names_them(work: Work) -> None:
    (work.top / "fixaudit.toml").write_text('packages = ["libs/*"]\n')
    ended = fixaudit(work.top, "packages", "--statistics")
    assert ended.output == b"4 packages (configured 4), 6 lines; no owner file (CODEOWNERS)\n"
    assert ended.notes == "1 Python file belongs to no package\n"
    found = document(work, "--config", 'packages = ["libs/w*", "x"]')
    assert [row["folder"] for row in found["packages"]] == ["libs/web"]
    assert found["summary"]["files_outside"] == 4
    assert found["errors"][0]["path"] == "configuration"
    assert document(work, "--isolated")["summary"]["packages"] == 5
    (work.top / "fixaudit.toml").write_text('packages = "libs"\n')
    ended = fixaudit(work.top, "packages")
    assert ended.code == 2
    assert ended.notes.startswith('fixaudit: error: fixaudit.toml:1: "packages" must be')


def test_owners_and_what_nobody_owns(work: Work) -> None:
    survey = surveyed(packages(work.top), Asked([work.top]), Stand())
    assert {row.package.folder: row.owners for row in survey.rows} == {
        "": (),
        "libs/core": ("@acme/core",),
        "libs/free": (),
        "libs/job": (),
        "libs/web": ("@acme/all", "@acme/web"),
    }
    assert as_text.statistics(survey) == (
        "5 packages (uv workspace 4, setup.cfg 1), 3 owners, 7 lines; 3 packages without owner:"
        " `fixaudit packages --unowned`"
    )
    told = json.loads(as_json.document(survey))
    assert told["notes"] == ["CODEOWNERS:3: a note"]
    summary = told["summary"]
    assert (summary["owner_file"], summary["owners"], summary["unowned"]) == ("CODEOWNERS", 3, 3)


def test_unowned_files_of_packages_that_have_owners_are_named(work: Work) -> None:
    class Partly(Stand):
        def of(self, path: str) -> tuple[str, ...]:
            return () if path.endswith("__init__.py") else super().of(path)

    survey = surveyed(packages(work.top), Asked([work.top], unowned=True), Partly())
    with open(os.devnull, "w", encoding="utf-8") as plain:
        lines = [
            " ".join(line.split()) for line in as_text.table(survey, Painter(plain), unowned=True)
        ]
    assert lines[1:] == [
        "all . - 1 1 uv workspace",
        "core libs/core - 1 3 uv workspace",
        "free libs/free - 1 0 setup.cfg",
        "job libs/job - 1 1 uv workspace",
        "web libs/web @acme/all @acme/web 2 2 uv workspace",
        "no owner: libs/web/src/web/__init__.py",
    ]


def test_where_all_is_owned_it_is_said(
    work: Work, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    class All(Stand):
        notes = ()

        def of(self, path: str) -> tuple[str, ...]:
            return ("@acme/all",)

    monkeypatch.setattr(command, "owners_of", lambda root, config: All())
    monkeypatch.chdir(work.top)
    assert run(["packages", "--unowned"]) == 0
    assert capfd.readouterr() == ("", "no Python file is without an owner\n")
    assert run(["packages", "--statistics"]) == 0
    assert capfd.readouterr().out.endswith(", 1 owner, 7 lines\n")


def test_unowned_without_an_owner_file_is_one_line(work: Work) -> None:
    ended = fixaudit(work.top, "packages", "--unowned")
    assert (ended.code, ended.notes.count("\n"), ended.output) == (2, 1, b"")
    assert "--unowned needs an owner file" in ended.notes


def test_names_that_are_not_utf_8_are_shown_as_elsewhere(work: Work) -> None:
    odd = os.fsdecode(os.fsencode(work.top) + b"/libs/caf\xe9")
    os.mkdir(odd)
    with open(f"{odd}/setup.cfg", "w", encoding="utf-8") as file:
        file.write("[metadata]\nname = x\n")
    with open(f"{odd}/x.py", "w", encoding="utf-8") as file:
        file.write("import core\n")
    ended = fixaudit(work.top, "packages", "--dependents", "--since", "HEAD")
    assert shown(ended)[1:] == ["x libs/caf\\xe9 - 1 1 setup.cfg", "changed: libs/caf\\xe9/setup.cfg and 1 more"]  # fmt: skip
    (row,) = document(work, "--since", "HEAD")["packages"]
    assert row["folder"] == "libs/caf\\xe9"


def test_a_file_that_cannot_be_read_counts_as_empty_and_is_told(work: Work) -> None:
    found = packages(work.top)
    (work.top / "run.py").unlink()
    survey = surveyed(found, Asked([work.top]), None)
    assert [(each.path, each.kind) for each in survey.problems] == [("run.py", "unreadable")]
    with pytest.raises(ConfigError):
        surveyed(found, Asked([work.top / "run.py"]), None)


def test_nothing_that_reads_code_is_imported_for_a_list(work: Work) -> None:
    script = (
        "import sys\nfrom fixaudit_cli.app import run\nassert run(['packages', *sys.argv[1:]]) == 0\n"
        "print(sorted({'libcst', 'pydantic', 'rich', 'fixaudit.syntax.module'} & set(sys.modules)))\n"
    )

    for arguments in ([], ["--dependents"]):
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            cwd=work.top, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.splitlines()[-1] == "[]", arguments
