"""The baseline over real repositories: what is known, new, resolved and moved, and what is refused."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from repositories import Work, new_work

from fixaudit_cli.app import run

NAME = "fixaudit-baseline.jsonl"
SELECT = ["--select", "md5-to-sha256"]
HEAD = "import hashlib\n\n\n"


def _function(name: str, argument: str = "data") -> str:
    return f"def {name}({argument}):\n    return hashlib.md5({argument}).hexdigest()\n"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    tree = new_work(tmp_path, monkeypatch)
    for package in ("pay", "search"):
        tree.write(
            f"packages/{package}/pyproject.toml",
            f'[project]\nname = "{package}"\nversion = "1"\n',
        )
        tree.write(f"packages/{package}/{package}/__init__.py", "")
        tree.write(
            f"packages/{package}/{package}/tags.py",
            f"{HEAD}{_function('of')}\n\nclass Tags:\n    def all(self, data):\n        return hashlib.md5(data)\n",
        )
    tree.commit()
    monkeypatch.chdir(tree.top)
    return tree


def _json(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = run([*arguments, *SELECT, "--output-format", "json"])
    return code, json.loads(capfd.readouterr().out)


def _checked(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, int, int, int]:
    """The exit code, and how many findings are new, known and resolved."""
    code, data = _json(capfd, "check", "--baseline", *arguments)
    told = data["baseline"]
    return code, told["new"], told["known"], sum(row["count"] for row in told["resolved"])


def _write(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["baseline", "write", *SELECT]) == 0
    capfd.readouterr()


def _entries(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()[1:]]


# ------------------------------------------------------------------------------ nothing is new


def test_written_is_known(work: Work, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["baseline", "write", *SELECT]) == 0
    assert "4 findings of 1 codemod accepted" in capfd.readouterr().err
    for package in ("pay", "search"):
        rows = _entries(work.top / "packages" / package / NAME)
        assert [(row["path"], row["symbol"]) for row in rows] == [
            (f"{package}/tags.py", "Tags.all"),
            (f"{package}/tags.py", "of"),
        ]
        assert all(row.keys() == {"path", "codemod", "symbol", "tokens"} for row in rows)
    assert (work.top / ".gitattributes").read_text() == f"{NAME} merge=union\n"
    assert _checked(capfd) == (0, 0, 4, 0)
    before = {path: path.read_bytes() for path in work.top.rglob(NAME)}
    _write(capfd)
    assert {path: path.read_bytes() for path in work.top.rglob(NAME)} == before


def test_lines_that_move_are_known(work: Work, capfd: pytest.CaptureFixture[str]) -> None:
    _write(capfd)
    path = work.top / "packages/pay/pay/tags.py"
    path.write_text('"""Tags."""\n\nLIMIT = 3\n\n' + path.read_text().replace("class", "\n\nclass"))
    assert _checked(capfd) == (0, 0, 4, 0)


def test_a_moved_file_is_known(work: Work, capfd: pytest.CaptureFixture[str]) -> None:
    _write(capfd)
    work.git("mv", "packages/pay/pay/tags.py", "packages/pay/pay/labels.py")
    assert _checked(capfd) == (0, 0, 4, 0)
    _, data = _json(capfd, "check", "--baseline")
    assert data["baseline"]["moved"] == 2
    assert run(["baseline", "update", *SELECT]) == 0
    assert {row["path"] for row in _entries(work.top / "packages/pay" / NAME)} == {"pay/labels.py"}
    capfd.readouterr()
    assert _json(capfd, "check", "--baseline")[1]["baseline"]["moved"] == 0


def test_a_file_that_leaves_a_stub_behind_is_known(work: Work, capfd: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    path = work.top / "packages/pay/pay/tags.py"
    path.write_text(path.read_text() + "".join(f"\n\n{_function(f'of_{n}')}" for n in range(20)))
    _write(capfd)
    work.git("add", "--all")
    work.git("commit", "--quiet", "-m", "baseline")
    work.git("mv", "packages/pay/pay/tags.py", "packages/pay/pay/labels.py")
    path.write_text("from pay.labels import *\n")
    work.git("add", "--all")
    assert _checked(capfd) == (0, 0, 24, 0)


def test_a_renamed_package_is_known(work: Work, capfd: pytest.CaptureFixture[str]) -> None:
    _write(capfd)
    work.git("add", "--all")
    work.git("mv", "packages/pay", "packages/payments")
    assert _checked(capfd) == (0, 0, 4, 0)
    work.git("mv", "packages/payments/pay", "packages/payments/payments")
    assert _checked(capfd) == (0, 0, 4, 0)


def test_a_renamed_function_is_known(work: Work, capfd: pytest.CaptureFixture[str]) -> None:
    _write(capfd)
    path = work.top / "packages/pay/pay/tags.py"
    path.write_text(path.read_text().replace("def of(", "def tag_of(").replace("Tags", "Labels"))
    assert _checked(capfd) == (0, 0, 4, 0)


def test_black_makes_nothing_new_of_four_hundred(work: Work, capfd: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    chosen = random.Random(7)
    for number in range(20):
        functions = [HEAD]
        for each in range(20):
            name = f"name_{number}_{each}_{'x' * chosen.randrange(60)}"
            quote = chosen.choice("'\"")
            functions.append(
                f"def {name}(data,prefix={quote}{'y' * chosen.randrange(30)}{quote}):\n"
                f"    return ( prefix + hashlib . md5( ( prefix+ '{name}'  'it''s' ).encode( {quote}utf-8{quote} ) + data, ).hexdigest( ) )\n\n"
            )
        work.write(f"packages/pay/pay/m{number}.py", "".join(functions))
    _write(capfd)
    for length in ("120", "70"):
        black = [sys.executable, "-m", "black", "-q", "-l", length, "packages"]
        subprocess.run(black, cwd=work.top, check=True)
        assert _checked(capfd) == (0, 0, 404, 0)


# ------------------------------------------------------------------------------ something is new


def test_one_more_is_just_that_one(work: Work, capfd: pytest.CaptureFixture[str]) -> None:
    _write(capfd)
    path = work.top / "packages/pay/pay/tags.py"
    path.write_text(path.read_text() + "\n\n" + _function("more"))
    assert _checked(capfd) == (1, 1, 4, 0)
    assert run(["check", "--baseline", *SELECT]) == 1
    told = capfd.readouterr()
    assert told.out.count("md5-to-sha256") == 1
    assert "    14:12  FA101 md5-to-sha256" in told.out
    assert "baseline: 1 new, 4 known (2 unsafe, 2 review)" in told.err


@pytest.mark.parametrize("where", ["same", "other", "method", "module", "alike"])
def test_one_mended_and_another_one_added(
    work: Work, capfd: pytest.CaptureFixture[str], where: str
) -> None:
    _write(capfd)
    path = work.top / "packages/pay/pay/tags.py"
    mended = path.read_text().replace("md5(data).hexdigest", "sha256(data).hexdigest", 1)
    added = {
        "same": mended.replace(
            "    return hashlib.sha", "    hashlib.md5(b'x' + data)\n    return hashlib.sha"
        ),
        "other": mended + "\n\n" + _function("other", "text"),
        "method": mended + "\n    def one(self, data):\n        return hashlib.md5(data + b'1')\n",
        "module": mended + "\n\nEMPTY = hashlib.md5(b'').hexdigest()\n",
        # The same tokens in another function, while the first one still is there.
        "alike": mended + "\n\n" + _function("other"),
    }
    path.write_text(added[where])
    assert _checked(capfd) == (1, 1, 3, 1)


def test_of_two_twins_one_is_mended(work: Work, capfd: pytest.CaptureFixture[str]) -> None:
    path = work.write("packages/pay/pay/twins.py", f"{HEAD}def f(a):\n    hashlib.md5(a)\n    hashlib.md5(a)\n")  # fmt: skip
    _write(capfd)
    assert [row.get("count") for row in _entries(work.top / "packages/pay" / NAME) if row["path"] == "pay/twins.py"] == [2]  # fmt: skip
    path.write_text(path.read_text().replace("md5", "sha256", 1))
    assert _checked(capfd) == (0, 0, 5, 1)
    path.write_text(path.read_text() + "    hashlib.md5(a)\n" * 2)
    assert _checked(capfd) == (1, 1, 6, 0)


# ------------------------------------------------------------------------------ parts, and slack


def test_a_part_says_nothing_of_the_rest(work: Work, capfd: pytest.CaptureFixture[str]) -> None:
    _write(capfd)
    for package in ("pay", "search"):
        path = work.top / f"packages/{package}/{package}/tags.py"
        path.write_text(path.read_text().replace("md5", "sha256"))
    assert _checked(capfd, "packages/pay/pay/tags.py") == (0, 0, 0, 2)
    assert _checked(capfd, "packages/pay/pay/__init__.py") == (0, 0, 0, 0)
    assert _checked(capfd, "packages/search") == (0, 0, 0, 2)
    assert _checked(capfd) == (0, 0, 0, 4)
    assert run(["baseline", "prune", "packages/pay", *SELECT]) == 0
    assert not (work.top / "packages/pay" / NAME).exists()
    assert len(_entries(work.top / "packages/search" / NAME)) == 2


def test_changed_files_and_lines_say_nothing_of_the_rest(work: Work, capfd: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    _write(capfd)
    work.git("add", "--all")
    work.git("commit", "--quiet", "-m", "baseline")
    path = work.top / "packages/pay/pay/tags.py"
    path.write_text(path.read_text().replace("md5(data).hex", "sha256(data).hex") + "\n\n" + _function("more", "a"))  # fmt: skip
    assert _checked(capfd, "--changed") == (1, 1, 1, 1)
    assert _checked(capfd, "--changed-lines") == (1, 1, 0, 0)


def test_other_codemods_are_not_resolved(work: Work, capfd: pytest.CaptureFixture[str]) -> None:
    _write(capfd)
    assert run(["check", "--baseline", "--select", "print-to-logger", "--output-format", "json"]) == 0  # fmt: skip
    assert json.loads(capfd.readouterr().out)["baseline"]["resolved"] == []


def test_locked_fails_on_slack(work: Work, capfd: pytest.CaptureFixture[str]) -> None:
    _write(capfd)
    assert _checked(capfd, "--locked") == (0, 0, 4, 0)
    path = work.top / "packages/pay/pay/tags.py"
    path.write_text(path.read_text().replace("md5", "sha256", 1))
    assert _checked(capfd) == (0, 0, 3, 1)
    assert _checked(capfd, "--locked")[0] == 1
    assert run(["baseline", "check", "--locked", *SELECT]) == 1
    assert "1 resolved: `fixaudit baseline prune`; --locked fails on that" in capfd.readouterr().err
    assert run(["baseline", "prune", *SELECT]) == 0
    capfd.readouterr()
    assert _checked(capfd, "--locked") == (0, 0, 3, 0)


def test_update_takes_new_ones_in_only_where_told(work: Work, capfd: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    _write(capfd)
    path = work.top / "packages/pay/pay/tags.py"
    path.write_text(path.read_text().replace("md5", "sha256", 1) + "\n\n" + _function("more", "a"))
    assert run(["baseline", "update", *SELECT]) == 0
    assert "1 new, not taken in: --accept does" in capfd.readouterr().err
    assert _checked(capfd) == (1, 1, 3, 0)
    assert run(["baseline", "update", "--accept", *SELECT]) == 0
    assert "1 accepted: 4 findings in the baseline" in capfd.readouterr().err
    assert _checked(capfd, "--locked") == (0, 0, 4, 0)


def test_a_new_codemod_stands_apart(work: Work, capfd: pytest.CaptureFixture[str]) -> None:
    _write(capfd)
    path = work.top / "packages/pay/pay/tags.py"
    path.write_text(path.read_text() + "\n\ndef g():\n    import datetime\n\n    return datetime.datetime.utcnow()\n")  # fmt: skip
    select = ["--select", "md5-to-sha256,utcnow-to-aware"]
    assert run(["check", "--baseline", *select, "--output-format", "json"]) == 0
    told = json.loads(capfd.readouterr().out)["baseline"]
    assert (told["new"], told["apart"]) == (0, {"utcnow-to-aware": 1})
    assert run(["baseline", "update", "--accept", *select]) == 0
    capfd.readouterr()
    path.write_text(
        path.read_text()
        + "\n\ndef h():\n    import datetime\n\n    return datetime.datetime.utcnow()\n"
    )
    assert run(["check", "--baseline", *select]) == 1


# ------------------------------------------------------------------------------ branches


def test_two_branches_merge_and_read_right(work: Work, capfd: pytest.CaptureFixture[str]) -> None:
    names = [f"f{number}" for number in range(6)]
    path = work.write("packages/pay/pay/many.py", HEAD + "\n\n".join(map(_function, names)))
    _write(capfd)
    work.git("add", "--all")
    work.git("commit", "--quiet", "-m", "baseline")
    for branch, gone, more in (("one", "f2", "z1"), ("two", "f3", "z2")):
        work.git("checkout", "--quiet", "-b", branch, "main")
        # Adjacent entries go, and others come at the end.
        path.write_text(path.read_text().replace(_function(gone), _function(gone).replace("md5", "sha256")))  # fmt: skip
        work.write(f"packages/pay/pay/z_{branch}.py", HEAD + _function(more))
        assert run(["baseline", "update", "--accept", *SELECT]) == 0
        work.git("add", "--all")
        work.git("commit", "--quiet", "-m", branch)
    work.git("merge", "--quiet", "one", "-m", "merge")
    capfd.readouterr()
    code, new, known, _ = _checked(capfd)
    assert (code, new, known) == (0, 0, 10)
    assert run(["baseline", "prune", *SELECT]) == 0
    capfd.readouterr()
    assert _checked(capfd, "--locked") == (0, 0, 10, 0)


# ------------------------------------------------------------------------------ bad input


def _refused(capfd: pytest.CaptureFixture[str], *words: str) -> None:
    assert run(["check", "--baseline", *SELECT]) == 2
    told = capfd.readouterr()
    assert told.out == ""
    (line,) = told.err.strip().splitlines()
    assert "Traceback" not in line
    for word in words:
        assert word in line


def test_without_a_baseline(work: Work, capfd: pytest.CaptureFixture[str]) -> None:
    _refused(capfd, NAME, "`fixaudit baseline write`")
    assert run(["baseline", "show", *SELECT]) == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data[:-9], (":3:", "cut short")),
        (lambda data: b"", ("empty",)),
        (lambda data: data.split(b"\n", 1)[1], (":1:", "codemods")),
        (lambda data: data.replace(b'"fixaudit-baseline": 1', b'"fixaudit-baseline": 2'), (":1:", "update fixaudit")),
        (lambda data: data.replace(b"{", b"[", 1), (":1:", "no line of a baseline")),
        (lambda data: data.replace(b'"path": "pay/', b'"path": "../'), (":2:", "leads out")),
        (lambda data: data.replace(b'"symbol"', b'"symbols"'), (":2:", "lacks")),
        (lambda data: data + b"<<<<<<< one\n", (":4:", "conflict")),
        (lambda data: b"\xff" + data, (":1:",)),
    ],
)  # fmt: skip
def test_a_broken_baseline_is_refused_by_line(
    work: Work, capfd: pytest.CaptureFixture[str], change: Any, words: tuple[str, ...]
) -> None:
    _write(capfd)
    path = work.top / "packages/pay" / NAME
    path.write_bytes(change(path.read_bytes()))
    before = path.read_bytes()
    _refused(capfd, f"packages/pay/{NAME}", *words)
    assert run(["baseline", "write", *SELECT]) == 2
    assert path.read_bytes() == before


def test_lines_said_twice_do_no_harm(work: Work, capfd: pytest.CaptureFixture[str]) -> None:
    _write(capfd)
    path = work.top / "packages/pay" / NAME
    path.write_bytes(path.read_bytes() * 2)
    assert _checked(capfd) == (0, 0, 4, 0)
    assert _checked(capfd, "--locked")[0] == 1
    assert run(["baseline", "prune", *SELECT]) == 0
    capfd.readouterr()
    assert _checked(capfd, "--locked") == (0, 0, 4, 0)


def test_nothing_is_accepted_while_a_file_cannot_be_judged(work: Work, capfd: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    work.write("packages/pay/pay/broken.py", "import hashlib\nhashlib.md5(\n")
    assert run(["baseline", "write", *SELECT]) == 2
    assert "nothing was written" in capfd.readouterr().err
    assert not list(work.top.rglob(NAME))


@pytest.mark.parametrize(
    "arguments",
    [["baseline", "wirte"], ["baseline", "write", "--accept"], ["baseline", "prune", "--locked"], ["check", "--locked"]],
)  # fmt: skip
def test_words_that_do_not_fit(
    work: Work, capfd: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert run([*arguments, *SELECT]) == 2
    assert len(capfd.readouterr().err.strip().splitlines()) == 1


def test_without_git_it_works_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "a"\nversion = "1"\n')
    (tmp_path / "a.py").write_text(HEAD + _function("f"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    _write(capfd)
    assert not (tmp_path / ".gitattributes").exists()
    os.rename(tmp_path / "a.py", tmp_path / "b.py")
    assert _checked(capfd) == (0, 0, 1, 0)
