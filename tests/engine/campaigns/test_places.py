"""In which packages a batch's commands are run."""

from __future__ import annotations

from pathlib import Path

import pytest
from workspace.monorepos import grown, project

from fixaudit.campaigns.batch import Batch
from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.places import check_places
from fixaudit.campaigns.report import CheckPlace
from fixaudit.campaigns.settings import VerifySettings
from fixaudit.workspace.packages import Packages


@pytest.fixture(name="found")
def _found(tmp_path: Path) -> Packages:
    """core <- near <- far, core <- also (by an import); alone; and a script at the top."""
    return grown(
        tmp_path / "any-name",
        {
            "core/pyproject.toml": project("acme-core"),
            "core/src/acme_core/__init__.py": "",
            "near/pyproject.toml": project("acme-near", "acme-core"),
            "near/src/acme_near/__init__.py": "",
            "far/pyproject.toml": project("acme-far", "acme-near"),
            "far/src/acme_far/__init__.py": "",
            "also/pyproject.toml": project("acme-also"),
            "also/src/acme_also/__init__.py": "import acme_core\n",
            "alone/pyproject.toml": project("alone"),
            "alone/alone.py": "",
            "script.py": "",
        },
    )


def _batch(*packages: str) -> Batch:
    return Batch("core-01", "fix", (), packages, ())


CORE = CheckPlace("core", "acme-core")


def test_dependents_follow_the_nearest_first(found: Packages) -> None:
    places, beyond = check_places(found, _batch("core"), VerifySettings())
    assert beyond == 0
    assert places == (
        CORE,
        CheckPlace(
            "also",
            "acme-also",
            "also, which imports `acme_core` (also/src/acme_also/__init__.py:1)",
        ),
        CheckPlace("near", "acme-near", "near, which needs `acme-core` (near/pyproject.toml:5)"),
        CheckPlace("far", "acme-far", "far, which needs `acme-near` (far/pyproject.toml:5)"),
    )


def test_those_beyond_the_limit_are_counted(found: Packages) -> None:
    places, beyond = check_places(found, _batch("core"), VerifySettings(max_dependents=1))
    assert ([place.folder for place in places], beyond) == (["core", "also"], 2)
    places, beyond = check_places(found, _batch("core"), VerifySettings(max_dependents=0))
    assert (places, beyond) == ((CORE,), 3)


def test_a_package_of_the_batch_is_its_own_not_a_dependent(found: Packages) -> None:
    places, _ = check_places(found, _batch("core", "near"), VerifySettings())
    assert [(place.folder, place.why is None) for place in places] == [
        ("core", True),
        ("near", True),
        ("also", False),
        ("far", False),
    ]


def test_the_packages_alone(found: Packages) -> None:
    settings = VerifySettings(scope="package")
    assert check_places(found, _batch("core"), settings) == ((CORE,), 0)


def test_the_root_without_a_name_is_called_the_same_anywhere(found: Packages) -> None:
    places, _ = check_places(found, _batch(""), VerifySettings())
    assert places == (CheckPlace("", "."),)


def test_what_affected_prints_stands_in_for_dependents(found: Packages) -> None:
    settings = VerifySettings(scope="affected", max_dependents=3)
    lines = ["far/src/acme_far/__init__.py", "", "./near/", "core", "//alone:tests", "also", "far"]
    places, beyond = check_places(found, _batch("core"), settings, lines)
    assert [place.folder for place in places] == ["core", "far", "near", "alone"]
    assert places[1] == CheckPlace("far", "acme-far", "far, which `affected` names")
    assert beyond == 1
    places, _ = check_places(found, _batch("core"), settings, ["script.py"])
    assert places == (CORE, CheckPlace("", ".", "., which `affected` names"))


@pytest.mark.parametrize("line", ["/etc/passwd", "../other", "a/../../b"])
def test_a_place_outside_is_one_line(found: Packages, line: str) -> None:
    settings = VerifySettings(scope="affected")
    with pytest.raises(CampaignError, match="outside of the repository"):
        check_places(found, _batch("core"), settings, [line])
