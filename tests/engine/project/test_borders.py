"""Five distributions of one repository with clashing names: what each name means, and who may speak for whom."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from counted_calls import counted_calls

from fixaudit import run
from fixaudit.config.request import find_root
from fixaudit.semantics.project import Project

Grow = Callable[[dict[str, str]], Project]

CONF = """
    from dataclasses import dataclass


    @dataclass
    class Conf:
        debug: bool = False
        url: str = ""
        {field}: int = 1
"""
READ = """
    from core.conf import Conf


    def read(conf: Conf) -> int:
        return getattr(conf, "{field}", 1)
"""
DOUBLE = """
    from types import SimpleNamespace


    def test_read():
        from run import read

        assert read(SimpleNamespace(debug=True, url="")) == 1
"""
FILES = {
    # The topmost one has tools' settings only: no distribution.
    "pyproject.toml": "[tool.black]\n",
    "alpha/pyproject.toml": '[project]\nname = "alpha"\n',
    "alpha/src/core/__init__.py": "",
    "alpha/src/core/conf.py": CONF.format(field="alpha"),
    "alpha/jobs/run.py": READ.format(field="alpha"),
    "beta/pyproject.toml": '[tool.poetry]\nname = "beta"\n',
    "beta/src/core/__init__.py": "",
    "beta/src/core/conf.py": CONF.format(field="beta"),
    "beta/jobs/run.py": READ.format(field="beta"),
    "beta/tests/test_run.py": DOUBLE,
    # It has no `core` of its own and declares whose it uses.
    "gamma/setup.cfg": "[metadata]\nname = gamma\n",
    "gamma/requirements.txt": "Alpha>=1\n",
    "gamma/jobs/run.py": READ.format(field="alpha"),
    # It depends on nothing that is called `core`, by metadata; two are there: not known.
    "delta/setup.py": "from setuptools import setup\nsetup(name='delta')\n",
    "delta/jobs/run.py": READ.format(field="alpha"),
    "delta/tests/pyproject.toml": "[tool.ruff]\n",
    "delta/tests/test_read.py": "def test(): ...\n",
    "epsilon/pyproject.toml": '[project]\nname = "epsilon"\n',
    "epsilon/lone/__init__.py": "",
    "epsilon/lone/model.py": CONF.format(field="lone"),
    "tests/test_lone.py": "from lone.model import Conf\n\nWANTED = Conf\n",
    "tests/test_other.py": "OTHER = 'Conf'\n",
}


def _verdicts(folder: Path) -> dict[str, tuple[str, str]]:
    report = run([folder], select=["getattr-default-removal"], isolated=True)
    return {
        f"{path}:{site.line}": (site.finding.verdict.value, site.finding.reason)
        for path, site in report.sites()
    }


@pytest.fixture
def root(grow: Grow, tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    grow(FILES)
    return tmp_path


def test_a_name_is_that_of_the_own_distribution_then_of_what_it_depends_on(grow: Grow) -> None:
    project = grow(FILES)
    root = project.root
    assert root is not None

    def home(near: str) -> str | None:
        path = project.path_of("core.conf", root / near)
        return None if path is None else path.relative_to(root).parts[0]

    assert [home(f"{name}/jobs/run.py") for name in ("alpha", "beta", "gamma", "delta")] == [
        "alpha",
        "beta",
        "alpha",
        None,
    ]


def test_evidence_is_searched_in_the_own_distribution_and_what_depends_on_it(grow: Grow) -> None:
    project = grow(FILES)
    root = project.root
    assert root is not None

    def said(needle: str, about: str) -> list[str]:
        found = project.mentions(needle.encode(), about=root / about)
        return [item.path.relative_to(root).as_posix() for item in found]

    assert said("SimpleNamespace(", "alpha/jobs/run.py") == []
    assert said("SimpleNamespace(", "beta/jobs/run.py") == ["beta/tests/test_run.py"]
    # Gamma depends on alpha, not the other way round; delta's import may mean either of two.
    assert said("class Conf", "gamma/jobs/run.py") == []
    assert "gamma/jobs/run.py" in said("def read", "alpha/src/core/conf.py")
    assert "gamma/jobs/run.py" not in said("def read", "beta/src/core/conf.py")
    assert "delta/jobs/run.py" in said("def read", "beta/src/core/conf.py")


def test_a_loose_test_belongs_to_what_it_imports(grow: Grow) -> None:
    project = grow(FILES)
    root = project.root
    assert root is not None
    found = project.mentions(b"Conf", about=root / "epsilon/lone/model.py")
    assert {item.path.relative_to(root).as_posix() for item in found} == {
        "epsilon/lone/model.py",
        "tests/test_lone.py",
    }


def _calls_of_loose_files(grow: Grow, count: int) -> int:
    """How many calls it takes to say who may speak for each of the files outside of distributions."""
    loose = {f"jobs/j{number}.py": "import lone.model\n" for number in range(count)}
    project = grow({**FILES, **loose})
    assert project.root is not None
    paths = [str(project.root / name) for name in loose]
    borders = project._borders
    borders.reach(paths[0])
    return counted_calls(lambda: [borders.reach(path) for path in paths])


def test_who_depends_on_whom_is_worked_out_once_for_all_files(grow: Grow) -> None:
    small, large = (_calls_of_loose_files(grow, count) for count in (20, 80))
    assert large < 5 * small


def test_settings_of_tools_make_no_distribution(root: Path) -> None:
    homes = Project(root)._layout.homes
    assert homes.of(str(root / "delta/tests")) == str(root / "delta")
    assert homes.of(str(root / "tests")) == str(root)


@pytest.mark.parametrize("name", ["alpha", "beta", "gamma", "delta"])
def test_the_answer_is_the_same_from_the_root_and_from_the_package(root: Path, name: str) -> None:
    whole = {place: said for place, said in _verdicts(root).items() if place.startswith(name)}
    assert whole == _verdicts(root / name)
    assert whole


def test_a_test_of_another_distribution_is_no_evidence(root: Path) -> None:
    verdicts = {place: verdict for place, (verdict, _) in _verdicts(root).items()}
    assert verdicts["alpha/jobs/run.py:6"] == "fix"
    assert verdicts["beta/jobs/run.py:6"] == "review"
    assert verdicts["gamma/jobs/run.py:6"] == "fix"
    assert verdicts["delta/jobs/run.py:6"] == "leave"


@pytest.mark.parametrize(
    ("files", "start", "wanted"),
    [
        ({"setup.py": "import setuptools\n", "app/a.py": ""}, "app", "."),
        ({"setup.cfg": "[metadata]\nname = x\n", "app/a.py": ""}, "app", "."),
        ({"pyproject.toml": "[project]\n", "app/pyproject.toml": "[tool.ruff]\n"}, "app", "."),
        ({"pyproject.toml": "[tool.ruff]\n", "app/a.py": ""}, "app", "."),
        ({"pyproject.toml": "[project]\n", "app/pyproject.toml": "[project]\n"}, "app", "app"),
        ({"pyproject.toml": "[project]\n", "app/setup.py": "def setup(): ...\n"}, "app", "."),
        (
            {
                "setup.py": "import setuptools\n",
                "app/__init__.py": "",
                "app/whl/setup.py": "import setuptools\n",
            },
            "app/whl",
            ".",
        ),
    ],
)
def test_a_run_without_a_repository_is_about_the_distribution(
    tmp_path: Path, files: dict[str, str], start: str, wanted: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert find_root([tmp_path / start]) == tmp_path / wanted


SETUP = "from setuptools import setup\nsetup(name='{name}')\n"
WHEEL = {
    "pyproject.toml": '[project]\nname = "whole"\n',
    "whole/__init__.py": "",
    "whole/parts.py": "def read(path): ...\n",
    "tests/test_parts.py": "from whole.parts import read\n",
}


@pytest.mark.parametrize(
    ("files", "home"),
    [
        # The template of a wheel that the package builds, beside what fills it in.
        ({"whole/wheel/setup.py": "remote", "whole/wheel/needs.py": ""}, "."),
        ({"whole/wheel/setup.py": "remote", "whole/wheel/__init__.py": ""}, "."),
        ({"whole/data/wheel/setup.py": "remote"}, "."),
        ({"whole/wheel/setup.py": "whole", "whole/wheel/src/x.py": ""}, "."),
        # Carried along with packages of its own, or beside the package.
        ({"whole/vendor/setup.py": "other", "whole/vendor/other/__init__.py": ""}, "whole/vendor"),
        ({"tools/setup.py": "tools"}, "tools"),
        # Nothing further up is a distribution: what looks like a package around it is none.
        ({"pyproject.toml": "[tool.ruff]\n", "whole/wheel/setup.py": "remote"}, "whole/wheel"),
    ],
)
def test_metadata_inside_a_package_is_no_border(
    grow: Grow, tmp_path: Path, files: dict[str, str], home: str
) -> None:
    (tmp_path / ".git").mkdir()
    texts = {n: SETUP.format(name=t) if n.endswith("setup.py") else t for n, t in files.items()}
    project = grow({**WHEEL, **texts})
    (place,) = (tmp_path / name for name in files if name.endswith("setup.py"))
    assert project._layout.homes.of(str(place.parent)) == str((tmp_path / home).resolve())
    found = project.mentions(b"def read", about=place)
    assert bool(found) is (home == ".")


PATCHED = {
    "pyproject.toml": '[project]\nname = "whole"\n',
    "whole/__init__.py": "",
    # A sketch of no package that names the service: what tests the whole need not run the service.
    "sketches/draft-1/draft.py": "from service.compat import text\n\nprint(text)\n",
    "tests/test_tokens.py": """
        from unittest.mock import patch

        from whole import tokens


        def test_none():
            with patch("os.path.exists", return_value=False):
                assert tokens.read("t") is None
    """,
    "whole/tokens.py": "def read(path): ...\n",
    "parts/service/pyproject.toml": '[project]\nname = "service"\n',
    "parts/service/service/__init__.py": "",
    "parts/service/service/compat.py": "text = 'a'\n",
    "parts/service/service/store.py": """
        import os


        def read(path: str) -> str:
            if os.path.exists(path):
                with open(path, encoding="utf-8") as file:
                    return file.read()
            else:
                return ""
    """,
}


@pytest.mark.parametrize(
    ("importing", "verdict"), [("whole", "fix"), ("service", "review"), ("unittest", "fix")]
)
def test_what_a_sketch_imports_its_distribution_does_not_need(
    grow: Grow, tmp_path: Path, importing: str, verdict: str
) -> None:
    (tmp_path / ".git").mkdir()
    name = "tests/test_tokens.py"
    grow({**PATCHED, name: PATCHED[name].replace("from whole", f"from {importing}")})
    store = tmp_path / "parts" / "service" / "service" / "store.py"
    report = run([store], select=["exists-open-to-eafp"], isolated=True)
    found = [(site.finding.verdict.value, site.finding.reason) for _, site in report.sites()]
    assert [word for word, _ in found] == [verdict], found


def test_lines_of_other_distributions_hide_none_of_the_own(grow: Grow) -> None:
    """What is cut to the first lines is cut among those that may speak."""
    others = {f"alpha/jobs/j{number:03}.py": "import threading\n" for number in range(90)}
    project = grow(FILES | others | {"beta/jobs/work.py": "import threading\n"})
    root = project.root
    assert root is not None
    found = project.mentions(b"import threading", 3, about=root / "beta/jobs/run.py")
    assert [item.path.relative_to(root).as_posix() for item in found] == ["beta/jobs/work.py"]
    found = project.mentions(b"import threading", 3, about=root / "alpha/jobs/run.py")
    assert len(found) == 3


def test_a_package_of_no_distribution_is_one_unit(tmp_path: Path) -> None:
    files = {
        "sky/__init__.py": "",
        "sky/runner.py": "MARK = 'a mark'\n",
        "sky/client/__init__.py": "",
        "sky/client/reader.py": "WANTED = 'a mark'\n",
        # It lies inside, and is another one.
        "sky/setup_files/setup.py": "from setuptools import setup\nsetup(name='sky')  # a mark\n",
        "checks/test_sky.py": "from sky.client import reader  # a mark\n",
        "notes.py": "NOTE = 'a mark'\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    project = Project(tmp_path)
    told = project.mentions(b"a mark", about=tmp_path / "sky/runner.py")
    assert [item.path.relative_to(tmp_path).as_posix() for item in told] == [
        "checks/test_sky.py",
        "sky/client/reader.py",
        "sky/runner.py",
    ]
