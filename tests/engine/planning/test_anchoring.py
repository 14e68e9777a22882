"""One test for each way a cited place is, or is not, in the tree."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from trees import KEYS, finding, only, planned, quoted, write

from fixaudit.plan.model import Anchor, Flaw, Status

PAGE = "    return hashlib.md5(path.encode()).hexdigest()"


def anchor(root: Path, files: dict[str, str], report: str) -> Anchor:
    (found,) = only(planned(write(root, files), report)).anchors
    return found


def lines_of(found: Anchor) -> list[int]:
    return [site.line for site in found.sites]


def test_a_site_on_the_cited_line_is_exact(tmp_path: Path) -> None:
    found = anchor(tmp_path, {"app/keys.py": KEYS}, finding("app/keys.py:7"))
    assert (found.status, lines_of(found)) == (Status.EXACT, [7])


def test_quoted_code_tells_by_how_much_a_place_moved(tmp_path: Path) -> None:
    moved = KEYS.replace("import hashlib\n", "import hashlib\n" + "X = 1\n" * 12)
    found = anchor(tmp_path, {"app/keys.py": moved}, finding("app/keys.py:7", quoted(PAGE)))
    assert (found.status, found.moved_by, lines_of(found)) == (Status.MOVED, 12, [19])


def test_quoted_code_is_found_after_a_formatter(tmp_path: Path) -> None:
    text = KEYS.replace("hashlib.md5(path.encode())", "hashlib.md5(\n        path.encode()\n    )")
    found = anchor(tmp_path, {"app/keys.py": text}, finding("app/keys.py:60", quoted(PAGE)))
    assert (found.status, lines_of(found)) == (Status.MOVED, [7])


def test_a_named_function_is_believed_where_the_line_is_stale(tmp_path: Path) -> None:
    report = finding("app/keys.py:70", "**Problem:** in `user_key`.")
    found = anchor(tmp_path, {"app/keys.py": KEYS}, report)
    assert (found.status, lines_of(found)) == (Status.BY_SYMBOL, [11])


def test_line_and_function_that_contradict_each_other_are_ambiguous(tmp_path: Path) -> None:
    report = finding("app/keys.py:7", "**Problem:** in `user_key`.")
    found = anchor(tmp_path, {"app/keys.py": KEYS}, report)
    assert found.status is Status.AMBIGUOUS
    assert found.candidates == ("app/keys.py:7", "app/keys.py:11")
    assert found.sites == ()


def test_a_renamed_file_is_found_by_its_code(tmp_path: Path) -> None:
    report = finding("app/keys.py:7", quoted(PAGE))
    found = anchor(tmp_path, {"app/cache_names.py": KEYS}, report)
    assert (found.status, found.path) == (Status.BY_SNIPPET, "app/cache_names.py")
    assert lines_of(found) == [7]


def test_a_line_alone_does_not_choose_between_two_sites(tmp_path: Path) -> None:
    found = anchor(tmp_path, {"app/keys.py": KEYS}, finding("app/keys.py:90"))
    assert (found.status, found.sites) == (Status.AMBIGUOUS, ())


def test_the_only_site_of_a_file_is_the_one_that_moved(tmp_path: Path) -> None:
    one = KEYS.partition("\n\n\ndef user_key")[0] + "\n"
    found = anchor(tmp_path, {"app/keys.py": one}, finding("app/keys.py:30"))
    assert (found.status, found.moved_by, lines_of(found)) == (Status.MOVED, -23, [7])


@pytest.mark.parametrize(
    "cited", ["keys.py", "app/keys.py", "/home/ci/build/shop/app/keys.py", "./app/keys.py"]
)
def test_unique_suffixes_in_both_directions_resolve(tmp_path: Path, cited: str) -> None:
    found = anchor(tmp_path, {"app/keys.py": KEYS, "app/b.py": ""}, finding(f"{cited}:7"))
    assert (found.status, found.path) == (Status.EXACT, "app/keys.py")


def test_an_ambiguous_suffix_is_not_guessed(tmp_path: Path) -> None:
    files = {"a/app/keys.py": KEYS, "b/app/keys.py": KEYS}
    found = anchor(tmp_path, files, finding("app/keys.py:7"))
    assert found.status is Status.AMBIGUOUS
    assert set(found.candidates) == {"a/app/keys.py", "b/app/keys.py"}


def test_code_that_only_one_of_several_files_holds_decides(tmp_path: Path) -> None:
    files = {"a/app/keys.py": KEYS, "b/app/keys.py": KEYS.replace("path.enc", "pfad.enc")}
    found = anchor(tmp_path, files, finding("app/keys.py:7", quoted(PAGE)))
    assert (found.status, found.path) == (Status.EXACT, "a/app/keys.py")


def test_a_file_without_cited_lines_is_anchored_by_the_pattern_of_what_was_accepted(
    tmp_path: Path,
) -> None:
    root = write(tmp_path, {"app/keys.py": KEYS})
    (found,) = only(planned(root, finding("app/keys.py"))).anchors
    assert (found.status, lines_of(found)) == (Status.UNVERIFIED, [])
    by_hand = {"1.1": ["md5-to-sha256"]}
    (found,) = only(planned(root, finding("app/keys.py"), by_hand=by_hand)).anchors
    assert (found.status, lines_of(found)) == (Status.BY_PATTERN, [7, 11])


def test_of_code_that_changed_since_a_part_is_found_and_nothing_claimed(tmp_path: Path) -> None:
    code = "def page_key(path: str) -> str:\n" + PAGE
    fixed = KEYS.replace("md5(path", "sha256(path")
    found = anchor(tmp_path, {"app/keys.py": fixed}, finding("app/keys.py:6-7", quoted(code)))
    assert (found.status, found.flaw) == (Status.BY_SNIPPET, Flaw.NOT_CHECKED)


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    found = anchor(tmp_path, {"app/other.py": "X = 1\n"}, finding("app/keys.py:7"))
    assert (found.status, found.path) == (Status.NOT_FOUND, None)


def test_other_languages_are_named_as_such(tmp_path: Path) -> None:
    files = {"web/hash.ts": "md5()", "app/keys.py": KEYS}
    found = anchor(tmp_path, files, finding("web/hash.ts:1"))
    assert (found.status, found.sites) == (Status.NOT_PYTHON, ())


def test_a_path_out_of_the_tree_is_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    (tmp_path / "secret.py").write_text(KEYS)
    opened: list[Path] = []
    real = os.open

    def spy(path: str | os.PathLike[str], *args: Any, **options: Any) -> int:
        opened.append(Path(path))
        return real(path, *args, **options)

    monkeypatch.setattr(os, "open", spy)
    found = anchor(root, {"app/keys.py": KEYS}, finding("../secret.py:7"))
    assert found.status is Status.NOT_FOUND
    assert root / "app/keys.py" in opened
    assert all(path.resolve().is_relative_to(root) for path in opened)


def test_further_sites_are_counted_and_not_claimed(tmp_path: Path) -> None:
    files = {"app/keys.py": KEYS, "app/more.py": KEYS}
    entry = only(planned(write(tmp_path, files), finding("app/keys.py:7")))
    assert [site.line for site in entry.here] == [7]
    assert len(entry.elsewhere) == 3


@pytest.mark.parametrize("own", ["", "  # of the file"])
def test_a_remark_behind_quoted_code_is_not_looked_for_and_a_comment_of_the_file_is(
    tmp_path: Path, own: str
) -> None:
    code = f'def make(data):\n    return build(\n        name=data["#name"],{own}\n        place=data["place"],\n    )\n'
    root = write(tmp_path, {"app/make.py": code})
    lines = code.splitlines()[2:4]
    quoted_ = "\n".join(lines if own else [f"{line}  # not checked!" for line in lines])
    report = finding("app/make.py:3", f"```python\n{quoted_}\n```\n", title="Input is not checked")
    (anchor,) = only(planned(root, report)).anchors
    assert (anchor.status, anchor.line, anchor.quoted) == (Status.EXACT, 3, True)


SERVICE = '''\
class Gatherer:
    async def name_of(
        self, number: int, pause: float = 1.0
    ) -> str | None:
        """The name for a number."""
        try:
            return NAMES[number]
        except KeyError:
            import httpx

            # The table is not complete
            async with httpx.AsyncClient() as client:
                answer = await client.get(f"{URL}/{number}")
                return answer.json()["name"]


TIMEOUTS = table("connect", default=[5, 10], unit="s")
'''


@pytest.mark.parametrize(
    "code",
    [
        # a remark in the place of code, comments of the file left out, a cut
        "except KeyError:\n    # ...\n    async with httpx.AsyncClient() as client:\n        # NEW",
        # a header without its return annotation, a comment in the place of code
        "async def name_of(self, number: int, pause: float = 1.0):\n    # asks\n    try:",
        # the parameters left out
        "async def name_of(...) -> str | None:\n    try:\n        return NAMES[number]",
        # arguments left out
        'TIMEOUTS = table("connect", default=[5, 10], ...)',
    ],
    ids=["remarks", "header", "parameters", "arguments"],
)
def test_code_that_is_quoted_with_omissions_stands_there_whole(tmp_path: Path, code: str) -> None:
    root = write(tmp_path, {"app/make.py": SERVICE})
    report = finding("app/make.py:2-17", f"```python\n{code}\n```\n", title="It is too slow")
    (anchor,) = only(planned(root, report)).anchors
    assert (anchor.status, anchor.quoted) == (Status.EXACT, True)


@pytest.mark.parametrize(
    "code",
    [
        "try:\n    return NAMES[number]\n    import httpx\n",  # a line is gone
        'TIMEOUTS = table("connect", default=[5, 20], ...)',  # another value
        "async def name_of(self, number: int, pause: float = 2.0):\n    try:",
    ],
)
def test_code_that_reads_differently_does_not(tmp_path: Path, code: str) -> None:
    root = write(tmp_path, {"app/make.py": SERVICE})
    report = finding("app/make.py:2-17", f"```python\n{code}\n```\n", title="It is too slow")
    (anchor,) = only(planned(root, report)).anchors
    assert not anchor.quoted
