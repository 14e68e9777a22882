"""`apply --verify` asks the packages that depend on what it changes: a pinned value in another one counts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from repositories import Work, new_work

from fixaudit_cli.app import run

PYTHON = f'"{sys.executable}"'
CHECK = f"PYTHONPATH=.:../acme-tags {PYTHON} -B check.py"
TAGS = "import hashlib\n\n\ndef tag(data):\n    return hashlib.md5(data).hexdigest()\n"
OTHER = TAGS.replace("def tag(", "def other(")
PINNED = (
    "from acme_tags.tags import tag\n\nassert tag(b'a') == '0cc175b9c0f1b6a831c399e269772661'\n"
)
LOOSE = "from acme_tags.tags import other\n\nassert len(other(b'a')) == 32\n"


def _package(work: Work, name: str, module: str, check: str, needs: str = "") -> None:
    folder = f"packages/{name}"
    declared = f'dependencies = ["{needs}"]\n' if needs else ""
    work.write(f"{folder}/pyproject.toml", f'[project]\nname = "{name}"\nversion = "1"\n{declared}')
    work.write(f"{folder}/{name.replace('-', '_')}/__init__.py", "")
    for file, text in (("tags.py", module), ("more.py", OTHER if module == TAGS else "")):
        work.write(f"{folder}/{name.replace('-', '_')}/{file}", text)
    work.write(f"{folder}/check.py", check)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    tree = new_work(tmp_path, monkeypatch)
    _package(tree, "acme-tags", TAGS, "import acme_tags.tags\n")
    _package(tree, "acme-far", "import json\n", "raise SystemExit(1)\n")
    _package(tree, "acme-use", "", PINNED)
    monkeypatch.chdir(tree.top)
    return tree


def _configure(work: Work, *names: str) -> None:
    for name in names:
        text = CHECK.replace('"', '\\"')
        path = work.top / "packages" / name / "pyproject.toml"
        path.write_text(path.read_text() + f'\n[tool.fixaudit]\nverify = ["{text}"]\n')
    work.git("add", "--all")
    work.git("commit", "--quiet", "-m", "packages")
    assert run(["trust", "packages"]) == 0


APPLY = ["apply", "--unsafe", "--select", "md5-to-sha256"]


def test_what_a_dependent_pins_is_dropped_and_the_reason_names_it(
    work: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    _configure(work, "acme-tags", "acme-use", "acme-far")
    capfd.readouterr()
    assert run([*APPLY, "--commit-per", "package"]) == 2
    told = capfd.readouterr().err
    assert (
        "packages/acme-use, which imports `acme_tags.tags` (packages/acme-use/check.py:1)" in told
    )
    assert "packages/acme-tags/acme_tags/tags.py:5: verify: md5-to-sha256 was dropped here" in told
    # The one that nothing pins stays, and is committed; who does not depend on it was not asked.
    assert (work.top / "packages/acme-tags/acme_tags/tags.py").read_text() == TAGS
    assert "sha256" in (work.top / "packages/acme-tags/acme_tags/more.py").read_text()
    assert "acme-far" not in told
    assert work.git("status", "--porcelain") == ""
    assert work.git("log", "-1", "--format=%s").startswith("packages/acme-tags")
    assert os.system(f"cd packages/acme-use && {CHECK}") == 0


def test_a_command_typed_in_a_package_is_run_in_those_that_depend_on_it(
    work: Work, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    work.git("add", "--all")
    work.git("commit", "--quiet", "-m", "packages")
    monkeypatch.chdir(work.top / "packages/acme-tags")
    assert run([*APPLY, ".", "--verify", CHECK]) == 2
    told = capfd.readouterr().err
    assert "`" + CHECK + "` in packages/acme-use, which imports `acme_tags.tags`" in told
    assert (work.top / "packages/acme-tags/acme_tags/tags.py").read_text() == TAGS


def test_a_dependent_that_is_red_before_judges_nothing(
    work: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    work.write("packages/acme-use/check.py", PINNED.replace("0cc1", "1cc1"))
    _configure(work, "acme-tags", "acme-use")
    capfd.readouterr()
    assert run(APPLY) == 0
    told = capfd.readouterr().err
    assert "in packages/acme-use, which imports" in told
    assert "red before the run already" in told
    assert "sha256" in (work.top / "packages/acme-tags/acme_tags/tags.py").read_text()


def test_a_dependent_by_declaration_alone_is_asked_too(
    work: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    _package(work, "acme-use", "", "import importlib\n" + PINNED.replace("from acme_tags.tags import tag", 'tag = importlib.import_module("acme_tags" + ".tags").tag'), needs="acme-tags")  # fmt: skip
    _configure(work, "acme-tags", "acme-use")
    capfd.readouterr()
    assert run(APPLY) == 2
    told = capfd.readouterr().err
    assert "packages/acme-use, which needs `acme-tags` (packages/acme-use/pyproject.toml:4)" in told


def test_nobody_is_asked_where_nothing_pins_it(
    work: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    work.write("packages/acme-use/check.py", LOOSE.replace("acme_tags.tags", "acme_tags.more"))
    _configure(work, "acme-tags", "acme-use")
    capfd.readouterr()
    assert run(APPLY) == 0
    assert "green before and after" in capfd.readouterr().err
    assert "sha256" in (work.top / "packages/acme-tags/acme_tags/tags.py").read_text()
