"""What `unified` writes, `git apply` turns into the new bytes exactly."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

import pytest
from counted_calls import counted_calls

from fixaudit.text.line_diff import changes, split_lines
from fixaudit.text.unified_diff import Diff, quoted, unified

LINES = [b"x = 1", b"", b"    return x", b"\x0c", b"caf\xe9 = 2", b"s = 'a\rb'", b"\xc3\xa9 = 3", b"\tpass", b"# -- c", b"+ 1", b"-1", b"\\ No"]  # fmt: skip


def apply(folder: Path, files: Mapping[str, tuple[bytes, bytes]], diffs: Iterable[Diff]) -> None:
    """Write the old versions, feed all diffs to one `git apply`, and compare with the new ones."""
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    for name, (before, _) in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(before)
    patch = b"".join(diff.patch for diff in diffs)
    run = subprocess.run(
        ["git", "apply", "-"], cwd=folder, input=patch, capture_output=True, check=False
    )
    assert run.returncode == 0, run.stderr.decode(errors="replace")[:2000]
    for name, (before, after) in files.items():
        assert (folder / name).read_bytes() == after, (name, before, after)


def random_lines(random_: random.Random, length: int) -> list[bytes]:
    return [random_.choice(LINES) + random_.choice([b"\n", b"\n", b"\r\n"]) for _ in range(length)]


def random_edit(random_: random.Random, lines: list[bytes]) -> list[bytes]:
    lines = list(lines)
    for _ in range(random_.randint(1, 4)):
        at = random_.randint(0, len(lines))
        lines[at : at + random_.randint(0, 3)] = random_lines(random_, random_.randint(0, 3))
    return lines


def ended(random_: random.Random, lines: list[bytes]) -> bytes:
    data = b"".join(lines)
    return data.rstrip(b"\r\n") if random_.random() < 0.3 else data


@pytest.mark.parametrize("context", [0, 1, 3])
def test_hundreds_of_random_edits_apply_byte_for_byte(tmp_path: Path, context: int) -> None:
    random_ = random.Random(context)
    files = {}
    for number in range(400):
        lines = random_lines(random_, random_.randint(0, 30))
        bom = b"\xef\xbb\xbf" if random_.random() < 0.2 else b""
        before, after = bom + ended(random_, lines), bom + ended(
            random_, random_edit(random_, lines)
        )
        if before != after:
            files[f"d{number % 7}/f{number}.py"] = (before, after)
    diffs = [
        unified(name, *versions, context=context, heading=lambda a, b: f"{a}-{b}")
        for name, versions in files.items()
    ]
    assert len(diffs) > 300
    if context == 0:
        flagged = [diff.patch for diff in diffs]
        assert all(b"\n " not in patch for patch in flagged)
    else:
        apply(tmp_path, files, diffs)


def test_random_changes_rebuild_the_new_version() -> None:
    random_ = random.Random(7)
    lengths = [random_.randint(0, 60) for _ in range(600)] + [500, 900, 2000, 5000]
    for length in lengths:
        old = random_lines(random_, length)
        new = random_edit(random_, old)
        rebuilt: list[bytes] = []
        at = 0
        for change in changes(old, new):
            assert change.old_start >= at
            rebuilt += old[at : change.old_start] + new[change.new_start : change.new_end]
            assert len(rebuilt) == change.new_end
            at = change.old_end
        assert rebuilt + old[at:] == new


NAMES = ["a b.py", 'qu"ote.py', "back\\slash.py", "ünï/cödé.py", "tab\there.py", "new\nline.py", "two  spaces/x y.py", "-dash.py", "a'b.py"]  # fmt: skip


def test_odd_names_and_odd_contents_apply(tmp_path: Path) -> None:
    files = dict.fromkeys([*NAMES, os.fsdecode(b"caf\xe9 \xff.py")], (b"x = 1\n", b"x = 2\n"))
    files |= {
        "empty.py": (b"", b"x = 1\n"),
        "empty2.py": (b"", b"x = 1"),
        "emptied.py": (b"x = 1\n", b""),
        "newline_added.py": (b"x = 1", b"x = 1\n"),
        "newline_lost.py": (b"x = 1\ny = 2\n", b"x = 1\ny = 2"),
        "no_newline_context.py": (b"a\nb\nc", b"a\nB\nc"),
        "no_newline_both.py": (b"a\nb", b"a\nc"),
        "crlf.py": (b"a\r\nb\r\nc\r\n", b"a\r\nB\r\nc\r\n"),
        "mixed.py": (b"a\r\nb\nc\rd\r\n", b"a\r\nb\r\nc\rd\n"),
        "cr_only.py": (b"a\rb\rc\r", b"a\rB\rc\r"),
        "form_feed.py": (b"a\n\x0c\nb\x0bc\x1cd\xc2\x85e\n", b"a\n\x0c\nb\x0bC\x1cd\xc2\x85e\n"),
        "bom.py": (b"\xef\xbb\xbfa = 1\n", b"\xef\xbb\xbfa = 2\n"),
        "latin.py": (b"# coding: latin-1\na = '\xe9'\n", b"# coding: latin-1\nb = '\xe9\xff'\n"),
        "signs.py": (b"-- a\n++ b\n@@ c\n", b"-- a\n++ B\n@@ c\ndiff --git a b\n"),
    }
    apply(tmp_path, files, [unified(name, *versions) for name, versions in files.items()])


def test_quoting_is_gits() -> None:
    assert quoted("a/plain-name_1.py") == b"a/plain-name_1.py"
    assert quoted("a/é\t.py") == b'"a/\\303\\251\\t.py"'
    assert unified("a b.py", b"1\n", b"2\n").header == (
        b"diff --git a/a b.py b/a b.py\n--- a/a b.py\t\n+++ b/a b.py\t\n"
    )


def test_shape_of_a_hunk() -> None:
    before = b"".join(b"line %d\n" % number for number in range(1, 30))
    after = before.replace(b"line 5\n", b"line five\n").replace(b"line 20\n", b"")
    asked: list[tuple[int, int]] = []

    def heading(first: int, last: int) -> str:
        asked.append((first, last))
        return "md5-to-sha256: two\nlines\t\x1b[31m " + "long " * 100

    diff = unified("a.py", before, after, heading=heading)
    assert asked == [(5, 5), (20, 20)]
    headers = [hunk.header for hunk in diff.hunks]
    assert headers[0].startswith(b"@@ -2,7 +2,7 @@ md5-to-sha256: two lines [31m long long")
    assert headers[1].startswith(b"@@ -17,7 +17,6 @@ ")
    assert all(header.count(b"\n") == 1 and len(header) < 260 for header in headers)
    assert diff.hunks[0].lines[3:5] == (b"-line 5\n", b"+line five\n")
    assert (diff.added, diff.removed, bool(diff)) == (1, 2, True)
    assert b"".join(diff.pieces()) == diff.patch


def test_an_insertion_is_asked_for_by_the_line_it_stands_behind() -> None:
    def heading(first: int, last: int) -> str:
        return f"{first} to {last}"

    behind = unified("a.py", b"a\nb\n", b"a\nnew\nb\n", heading=heading)
    at_top = unified("a.py", b"a\n", b"new\na\n", heading=heading)
    assert [hunk.heading for hunk in (*behind.hunks, *at_top.hunks)] == ["1 to 1", "0 to 0"]


def test_equal_versions_make_no_diff() -> None:
    diff = unified("a.py", b"x\n", b"x\n")
    assert (bool(diff), diff.patch, diff.added) == (False, b"", 0)


def test_only_newlines_split_lines() -> None:
    assert split_lines(b"a\rb\x0cc\r\nd") == [b"a\rb\x0cc\r\n", b"d"]
    assert split_lines(b"") == []


def test_a_long_run_of_repeated_lines_keeps_its_diff_small() -> None:
    old = [b"    print('value')\n"] * 5000
    new = [b"import logging\n", *old]
    for at in range(50, 5000, 50):
        new[at] = b"    logger.info('value')\n"
    new[3000:3000] = [b"added\n"] * 40
    found = changes(old, new)
    assert sum(change.new_end - change.new_start for change in found) < 300
    assert sum(change.old_end - change.old_start for change in found) < 200


def _versions(count: int, repeated: bool) -> tuple[bytes, bytes]:
    """A file of so many lines, each 20th of which is edited."""
    lines = [
        b"    print('value')\n" if repeated else b"    value_%d = compute(%d)\n" % (n, n)
        for n in range(count)
    ]
    new = list(lines)
    for at in range(0, count, 20):
        new[at] = b"    logger.info('value')\n"
    if not repeated:
        new[100:100] = [b"import logging\n"]
    return b"".join(lines), b"".join(new)


@pytest.mark.parametrize("repeated", [False, True])
def test_five_megabytes_with_ten_thousand_edits(tmp_path: Path, repeated: bool) -> None:
    versions = _versions(200_000, repeated)
    diff = unified("big.py", *versions)
    assert (diff.added, diff.removed) == (10_000 + (not repeated), 10_000)
    apply(tmp_path, {"big.py": versions}, [diff])


@pytest.mark.parametrize("repeated", [False, True])
def test_the_work_of_a_diff_grows_with_the_lines(repeated: bool) -> None:
    small, large = (
        counted_calls(partial(unified, "big.py", *_versions(count, repeated)))
        for count in (5_000, 20_000)
    )
    assert large < 5 * small
