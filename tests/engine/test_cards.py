"""What is kept of the codemods from run to run, and everything that must make it void."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from fixaudit.files import user_folders
from fixaudit.registry import entry_points, manifest

_CODEMOD = '''\
"""{summary}"""

import ast
from collections.abc import Iterator

from fixaudit import Codemod, Finding, Source


class Vain(Codemod):
    name = "vain"
    code = "VV{number}"
    triggers = (b"vain",)
    visits = (ast.Call,)

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        yield self.review(source, node, "vain")
'''


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of `sys.path`, in processes that keep their cards below `tmp_path`."""
    monkeypatch.setenv("FIXAUDIT_CACHE_DIR", str(tmp_path / "cache" / "fixaudit"))
    folder = tmp_path / "site"
    folder.mkdir()
    before = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(folder), before])))
    return folder


def _install(site: Path, number: int = 1, summary: str = "Vain calls are named.") -> Path:
    """A distribution with one codemod; its file."""
    described = site / "acme_vanity-1.0.dist-info"
    described.mkdir(exist_ok=True)
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-vanity\nVersion: 1.0\n")
    (described / "entry_points.txt").write_text(
        "[console_scripts]\nvanity = acme_vanity:main\n\n[fixaudit.codemods]\nacme = acme_vanity\n"
    )
    package = site / "acme_vanity"
    package.mkdir(exist_ok=True)
    (package / "__init__.py").write_text("")
    module = package / "vain.py"
    module.write_text(_CODEMOD.format(number=number, summary=summary))
    return module


def _listed() -> str:
    done = subprocess.run(
        [sys.executable, "-m", "fixaudit_cli", "list"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _kept() -> Path:
    """The one file of cards, wherever the platform's custom puts it."""
    folder = user_folders.cache_folder()
    assert folder is not None
    (path,) = Path(folder).glob("codemods-*.json")
    return path


def test_the_list_from_cards_is_the_list_from_the_codemods(site: Path) -> None:
    first = _listed()
    assert "md5-to-sha256" in first
    assert _kept().is_file()
    assert _listed() == first


def test_a_package_is_listed_at_once_after_its_installation_and_gone_after_its_removal(site: Path) -> None:  # fmt: skip
    without = _listed()
    assert "acme/vain" not in without
    _install(site)
    assert "acme/vain" in _listed()
    assert "VV1  acme/vain" in _listed()
    (site / "acme_vanity-1.0.dist-info" / "entry_points.txt").unlink()
    assert _listed() == without


def test_an_edited_codemod_is_seen_at_once(site: Path) -> None:
    module = _install(site, 1, "Vain calls are named.")
    assert "Vain calls are named." in _listed()
    before = module.stat()
    module.write_text(_CODEMOD.format(number=2, summary="Vain calls are hated"))
    os.utime(module, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    text = _listed()
    assert "VV2  acme/vain" in text
    assert "Vain calls are hated" in text
    assert "named" not in text.partition("acme/vain")[2].partition("\n")[0]


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"[]", b'{"key": 1}', b'{"key": "', b"[" * 100_000]
)
def test_a_torn_or_foreign_file_is_ignored_and_replaced(site: Path, content: bytes) -> None:
    first = _listed()
    _kept().write_bytes(content)
    assert _listed() == first
    assert json.loads(_kept().read_bytes())["codemods"]


def test_a_card_that_names_a_module_of_nobody_is_ignored(site: Path) -> None:
    first = _listed()
    content = json.loads(_kept().read_bytes())
    (site / "harm.py").write_text("raise SystemExit('ran')\n")
    content["codemods"][0][-2:] = ["harm", "Harm"]
    _kept().write_text(json.dumps(content))
    assert _listed() == first
    done = subprocess.run(
        [sys.executable, "-m", "fixaudit_cli", "check", "--isolated", "--no-cache", str(site)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


_ROW = ["a-b", "A1", True, [], "says", ["t"], None, "fixaudit_codemods.x", "X"]


@pytest.mark.parametrize(
    "row",
    [
        ["a", "b"],
        [1, *_ROW[1:]],
        [*_ROW[:2], "yes", *_ROW[3:]],
        [*_ROW[:5], [7], *_ROW[6:]],
        [*_ROW[:5], ["\u20ac"], *_ROW[6:]],
        [*_ROW[:6], [1, 2], *_ROW[7:]],
    ],
)
def test_a_card_of_another_shape_is_ignored(site: Path, row: list[object]) -> None:
    first = _listed()
    content = json.loads(_kept().read_bytes())
    content["codemods"].append(row)
    _kept().write_text(json.dumps(content))
    assert _listed() == first


def test_without_a_place_for_cards_all_works(site: Path, tmp_path: Path) -> None:
    first = _listed()
    (tmp_path / "cache" / "fixaudit").rename(tmp_path / "kept")
    (tmp_path / "cache" / "fixaudit").write_text("a file where the folder would be")
    assert _listed() == first


def test_a_codemod_that_does_not_import_any_more_is_said_and_ends_with_2(site: Path) -> None:
    module = _install(site)
    _listed()
    module.write_text("import nothing_like_it\n")
    done = subprocess.run(
        [sys.executable, "-m", "fixaudit_cli", "list"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "acme_vanity.vain does not import" in done.stderr


def test_entry_points_are_those_the_library_knows(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    _install(site)
    monkeypatch.syspath_prepend(str(site))
    known = {(e.name, e.value) for e in metadata.entry_points(group=entry_points.ENTRY_POINT_GROUP)}
    assert ("acme", "acme_vanity") in known
    assert entry_points.entry_points() == sorted(known)


def test_the_first_distribution_of_a_name_hides_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    for folder, value in (("one", "first"), ("two", "second")):
        described = tmp_path / folder / "Acme.Vanity-1.0.dist-info"
        described.mkdir(parents=True)
        (described / "entry_points.txt").write_text(f"[fixaudit.codemods]\nacme={value} [extra]\n")
        (described / "METADATA").write_text("Name: acme-vanity\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "one"), str(tmp_path / "two")])
    assert entry_points.entry_points() == [("acme", "first")]
    monkeypatch.setattr(entry_points, "_are_plain_folders", lambda: False)
    assert entry_points.entry_points() == [("acme", "first")]


def test_cards_say_what_the_codemods_say(site: Path) -> None:
    kept = manifest.installed_manifest()
    again = manifest.installed_manifest()
    assert [entry.known for entry in again] == [None] * len(kept)
    assert again == kept
    for entry in again:
        codemod = entry.load()
        assert entry == manifest.ManifestEntry.of(codemod)
        assert entry.trigger_pattern == codemod.trigger_pattern
        assert entry.triggers == codemod.triggers
