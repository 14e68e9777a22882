"""Sites that need each other, such as the two times of a difference, go or stay together, whatever is
asked for: half of them is an aware time minus a naive one."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from projects import Ended, fixaudit
from repositories import Work, new_work
from terminals import Terminal

from fixaudit_cli.write.ledger import writing
from fixaudit_cli.write.replace_file import Failed
from fixaudit_cli.write.undoing import without_halves
from fixaudit_cli.write.write_run import FileReport, RunReport

ONLY = ("--select", "utcnow-to-aware")
AGES = """\
from datetime import datetime


def age(when):
    now = datetime.utcnow()
    then = datetime.utcfromtimestamp(when)
    return (now - then).total_seconds()


def alone():
    return datetime.utcnow().month


def year():
    return datetime.utcnow().year
"""
STORE = """\
from datetime import datetime


class Job:
    def __init__(self):
        self._started = datetime.utcnow()
        self._ended = None

    def finish(self):
        self._ended = datetime.utcnow()

    def took(self):
        return (self._ended - self._started).total_seconds()
"""
RUN = """\
from datetime import datetime

from app.store import Job


def age(job: Job):
    return (datetime.utcnow() - job._started).total_seconds()
"""
OLD = re.compile(r"utcnow\(\)|utcfromtimestamp\(")


@pytest.fixture(name="work")
def _work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    work = new_work(tmp_path, monkeypatch)
    work.commit(**{"app/__init__": ""}, app__ages=AGES, app__store=STORE, app__run=RUN)
    return work


def _left(work: Work, name: str) -> list[int]:
    """The lines that are as they were."""
    lines = (work.top / "app" / name).read_text().splitlines()
    return [number for number, line in enumerate(lines, 1) if OLD.search(line)]


def _is_whole(work: Work) -> bool:
    """True where no difference is half done."""
    ages = (work.top / "app/ages.py").read_text().partition("def alone")[0]
    job = [*_left(work, "store.py"), *_left(work, "run.py")]
    return len(OLD.findall(ages)) in (0, 2) and len(job) in (0, 3)


def _fingerprints(work: Work) -> dict[str, str]:
    done = fixaudit(work.top, "check", *ONLY, "--output-format", "json")
    found = json.loads(done.output)["findings"]
    return {f"{each['path']}:{each['line']}": each["fingerprint"] for each in found}


def _rejecting(work: Work, place: str) -> str:
    """A file of decisions that rejects the site at a place."""
    path, _, line = place.partition(":")
    row = {"choice": "rejected", "codemod": "utcnow-to-aware", "path": path, "line": int(line), "reason": "", "when": ""}  # fmt: skip
    target = work.top / "decisions.json"
    target.write_text(json.dumps({"version": 1, "decisions": {_fingerprints(work)[place]: row}}))
    return str(target)


def _applied(work: Work, *more: str) -> Ended:
    return fixaudit(work.top, "apply", *ONLY, "--allow-dirty", *more)


def test_all_change_where_nothing_speaks_against_it(work: Work) -> None:
    assert _applied(work).code == 0
    assert _left(work, "ages.py") == _left(work, "store.py") == _left(work, "run.py") == []


@pytest.mark.parametrize(
    ("place", "stay"),
    [
        ("app/ages.py:5", "ages.py:6"),
        ("app/run.py:7", "store.py:6"),
        ("app/store.py:10", "run.py:7"),
    ],
)
def test_where_a_review_has_rejected_one_the_others_stay_and_say_so(
    work: Work, place: str, stay: str
) -> None:
    decisions = _rejecting(work, place)
    told = _applied(work, "--decisions", decisions, "--dry-run", "--no-diff")
    done = _applied(work, "--decisions", decisions)
    assert _is_whole(work)
    assert _left(work, place.partition(":")[0].removeprefix("app/"))
    assert {12, 16}.isdisjoint(_left(work, "ages.py"))
    shown = done.output.decode()
    name, _, line = stay.partition(":")
    path, _, rejected = place.partition(":")
    there = f"line {rejected}" if path == f"app/{name}" else place
    reason = f"it has to change together with {there}, which stays as it is: "
    assert re.search(rf"{line}:\d+ .* review  {re.escape(reason)}", shown), shown
    assert re.search(rf"{line}:\d+ .* review  {re.escape(reason)}", told.output.decode())


def test_one_file_alone_is_not_half_done(work: Work) -> None:
    done = _applied(work, "app/run.py")
    assert _is_whole(work)
    assert "app/store.py:6, which stays as it is: the file is not in this run" in str(done)
    stdin = work.top / "app/run.py"
    with stdin.open("rb") as text:
        told = fixaudit(work.top, "check", *ONLY, "-", "--stdin-filename", "app/run.py", stdin=text.fileno())  # fmt: skip
    assert "1 review" in told.notes


@pytest.mark.parametrize("limit", [("--changed-lines",), ("--since", "HEAD", "--changed-lines")])
def test_lines_that_changed_are_not_half_done(work: Work, limit: tuple[str, ...]) -> None:
    (work.top / "app/ages.py").write_text(
        AGES.replace("(when)\n    return", "(when)  #\n    return")
    )
    (work.top / "app/run.py").write_text(RUN.replace(".total_seconds()", ".total_seconds()  #"))
    _applied(work, *limit)
    assert _is_whole(work)
    assert _left(work, "ages.py") == [5, 6, 11, 15]
    (work.top / "app/ages.py").write_text(AGES.replace("()\n", "()  #\n").replace("(when)\n", "(when)  #\n"))  # fmt: skip
    _applied(work, *limit)
    assert _left(work, "ages.py")[:2] == [11, 15]


def test_settings_that_leave_out_a_file_are_heeded_by_the_others(work: Work) -> None:
    work.write("pyproject.toml", '[tool.fixaudit.per-file-ignores]\n"app/run.py" = ["FA510"]\n')
    done = _applied(work)
    assert _is_whole(work)
    assert _left(work, "store.py") == [6, 10], done


def test_a_check_that_goes_red_for_one_takes_all_back(work: Work) -> None:
    for red, name in (("fromtimestamp(when, tz", "ages.py"), ("now(timezone.utc) - job", "run.py")):
        done = _applied(work, "--verify", f"! grep -rn '{red}' app")
        assert _is_whole(work), done
        assert _left(work, name), done
        assert "were dropped" in done.notes or "was dropped" in done.notes
        assert fixaudit(work.top, "undo").code == 0


def test_a_part_is_not_undone(work: Work) -> None:
    _applied(work)
    done = fixaudit(work.top, "undo", "1", "app/run.py")
    assert done.code == 2
    assert "app/store.py, which stay; undo both" in str(done)
    assert _is_whole(work)
    (work.top / "app/store.py").write_text((work.top / "app/store.py").read_text() + "# mine\n")
    fixaudit(work.top, "undo")
    assert _is_whole(work)
    assert _left(work, "ages.py")
    assert fixaudit(work.top, "undo", "1", "app/run.py", "app/store.py", "--force").code == 0
    assert _left(work, "run.py") == [7]


def test_what_could_not_be_written_takes_the_others_back(work: Work) -> None:
    _applied(work)
    with writing(work.top) as ledger:
        failed = RunReport(1, (FileReport("app/store.py", Failed("read-only")),))
        assert len(without_halves(ledger, 1, failed)) == 3
        assert without_halves(ledger, 1, RunReport(1, ())) == ()
    assert _is_whole(work)
    assert _left(work, "run.py") == [7]


@pytest.mark.parametrize("per", ["finding", "package"])
def test_they_are_in_one_commit(work: Work, per: str) -> None:
    work.write("lib/later.py", RUN.replace("def age", "def age_of"))
    work.commit()
    _applied(work, "--commit-per", per)
    commits = work.git("rev-list", "--reverse", "HEAD").split()[2:]
    assert len(commits) > 1 or per == "package"
    for commit in commits:
        work.git("checkout", "--quiet", commit)
        assert _is_whole(work), commit
        if not _left(work, "run.py"):
            assert "utcnow" not in (work.top / "lib/later.py").read_text()


def test_a_review_that_rejects_one_takes_back_the_others(work: Work) -> None:
    terminal = Terminal(work.top, "apply", "-i", *ONLY, "app/ages.py")
    terminal.asked()
    terminal.press("y")
    terminal.press("n")
    terminal.press("y")
    code, shown = terminal.end("y")
    assert code == 0
    assert _left(work, "ages.py") == [5, 6]
    assert "app/ages.py:5 is not applied: it has to change together with line 6" in shown


def test_a_review_over_files_is_not_half_done(work: Work) -> None:
    terminal = Terminal(work.top, "apply", "-i", *ONLY, "app/run.py", "app/store.py")
    terminal.asked()
    terminal.press("y")
    terminal.press("y")
    code, shown = terminal.end("n")
    assert code == 0
    assert _is_whole(work)
    assert "app/run.py:7 is not applied: it has to change together with app/store.py:10" in shown


def test_what_needs_each_other_in_one_finding_is_not_split(work: Work) -> None:
    text = "import time\n\n\ndef slow(work):\n    start = time.time()\n    work()\n\n\n    work()\n    return time.time() - start > 3\n"  # fmt: skip
    work.commit(app__clock=text)
    terminal = Terminal(work.top, "apply", "-i", "--select", "monotonic-durations", "app/clock.py")
    terminal.asked()
    assert "The places of this hunk need each other" in terminal.press("s")
    terminal.end("q")
    assert (work.top / "app/clock.py").read_text() == text
