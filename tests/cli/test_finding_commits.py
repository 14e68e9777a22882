"""`--commit-per finding` with a report: one commit a finding, which says what was done and what was left."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from projects import fixaudit
from repositories import ENVIRONMENT, Work

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "catalog_service"
COMMIT = ("apply", "--report", "AUDIT.md", "--unsafe", "--commit-per", "finding")


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    top = tmp_path / "service"
    shutil.copytree(EXAMPLE, top, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    work = Work(top)
    work.git("init", "--quiet")
    work.git("add", "--all")
    work.git("commit", "--quiet", "-m", "as audited")
    return work


def subjects(work: Work) -> list[str]:
    """Of the commits after the first, the oldest first."""
    return work.git("log", "--reverse", "--format=%s").splitlines()[1:]


def message(work: Work, key: str) -> str:
    commits = work.git("log", "--format=%H %s").splitlines()
    (sha,) = [line.split()[0] for line in commits if line.split()[1] == key]
    return work.git("log", "-1", "--format=%B", sha)


def test_one_commit_a_finding_in_the_order_of_the_report(work: Work) -> None:
    assert fixaudit(work.top, *COMMIT, "--finding", "1.1,1.2,4.1,5.1,3.1").code == 0
    assert subjects(work) == [
        "1.1 (medium): MD5 used for item ids",
        "1.2 (low): MD5 used for cache keys",
        "3.1 (high): Unbounded parallel model calls in describe_all",
        "4.1 (low): Exception logged twice",
        "5.1 (low): getattr with a default on typed settings",
    ]
    assert work.git("status", "--porcelain", "--untracked-files=no") == ""


def test_the_body_has_places_reasons_and_what_was_left(work: Work) -> None:
    assert fixaudit(work.top, *COMMIT, "--finding", "4.5,5.1,4.4").code == 0
    body = message(work, "4.5")
    assert "Finding 4.5 of AUDIT.md, answered by print-to-logger:" in body
    assert "- catalog/enrichment/client.py:69: " in body
    left = body.partition("Left as it is:")[2]
    assert "- catalog/importers/feed.py:59 (left alone): " in left
    assert "catalog/enrichment/client.py" not in left
    assert "(not cited, but the same)" in message(work, "4.4")
    assert all(len(line) <= 72 or " " not in line.strip("- ") for line in body.splitlines())


def test_no_words_of_our_documentation_are_in_a_history(work: Work) -> None:
    assert fixaudit(work.top, *COMMIT).code == 0
    assert len(subjects(work)) > 25
    text = work.git("log", "--format=%B")
    assert "hexdigest()[:32]" not in text
    assert "raise New" not in text


def test_each_commit_builds(work: Work, tmp_path: Path) -> None:
    assert fixaudit(work.top, *COMMIT).code == 0
    for sha in work.git("log", "--format=%H").split():
        names = work.git("ls-tree", "-r", "--name-only", sha).splitlines()
        for name in names:
            if name.endswith(".py"):
                compile(work.git("show", f"{sha}:{name}"), f"{sha}:{name}", "exec")


def test_an_edit_that_answers_two_findings_is_in_the_first_ones_commit(work: Work) -> None:
    (work.top / "scan.csv").write_text(
        "title,path,line,rule,severity\nWeak MD5,catalog/ids.py,11,S324,high\n"
    )
    options = ("--report", "scan.csv", "--finding", "1.1,L2")
    done = fixaudit(work.top, *COMMIT, *options)
    assert done.code == 0, done.notes
    (subject,) = subjects(work)
    assert subject == "1.1 (medium): MD5 used for item ids"
    assert "Answers too: scan.csv:L2 Weak MD5" in message(work, "1.1")


def test_a_template_of_the_configuration(work: Work) -> None:
    (work.top / "fixaudit.toml").write_text(
        'commit-message = """\nfix(audit): {title} [{id}, {severity}]\n\n{places}\n\n{{{report}}}"""\n'
    )
    assert fixaudit(work.top, *COMMIT, "--finding", "1.1").code == 0
    text = work.git("log", "-1", "--format=%B")
    assert text.startswith(
        "fix(audit): MD5 used for item ids [1.1, medium]\n\n- catalog/ids.py:11: "
    )
    assert text.rstrip().endswith("{AUDIT.md}")


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{titel}", 'has no field "titel"; did you mean "title"?'),
        ("{title", "is no template"),
        ("{title!r}", 'takes the field "title" as it is'),
        ("{title.__class__}", 'has no field "title.__class__"'),
        ("", "must begin with the line"),
    ],
)
def test_a_wrong_template_is_refused_before_anything_is_written(
    work: Work, template: str, said: str
) -> None:
    before = work.git("rev-parse", "HEAD")
    (work.top / "fixaudit.toml").write_text(f'commit-message = "{template}"\n')
    done = fixaudit(work.top, *COMMIT, "--finding", "1.1")
    assert done.code == 2
    assert "fixaudit.toml:1" in done.notes
    assert said in done.notes
    assert work.git("rev-parse", "HEAD") == before
    assert work.git("status", "--porcelain", "--untracked-files=no") == ""


def test_without_a_report_a_commit_is_of_one_site_as_before(work: Work) -> None:
    options = ("--commit-per", "finding", "--select", "raise-from")
    assert fixaudit(work.top, "apply", *options).code == 0
    assert subjects(work)
    assert all(subject.startswith("raise-from: ") for subject in subjects(work))
    assert os.environ["GIT_AUTHOR_NAME"] == "Ada"
