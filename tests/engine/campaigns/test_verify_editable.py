"""Where the tree of the user is installed editable, a batch is judged by its own code all the same."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from dataclasses import replace
from pathlib import Path

import pytest
from planned_batches import planned
from repositories import Work, new_work
from verified_trees import SELECT, STAMP, hashes

from fixaudit.campaigns.places import check_places
from fixaudit.campaigns.settings import VerifySettings, WorktreeSettings
from fixaudit.campaigns.verify_task import Verify
from fixaudit.model.task import SharedPath
from fixaudit.workspace.packages import packages

LAYOUTS = {"src": "pay/src", "flat": "pay"}
OPTIONS = {"prepend": (), "importlib": ("--import-mode=importlib",)}
PINNED = "from shop.tags import h1\n\n\ndef test_h1():\n    assert h1(b'a') == '0cc175b9c0f1b6a831c399e269772661'\n"


def _environment(folder: Path, root: Path) -> Path:
    """The Python of an environment with pytest, in which a folder is installed editable."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (packages_folder,) = folder.glob("lib/python*/site-packages")
    (packages_folder / "__editable__.pay-1.pth").write_text(f"{root}\n")
    (packages_folder / "zz_pytest.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return folder / "bin" / "python"


@pytest.fixture(name="work")
def _work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    return new_work(tmp_path, monkeypatch)


@pytest.mark.parametrize("mode", OPTIONS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_batch_that_breaks_a_test_is_dropped(
    work: Work, tmp_path: Path, layout: str, mode: str
) -> None:
    root = LAYOUTS[layout]
    work.write("pay/pyproject.toml", '[project]\nname = "pay"\nversion = "1"\n')
    work.write(f"{root}/shop/__init__.py", "")
    work.write(f"{root}/shop/tags.py", hashes(3))
    work.write("pay/tests/test_tags.py", PINNED)
    work.write(".gitignore", "__pycache__/\n.pytest_cache/\n")
    work.commit()
    commit = work.git("rev-parse", "HEAD").strip()
    python = _environment(tmp_path / "venv", work.top / root)
    batch = replace(planned(work.top, *SELECT, verdict="unsafe"), packages=("pay",))
    settings = VerifySettings(commands=((os.fspath(python), "-m", "pytest", "-q", *OPTIONS[mode]),))
    places, _ = check_places(packages(work.top), batch, settings)
    state = work.git("status", "--porcelain=v2", "--branch"), work.git("ls-files", "--stage")
    tree = SharedPath(os.fspath(work.top))
    task = Verify(tree, commit, STAMP, batch, places, settings, WorktreeSettings(), SELECT)
    report = task.run()
    assert report.status == "verified", report.reason
    assert [entry.site.fingerprint for entry in report.dropped] == [batch.sites[1].fingerprint]
    assert report.kept == (batch.sites[0], batch.sites[2])
    assert "test_h1" in report.dropped[0].tail
    assert state == (
        work.git("status", "--porcelain=v2", "--branch"),
        work.git("ls-files", "--stage"),
    )
