"""Trees of fixtures as a whole: enough, of both kinds, none orphaned, none half there."""

from __future__ import annotations

from pathlib import Path

import careless_codemods as careless
import pytest
from fixture_trees import LEFT, TWO_SITES, failures, pair, usual, with_sha, write

from fixaudit.testing.catalogue import Fixtures, check_coverage, orphans


class Core(careless.Careful):
    """As careful, of the core set."""

    tags = frozenset({"core"})


def tree(root: Path, minimum: int = 1, minimum_core: int = 1) -> Fixtures:
    known = [careless.Careful]
    return Fixtures(root / "fixtures", known, known, minimum, minimum_core)


def unsafe_pairs(root: Path, count: int) -> None:
    for number in range(count):
        write(root, pair("careful", f"unsafe_{number}.py", TWO_SITES, with_sha(TWO_SITES)))


def test_enough_fixtures_of_both_kinds(tmp_path: Path) -> None:
    usual(tmp_path)
    assert check_coverage(tree(tmp_path), careless.Careful) is None
    assert list(orphans(tree(tmp_path))) == []


def test_no_fixtures_at_all(tmp_path: Path) -> None:
    text = check_coverage(tree(tmp_path), careless.Careful)
    assert text == "fixtures/before/careful: the codemod careful has no fixtures"


@pytest.mark.parametrize(("count", "fits"), [(3, True), (4, False)])
def test_four_in_ten_must_stay(tmp_path: Path, count: int, fits: bool) -> None:
    unsafe_pairs(tmp_path, count)
    write(tmp_path, pair("careful", "leave_a.py", LEFT))
    write(tmp_path, pair("careful", "review_b.py", LEFT))
    text = check_coverage(tree(tmp_path), careless.Careful)
    assert (text is None) == fits
    if text is not None:
        assert "2 of 6 fixtures (33 %) are leave_ or review_; careful needs 40 %" in text


def test_reviews_alone_are_no_leave_fixtures(tmp_path: Path) -> None:
    unsafe_pairs(tmp_path, 1)
    write(tmp_path, pair("careful", "review_b.py", LEFT))
    assert "no leave_ fixture" in (check_coverage(tree(tmp_path), careless.Careful) or "")


def test_the_core_set_can_need_more(tmp_path: Path) -> None:
    usual(tmp_path)
    fixtures = tree(tmp_path, minimum=2, minimum_core=3)
    assert check_coverage(fixtures, careless.Careful) is None
    assert check_coverage(fixtures, Core) == "fixtures/before/careful: 2 fixtures; careful needs 3"


def test_one_that_edits_nothing_can_need_fewer(tmp_path: Path) -> None:
    write(tmp_path, pair("careful", "leave_a.py", LEFT))
    known = [careless.Careful]
    fixtures = Fixtures(tmp_path / "fixtures", known, known, minimum=3, minimum_detector=1)
    assert check_coverage(fixtures, careless.Careful) is None
    unsafe_pairs(tmp_path, 1)
    said = check_coverage(fixtures, careless.Careful)
    assert said == "fixtures/before/careful: 2 fixtures; careful needs 3"


def test_what_belongs_to_nothing_is_named(tmp_path: Path) -> None:
    usual(tmp_path)
    files: dict[str, str | bytes] = {
        "fixtures/after/careful/leave_gone.py": LEFT,
        "fixtures/before/other/fix_a.py": LEFT,
        "fixtures/before/stray.py": LEFT,
    }
    write(tmp_path, files)
    assert list(orphans(tree(tmp_path))) == [
        "fixtures/before/other: no codemod is called other",
        "fixtures/before/stray.py: stands in no codemod's folder",
        "fixtures/after/careful/leave_gone.py: is missing in `before`",
    ]


@pytest.mark.parametrize(
    ("name", "files", "words"),
    [
        ("leave_a.py", {"before": LEFT}, "the file in `after` is missing"),
        ("etag.py", {"before": LEFT, "after": LEFT}, "a fixture's name begins with one of fix_"),
        ("leave_a.py", {"before": LEFT, "after": LEFT + "\n"}, "differs from `after`"),
        ("unsafe_a.py", {"before": LEFT, "after": LEFT}, "`before` equals `after`"),
        ("leave_a.py", {"before": "md5 =", "after": "md5 ="}, "`before` does not parse: line 1"),
        ("leave_a.py", {"before": "return", "after": "return"}, "`before` does not compile"),
        ("unsafe_a.py", {"before": TWO_SITES, "after": TWO_SITES + "("}, "`after` does not parse"),
    ],
)
def test_a_pair_that_is_none(tmp_path: Path, name: str, files: dict[str, str], words: str) -> None:
    write(tmp_path, {f"fixtures/{side}/careful/{name}": text for side, text in files.items()})
    assert words in failures(tmp_path, careless.Careful)[name]


def test_files_of_a_folder_mirror_each_other(tmp_path: Path) -> None:
    write(tmp_path, pair("careful", "leave_app/main.py", LEFT))
    write(
        tmp_path,
        {"fixtures/before/careful/leave_app/a.py": "", "fixtures/after/careful/leave_app/b.py": ""},
    )
    found = failures(tmp_path, careless.Careful)
    assert "a.py: is missing in `after`" in found["leave_app"]
    assert "b.py: is missing in `before`" in found["leave_app"]


def test_a_folder_is_judged_as_a_project(tmp_path: Path) -> None:
    files = {
        "unsafe_app/digests.py": ("from hashlib import md5\n", "from hashlib import md5\n"),
        "unsafe_app/keys.py": (TWO_SITES, with_sha(TWO_SITES)),
        "unsafe_app/main.py": ("import keys\n\nkeys.version()\n", None),
    }
    for name, (before, after) in files.items():
        write(tmp_path, pair("careful", name, before, after))
    assert failures(tmp_path, careless.Careful) == {}
    write(tmp_path, pair("careful", "unsafe_app/keys.py", TWO_SITES))
    found = failures(tmp_path, careless.Careful)
    assert "`before` equals `after`, and the name says unsafe" in found["unsafe_app"]
