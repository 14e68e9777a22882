"""Burndowns of real histories: every number is what `check` counted at that commit, in every format."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from repositories import Work, new_work

from fixaudit_cli.app import run

NAME = "fixaudit-baseline.jsonl"
SELECT = ["--select", "md5-to-sha256,utcnow-to-aware"]
MD5 = "def {0}(data):\n    return hashlib.md5(data).hexdigest()\n\n\n"
NOW = "def {0}():\n    return datetime.datetime.utcnow()\n\n\n"
OWNERS = {
    "packages/pay/": "@acme/payments",
    "packages/search/": "@acme/search @ada",
    "": "(nobody)",
}


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    tree = new_work(tmp_path, monkeypatch)
    for package in ("pay", "search", "tools"):
        tree.write(f"packages/{package}/pyproject.toml", f'[project]\nname = "{package}"\nversion = "1"\n')  # fmt: skip
    tree.write(".github/CODEOWNERS", "packages/pay/ @acme/payments\npackages/search/ @acme/search @ada\n")  # fmt: skip
    monkeypatch.chdir(tree.top)
    return tree


def _module(md5: int, now: int) -> str:
    head = "import datetime\nimport hashlib\n\n\n"
    return head + "".join(
        [*(MD5.format(f"m{n}") for n in range(md5)), *(NOW.format(f"n{n}") for n in range(now))]
    )


Counts = Counter[tuple[str, str, str]]


def _checked(capfd: pytest.CaptureFixture[str]) -> Counts:
    """What `check` counts now, by codemod, package and owner."""
    capfd.readouterr()
    run(["check", *SELECT, "--output-format", "json"])
    found = json.loads(capfd.readouterr().out)["findings"]
    counts: Counts = Counter()
    for row in found:
        if row["verdict"] != "leave" and row["suppressed"] is None:
            package = "/".join(row["path"].split("/")[:2]) if "/" in row["path"] else "."
            owner = next(who for where, who in OWNERS.items() if row["path"].startswith(where))
            counts[row["codemod"], package, owner] += 1
    return counts


def _commit(work: Work, day: dt.date, message: str) -> str:
    work.git("add", "--all")
    when = f"{day.isoformat()}T12:00:00+00:00"
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        os.environ[name] = when
    try:
        work.git("commit", "--quiet", "--allow-empty", "-m", message)
    finally:
        del os.environ["GIT_AUTHOR_DATE"], os.environ["GIT_COMMITTER_DATE"]
    return work.git("rev-parse", "HEAD").strip()


HISTORY = [
    # (pay, search, tools) with (md5, utcnow) each
    ((9, 4), (6, 6), (2, 0)),
    ((9, 4), (5, 6), (2, 0)),
    ((7, 4), (5, 6), (2, 1)),
    ((7, 3), (5, 5), (2, 1)),
    ((5, 3), (5, 5), (1, 1)),
    ((5, 3), (8, 5), (1, 1)),
    ((5, 2), (6, 4), (1, 1)),
    ((4, 2), (6, 2), (1, 0)),
    ((4, 0), (6, 2), (0, 0)),
    ((3, 0), (4, 2), (0, 0)),
    ((2, 0), (4, 1), (0, 0)),
    ((1, 0), (2, 0), (0, 1)),
]
FIRST = dt.date(2026, 8, 3)


@pytest.fixture
def history(work: Work, capfd: pytest.CaptureFixture[str]) -> list[tuple[str, Counts]]:
    """Twelve commits, a week between, and what `check` counted at each."""
    told = []
    for number, state in enumerate(HISTORY):
        for package, (md5, now) in zip(("pay", "search", "tools"), state, strict=True):
            work.write(f"packages/{package}/{package}/a.py", _module(md5, now))
        assert run(["baseline", "write", *SELECT]) == 0
        counts = _checked(capfd)
        assert counts.total() == sum(map(sum, state))
        told.append((_commit(work, FIRST + number * dt.timedelta(days=7), f"{number}"), counts))
    return told


def _told(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    capfd.readouterr()
    assert run(["burndown", *arguments]) == 0
    return capfd.readouterr().out


def _json(capfd: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(_told(capfd, "--output-format", "json", *arguments))
    return data


def _grouped(counts: Counts, at: int) -> dict[str, int]:
    grouped: Counter[str] = Counter()
    for group, count in counts.items():
        grouped[group[at]] += count
    return grouped


def test_every_number_is_what_check_counted(
    history: list[tuple[str, Counts]], capfd: pytest.CaptureFixture[str]
) -> None:
    data = _json(capfd)
    assert [point["commit"] for point in data["points"]] == [commit for commit, _ in history]
    assert [point["findings"] for point in data["points"]] == [c.total() for _, c in history]
    for at, name in enumerate(("codemod", "package", "owner")):
        series = data["by"][name]
        for number, (_, counts) in enumerate(history):
            now = {key: values[number] for key, values in series.items() if values[number]}
            assert now == _grouped(counts, at)
    rows = list(csv.DictReader(io.StringIO(_told(capfd, "--output-format", "csv"))))
    for commit, counts in history:
        mine = {
            (row["codemod"], row["package"], row["owner"]): int(row["findings"])
            for row in rows
            if row["commit"] == commit
        }
        assert mine == counts


def test_the_formats_agree(
    history: list[tuple[str, Counts]], capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    data = _json(capfd)
    expected = {
        (name, key, values[0], values[-1])
        for name, series in data["by"].items()
        for key, values in series.items()
    }
    markdown = _told(capfd, "--output-format", "markdown")
    page = tmp_path / "page.html"
    _told(capfd, "--output-format", "html", "-o", str(page))
    html = page.read_text("utf-8")
    text = _told(capfd)
    for name, pattern, document in (
        ("## By", r"\| ([^|]+) \| (\d+) \| (\d+) \|", markdown),
        ("<h2>By", r"<tr><th>([^<]+)</th><td>(\d+)</td><td>(\d+)</td>", html),
    ):
        found = set()
        for part in document.split(name)[1:]:
            group = re.match(r" (\w+)", part)
            assert group is not None
            for key, first, last in re.findall(pattern, part):
                if key not in ("**all**", "all"):
                    found.add((group[1], key, int(first), int(last)))
        assert found == expected
    headline = f"{data['first']} -> {data['last']} ({data['last'] - data['first']:+d}: {data['resolved']} resolved, {data['new']} new)"  # fmt: skip
    assert headline in markdown
    assert headline in text
    assert headline.replace(">", "&gt;") in html
    assert "<script" not in html
    assert "http" not in html.replace("http-equiv", "")


def test_a_sprint_is_counted_from_what_held_when_it_began(
    history: list[tuple[str, Counts]], capfd: pytest.CaptureFixture[str]
) -> None:
    # Weeks 34 and 35 hold the commits 2 and 3; commit 1 is of week 33.
    data = _json(capfd, "--sprint", "2026-W34..2026-W35")
    assert [point["commit"] for point in data["points"]] == [commit for commit, _ in history[1:4]]
    assert data["first"] == history[1][1].total()
    assert data["last"] == history[3][1].total()
    assert data["last"] - data["first"] == data["new"] - data["resolved"]
    since = _json(capfd, "--since", "2026-08-17")
    assert [point["commit"] for point in since["points"]] == [commit for commit, _ in history[1:]]


def test_the_forecast_is_the_pace_drawn_on(
    history: list[tuple[str, Counts]], capfd: pytest.CaptureFixture[str]
) -> None:
    goal = _json(capfd, "--goal", "4")["goal"]
    assert goal["reached"] is not None
    goal = _json(capfd)["goal"]
    first, last = history[0][1].total(), history[-1][1].total()
    assert goal["per_day"] == pytest.approx((first - last) / 77)
    late = _json(capfd, "--deadline", "2020-01-01")["goal"]
    assert (late["on_course"], late["deadline"]) == (False, "2020-01-01")
    assert _json(capfd, "--deadline", "2999-01-01")["goal"]["on_course"] is True
    rising = _json(capfd, "--sprint", "2026-09-01..2026-09-07", "--deadline", "2999-01-01")["goal"]
    assert (rising["reached"], rising["on_course"]) == (None, False)


def test_what_only_moves_is_neither_new_nor_resolved(
    work: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    work.write("packages/pay/pay/a.py", _module(3, 0))
    assert run(["baseline", "write", *SELECT]) == 0
    _commit(work, FIRST, "one")
    work.git("mv", "packages/pay/pay/a.py", "packages/search/b.py")
    assert run(["baseline", "update", *SELECT]) == 0
    _commit(work, FIRST + dt.timedelta(days=7), "two")
    data = _json(capfd)
    assert (data["new"], data["resolved"]) == (0, 0)
    assert data["by"]["package"] == {"packages/search": [0, 3], "packages/pay": [3, 0]}


def test_merges_count_by_the_branch_that_was_merged_into(
    work: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    work.write("packages/pay/pay/a.py", _module(3, 0))
    run(["baseline", "write", *SELECT])
    _commit(work, FIRST, "one")
    work.git("checkout", "--quiet", "-b", "side")
    for number, left in enumerate((2, 1)):
        work.write("packages/pay/pay/a.py", _module(left, 0))
        run(["baseline", "write", *SELECT])
        _commit(work, FIRST + (number + 1) * dt.timedelta(days=1), "side")
    work.git("checkout", "--quiet", "main")
    work.git("merge", "--quiet", "--no-ff", "-m", "merge", "side")
    assert [point["findings"] for point in _json(capfd)["points"]] == [3, 1]


# ------------------------------------------------------------------------------ what cannot be told


def _refused(capfd: pytest.CaptureFixture[str], words: str, *arguments: str) -> None:
    capfd.readouterr()
    assert run(["burndown", *arguments]) == 2
    told = capfd.readouterr()
    assert told.out == ""
    (line,) = told.err.strip().splitlines()
    assert words in line


def test_a_tree_without_history(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    _refused(capfd, "git knows no commit HEAD")
    work.write("packages/pay/pay/a.py", _module(1, 0))
    _commit(work, FIRST, "one")
    _refused(capfd, "no commit changed a fixaudit-baseline.jsonl: `fixaudit baseline write`")
    run(["baseline", "write", *SELECT])
    _commit(work, FIRST, "two")
    _refused(capfd, "in that time", "--sprint", "2020-W01..2020-W02")
    outside = tmp_path / "outside"
    outside.mkdir()
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.chdir(outside)
    _refused(capfd, "no git repository")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--since", "yesterday"], "write a day as 2026-11-30"),
        (["--sprint", "2026-W60..2026-W61"], "write a day as 2026-11-30"),
        (["--sprint", "2026-W10..2026-W09"], "ends before it begins"),
        (["--since", "2026-01-01", "--sprint", "2026-W01.."], "exclude each other"),
        (["--by", "team"], "no such group; there are codemod, package, owner"),
        (["--output-format", "pdf"], "pdf"),
        (["--deadline", "soon"], "--deadline soon"),
    ],
)
def test_options_that_say_nothing(
    work: Work, capfd: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    _refused(capfd, words, *arguments)


def test_a_commit_with_a_broken_file_is_named_and_the_rest_told(
    history: list[tuple[str, Counts]], work: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    path = work.top / "packages/pay" / NAME
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    broken = _commit(work, FIRST + dt.timedelta(days=84), "broken")
    path.write_bytes(whole)
    _commit(work, FIRST + dt.timedelta(days=85), "mended")
    capfd.readouterr()
    assert run(["burndown", "--output-format", "json"]) == 0
    told = capfd.readouterr()
    assert f"{broken[:10]}:packages/pay/{NAME}:2: it is cut short" in told.err
    data = json.loads(told.out)
    assert [point["findings"] for point in data["points"][-3:]] == [history[-1][1].total()] * 3
    assert len(data["notes"]) == 1


def test_a_shallow_clone_says_so(
    history: list[tuple[str, Counts]], work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    clone = tmp_path / "clone"
    work.git("clone", "--quiet", "--depth", "3", f"file://{work.top}", str(clone))
    monkeypatch.chdir(clone)
    assert run(["burndown", "--output-format", "json"]) == 0
    told = capfd.readouterr()
    assert "the clone is shallow" in told.err
    counts = [point["findings"] for point in json.loads(told.out)["points"]]
    assert counts == [counts_.total() for _, counts_ in history[-3:]]
