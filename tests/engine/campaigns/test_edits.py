"""The files of a batch with only some of its sites: as a run would write them that accepts these alone."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from planned_batches import planned

from fixaudit.campaigns.edits import Edits
from fixaudit.campaigns.errors import CampaignError

TAGS = """import hashlib


def one(data):
    return hashlib.md5(data).hexdigest()


def two(data):
    a = hashlib.md5(data).hexdigest()
    b = hashlib.md5(data).hexdigest()
    return a, b
"""
CLOCK = """from datetime import datetime


def now():
    return datetime.utcnow().isoformat()


def later():
    return datetime.utcnow().isoformat()
"""


@pytest.fixture(name="tree")
def _tree(tmp_path: Path) -> Path:
    tree = Path(os.path.realpath(tmp_path)) / "tree"
    for name, text in {"a/tags.py": TAGS, "b/clock.py": CLOCK}.items():
        (tree / name).parent.mkdir(parents=True)
        (tree / name).write_text(text)
    return tree


SELECT = ("md5-to-sha256", "utcnow-to-aware")


def test_all_none_and_each_site_alone(tree: Path) -> None:
    batch = planned(tree, *SELECT, verdict="unsafe")
    edits = Edits(tree, batch, SELECT)
    assert [len(file.sites) for file in batch.files] == [3, 2]
    names = [site.fingerprint for site in batch.sites]
    assert edits.units == tuple((name,) for name in names)
    assert edits.contents(names).files == {file.path: file.after for file in batch.files}
    assert edits.contents(()).files == {file.path: file.before for file in batch.files}
    for at, site in enumerate(batch.sites):
        found = edits.contents([site.fingerprint])
        assert found.vanished == frozenset()
        lines = found.files[site.path].decode().splitlines()
        before = {file.path: file.before for file in batch.files}
        changed = [path for path, data in found.files.items() if data != before[path]]
        assert changed == [site.path], at
        assert sum("md5" in line or "utcnow" in line for line in lines) == (
            2 if site.path == "a/tags.py" else 1
        )
    # One of three in a function with equal ones: the line that was planned.
    third = edits.contents([names[2]]).files["a/tags.py"].decode()
    assert "    a = hashlib.md5(data).hexdigest()\n    b = hashlib.sha256(" in third


def test_a_trial_does_not_rest_on_the_one_before(tree: Path) -> None:
    batch = planned(tree, *SELECT, verdict="unsafe")
    edits = Edits(tree, batch, SELECT)
    names = [site.fingerprint for site in batch.sites]
    first = edits.contents(names[:2]).files
    edits.hold(edits.contents(names).files)
    assert edits.contents(names[:2]).files == first


def test_an_import_that_two_sites_share_stays_with_either(tree: Path) -> None:
    batch = planned(tree / "b", "utcnow-to-aware", verdict="unsafe")
    edits = Edits(tree / "b", batch, ("utcnow-to-aware",))
    assert len(batch.sites) == 2
    for site in batch.sites:
        text = edits.contents([site.fingerprint]).files["clock.py"].decode()
        compile(text, "clock.py", "exec")
        assert text.count("utcnow") == 1
        assert "UTC" in text or "timezone" in text


def test_edits_on_top_of_others_are_taken_apart_on_the_text_those_left(tree: Path) -> None:
    (tree / "b/clock.py").write_text(CLOCK.replace("def now", "import os\n\n\ndef now"))
    batch = planned(tree, *SELECT, verdict="unsafe")
    (tree / "b/clock.py").write_text(CLOCK)
    edits = Edits(tree, batch, SELECT)
    last = batch.sites[-1]
    assert b"import os" in edits.contents([last.fingerprint]).files["b/clock.py"]
    assert len(edits.units) == len(batch.sites)


def test_sites_that_need_each_other_are_one_unit(tree: Path) -> None:
    """Half of a difference would be an aware time minus a naive one."""
    (tree / "b/clock.py").write_text(
        "from datetime import datetime\n\n\ndef age(when):\n"
        "    return datetime.utcnow() - datetime.utcfromtimestamp(when)\n"
        "\n\ndef old(when):\n    now = datetime.utcnow()\n"
        "    return now - datetime.utcfromtimestamp(when)\n"
    )
    batch = planned(tree / "b", "utcnow-to-aware")
    units = Edits(tree / "b", batch, ("utcnow-to-aware",)).units
    names = [site.fingerprint for site in batch.sites]
    assert units == ((names[0], names[1]), (names[2], names[3]))


def test_sites_of_one_group_are_one_unit(tree: Path) -> None:
    (tree / "b/clock.py").write_text(
        "import os\n\n\ndef one():\n    print('a')\n    print('b')\n\n\ndef two():\n    print('c')\n"
    )
    batch = planned(tree / "b", "print-to-logger")
    units = Edits(tree / "b", batch, ("print-to-logger",)).units
    assert [len(unit) for unit in units] == [2, 1]


def test_a_site_that_is_not_there_is_told(tree: Path) -> None:
    batch = planned(tree, *SELECT, verdict="unsafe")
    first, *others = batch.files
    made_up = replace(first.sites[0], fingerprint="0" * 16)
    wrong = replace(batch, files=(replace(first, sites=(made_up, *first.sites)), *others))
    edits = Edits(tree, wrong, SELECT)
    assert edits.contents(["0" * 16, first.sites[0].fingerprint]).vanished == {"0" * 16}
    assert len(edits.units) == 1


def test_edits_that_are_not_those_of_the_plan_are_not_parted(tree: Path) -> None:
    batch = planned(tree, *SELECT, verdict="unsafe")
    first, *others = batch.files
    other = replace(batch, files=(replace(first, after=first.after + b"# more\n"), *others))
    names = tuple(site.fingerprint for site in batch.sites)
    assert Edits(tree, other, SELECT).units == (names,)


def test_nothing_is_written_through_a_link(tree: Path, tmp_path: Path) -> None:
    batch = planned(tree, *SELECT, verdict="unsafe")
    outside = tmp_path / "outside"
    (tree / "a").rename(outside)
    (tree / "a").symlink_to(outside)
    with pytest.raises(CampaignError, match="a link leads elsewhere"):
        Edits(tree, batch, SELECT).hold({"a/tags.py": b""})
    (tree / "b/clock.py").rename(tmp_path / "clock.py")
    (tree / "b/clock.py").symlink_to(tmp_path / "clock.py")
    with pytest.raises(CampaignError, match="a link leads elsewhere"):
        Edits(tree, batch, SELECT).hold({"b/clock.py": b""})
    assert (outside / "tags.py").read_text() == TAGS
    assert (tmp_path / "clock.py").read_text() == CLOCK
