"""`fixaudit.run` with a baseline, a cache, processes, and only what changed; `fixaudit.Baseline`."""

from __future__ import annotations

from pathlib import Path

import pytest
from repositories import Work, new_work

import fixaudit
from fixaudit_cli.app import run as command

MD5 = "import hashlib\n\n\ndef tag(data):\n    return hashlib.md5(data).hexdigest()\n"
ONE = ["md5-to-sha256"]


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    tree = new_work(tmp_path, monkeypatch)
    tree.commit(a=MD5, b=MD5)
    monkeypatch.chdir(tree.top)
    return tree


def test_a_run_tells_what_is_new_known_and_resolved(work: Work) -> None:
    assert command(["baseline", "write", "--select", "md5-to-sha256"]) == 0
    report = fixaudit.run(["."], select=ONE, baseline=True)
    assert (len(report.new), len(report.known), len(report.resolved)) == (0, 2, 0)
    work.write("a.py", MD5.replace("md5", "sha256"))
    work.write("c.py", MD5)
    baseline = fixaudit.Baseline.read(work.top)
    report = fixaudit.run(["."], select=ONE, baseline=baseline)
    assert [site.path for site in report.new] == ["c.py"]
    assert [site.path for site in report.known] == ["b.py"]
    assert [entry.path for entry in report.resolved] == ["a.py"]
    assert [site.path for site in fixaudit.run(["."], select=ONE).new] == ["b.py", "c.py"]


def test_without_a_baseline_one_line_says_so(work: Work) -> None:
    with pytest.raises(fixaudit.FixauditError, match="`fixaudit baseline write` makes one"):
        fixaudit.run(["."], select=ONE, baseline=True)
    assert fixaudit.Baseline.read(work.top).entries == ()


def test_since_a_revision_only_its_changes_are_judged(work: Work) -> None:
    work.git("checkout", "--quiet", "-b", "side")
    work.commit(c=MD5)
    work.write("d.py", MD5)
    report = fixaudit.run(["."], select=ONE, since="main")
    assert sorted(outcome.path for outcome in report.outcomes) == ["c.py", "d.py"]
    assert command(["baseline", "write", "--select", "md5-to-sha256"]) == 0
    work.write("a.py", "")
    work.git("checkout", "--quiet", "a.py")
    report = fixaudit.run(["."], select=ONE, since="main", baseline=True)
    assert (report.new, report.resolved, len(report.known)) == ((), (), 2)
    with pytest.raises(fixaudit.FixauditError, match="nowhere"):
        fixaudit.run(["."], select=ONE, since="nowhere")


def test_since_needs_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "a.py").write_text(MD5)
    with pytest.raises(fixaudit.FixauditError, match="needs a git repository"):
        fixaudit.run([tmp_path], select=ONE, since="main")


def test_processes_and_a_cache_change_nothing(work: Work, tmp_path: Path) -> None:
    for number in range(40):
        work.write(f"m{number}.py", MD5.replace("tag", f"tag{number}"))
    plain = fixaudit.run(["."], select=ONE)
    kept = tmp_path / "kept"
    first = fixaudit.run(["."], select=ONE, cache=kept)
    second = fixaudit.run(["."], select=ONE, cache=kept, jobs=2)
    assert plain.outcomes == first.outcomes == second.outcomes
    assert any(kept.rglob("outcomes.sqlite"))
