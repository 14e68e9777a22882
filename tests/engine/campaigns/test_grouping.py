"""Batches: limits, what stays together, names, and that any order of input gives the same."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixaudit.campaigns.atoms import ChangedFile, Link
from fixaudit.campaigns.batch_names import Numbers, owner_words, slug
from fixaudit.campaigns.grouping import Group, group
from fixaudit.campaigns.settings import BatchSettings, By

BYS: list[tuple[By, ...]] = [
    ("owner", "package"),
    ("owner",),
    ("package",),
    ("package", "owner"),
    ("codemod", "owner"),
    ("folder",),
    ("owner", "folder"),
    ("folder", "codemod"),
]
OWNERS = ("@acme/payments", "@acme/data", "@ada", "Grace@example.org")


def file(
    path: str, owners: tuple[str, ...] = (), lines: int = 1, codemod: str = "a"
) -> ChangedFile:
    parts = path.split("/")
    package = "/".join(parts[:2]) if parts[0] == "packages" else ""
    return ChangedFile(path, owners, package, {codemod: 1}, lines)


@st.composite
def changes(draw: st.DrawFn) -> tuple[list[ChangedFile], list[Link]]:
    paths = draw(
        st.lists(
            st.builds(
                "packages/p{}/src/{}m{}.py".format,
                st.integers(0, 5),
                st.sampled_from(("", "a/", "a/b/", "c/")),
                st.integers(0, 9),
            ),
            max_size=40,
            unique=True,
        )
    )
    files = [
        file(
            path,
            tuple(sorted(draw(st.sets(st.sampled_from(OWNERS), max_size=2)))),
            draw(st.integers(1, 30)),
            draw(st.sampled_from(("one", "two", "three"))),
        )
        for path in paths
    ]
    links = []
    if paths:
        pair = st.tuples(st.sampled_from(paths), st.sampled_from([*paths, "elsewhere.py"]))
        links = [Link(a, b, "they share f") for a, b in draw(st.lists(pair, max_size=8))]
    return files, links


LIMITS = st.builds(
    BatchSettings,
    by=st.sampled_from(BYS),
    max_files=st.integers(1, 12),
    max_lines=st.integers(1, 80),
)


@given(changes(), LIMITS, st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_what_holds_of_all_batches(
    given: tuple[list[ChangedFile], list[Link]], limits: BatchSettings, shuffle: random.Random
) -> None:
    files, links = given
    batches = group(files, links, limits)
    assert sorted(path for batch in batches for path in batch.paths) == sorted(
        f.path for f in files
    )
    assert len({batch.name for batch in batches}) == len(batches)
    of = {path: batch.name for batch in batches for path in batch.paths}
    assert all(of[link.path] == of[link.other] for link in links if link.other in of)
    sizes = {f.path: f for f in files}
    for batch in batches:
        assert re.fullmatch(r"[a-z0-9-]+-[0-9]{2,}", batch.name)
        lines = sum(sizes[path].lines for path in batch.paths)
        fits = len(batch.paths) <= limits.max_files and lines <= limits.max_lines
        assert fits == (batch.beyond is None)
        assert fits or _is_one_atom(batch.paths, links)
    shuffle.shuffle(files)
    shuffle.shuffle(links)
    assert group(files, links, limits) == batches


def _is_one_atom(paths: tuple[str, ...], links: list[Link]) -> bool:
    reached, before = {paths[0]}, 0
    while len(reached) > before:
        before = len(reached)
        for link in links:
            if reached & {link.path, link.other}:
                reached |= {link.path, link.other}
    return reached >= {*paths}


@given(changes(), LIMITS, st.data())
@settings(max_examples=200, deadline=None)
def test_a_second_plan_moves_nothing(
    given: tuple[list[ChangedFile], list[Link]], limits: BatchSettings, data: st.DataObject
) -> None:
    """Files that are still changed stay, but where an atom beyond the limits has fallen apart; what is
    new comes into batches of other names."""
    files, links = given
    first = group(files, links, limits)
    was = {path: batch.name for batch in first for path in batch.paths}
    left = [f for f in files if data.draw(st.booleans())] if len(files) < 12 else files[::2]
    new = [file("packages/p9/new.py", ("@ada",)), file("packages/p0/src/new.py")]
    second = group([*left, *new], links, limits, existing=was)
    now = {path: batch.name for batch in second for path in batch.paths}
    large = {batch.name for batch in first if batch.beyond}
    assert all(now[f.path] == was[f.path] or was[f.path] in large for f in left)
    assert all(now[f.path] not in set(was.values()) for f in new)
    assert group(files, links, limits, existing=was) == first


def names(found: list[Group]) -> dict[str, tuple[str, ...]]:
    return {each.name: each.paths for each in found}


def test_small_packages_of_one_owner_share_a_batch() -> None:
    pay = ("@acme/payments",)
    files = [file(f"packages/{p}/m{n}.py", pay) for p in ("pay", "bill", "tax") for n in range(3)]
    found = names(group(files, (), BatchSettings(max_files=6)))
    assert {
        name: Counter(path.split("/")[1] for path in paths) for name, paths in found.items()
    } == {
        "payments-01": {"bill": 3, "pay": 3},
        "payments-02": {"tax": 3},
    }


def test_a_package_is_split_only_where_it_exceeds_the_limits() -> None:
    pay = ("@acme/payments",)
    files = [file(f"packages/{p}/m{n}.py", pay) for p, many in (("a", 2), ("b", 7), ("c", 3)) for n in range(many)]  # fmt: skip
    found = group(files, (), BatchSettings(max_files=4))
    parts: dict[str, int] = Counter(
        package for each in found for package in {path.split("/")[1] for path in each.paths}
    )
    assert parts == {"a": 1, "b": 2, "c": 1}
    assert all(len(each.paths) <= 4 for each in found)


def test_owners_are_never_mixed_but_by_an_atom() -> None:
    files = [
        file("packages/a/one.py", ("@acme/data",)),
        file("packages/a/two.py", ("@acme/data", "@ada")),
        file("packages/b/three.py", ("@ada",)),
        file("packages/b/four.py"),
    ]
    assert names(group(files, (), BatchSettings())) == {
        "ada-01": ("packages/b/three.py",),
        "data-01": ("packages/a/one.py",),
        "data-ada-01": ("packages/a/two.py",),
        "unowned-01": ("packages/b/four.py",),
    }
    linked = group(files, [Link(files[0].path, files[2].path, "they share f")], BatchSettings())
    assert names(linked)["data-ada-01"] == (files[0].path, files[1].path, files[2].path)


def test_by_package_never_mixes_packages() -> None:
    files = [file(f"packages/p{n % 3}/m{n}.py", ("@ada",)) for n in range(9)]
    found = names(group(files, (), BatchSettings(by=("package",))))
    assert sorted(found) == ["p0-01", "p1-01", "p2-01"]


def test_by_codemod_goes_by_most_sites() -> None:
    mixed = ChangedFile("a.py", (), "", {"one": 1, "two": 2}, 3)
    found = names(group([mixed, file("b.py", codemod="one")], (), BatchSettings(by=("codemod",))))
    assert found == {"one-01": ("b.py",), "two-01": ("a.py",)}


def test_by_folder_keeps_neighbours() -> None:
    files = [file(f"lib/{folder}/m{n}.py") for folder in "abcd" for n in range(3)]
    found = names(group(files, (), BatchSettings(by=("folder",), max_files=6)))
    assert [sorted({path[4] for path in paths}) for paths in found.values()] == [
        ["a", "b"],
        ["c", "d"],
    ]
    assert sorted(found) == ["lib-01", "lib-02"]


def test_what_exceeds_the_limits_is_named() -> None:
    files = [file(f"m{n}.py", lines=10) for n in range(4)]
    links = [Link(files[0].path, each.path, "they share `bounded`") for each in files[1:]]
    (batch,) = group(files, links, BatchSettings(max_files=3))
    assert batch.beyond == (
        "4 files with 40 lines need each other (they share `bounded`);"
        " the limits are 3 files and 400 lines"
    )
    (alone,) = group([file("m.py", lines=401)], (), BatchSettings())
    assert alone.beyond == "m.py alone changes 401 lines; max-lines is 400"


def test_what_no_longer_fits_leaves_its_batch() -> None:
    files = [file(f"m{n}.py", ("@ada",), lines=300 if n else 200) for n in range(2)]
    was = {each.path: "ada-07" for each in files}
    assert names(group(files, (), BatchSettings(), existing=was)) == {
        "ada-07": ("m0.py",),
        "ada-08": ("m1.py",),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@acme/Payments_EU", "acme-payments-eu"),
        ("Zoë Bücher", "zoe-bucher"),
        ("-rf ../..", "rf"),
        ("日本", "owners"),
        ("x" * 99, "x" * 40),
        ("a.lock", "a-lock"),
        ("@{-1}", "1"),
    ],
)
def test_any_text_becomes_part_of_a_branch(text: str, expected: str) -> None:
    assert slug(text, "owners") == expected


@pytest.mark.parametrize(
    ("owners", "expected"),
    [
        (("@acme/payments",), "payments"),
        (("@acme/a", "@other/a"), "a"),
        (("@ada", "grace@example.org"), "ada grace"),
        (("@a", "@b", "@c", "@d"), "a b and 2 more"),
        (("@@maintainer",), "maintainer"),
        ((), "unowned"),
    ],
)
def test_owners_in_a_name(owners: tuple[str, ...], expected: str) -> None:
    assert owner_words(owners) == expected


def test_numbers_go_on_behind_the_highest() -> None:
    numbers = Numbers(["payments-01", "payments-09", "other", "data-100"])
    assert [numbers.next(each) for each in ("payments", "data", "new", "new")] == [
        "payments-10",
        "data-101",
        "new-01",
        "new-02",
    ]
