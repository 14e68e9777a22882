"""What a `setup.py` says without being run."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from fixaudit.config.declared_dependencies import declared_dependencies
from fixaudit.config.distribution import distribution_at
from fixaudit.config.setup_script import SetupCall, setup_call
from fixaudit.files.line_count import line_count


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("import setuptools\nsetuptools.setup(name='a')", SetupCall("a", ())),
        ("NAME: str = 'a'\nsetup(name=NAME, install_requires=[*BASE, 'x'])", SetupCall("a", ("x",))),
        ("B = ['x']\nsetup(install_requires=B + ('y',), extras_require={'t': ['z'], 'u': B})", SetupCall("", ("x", "y", "z", "x"))),
        # Assigned twice, computed, or a circle: nothing is known.
        ("B = ['x']\nB = ['y']\nsetup(install_requires=B)", SetupCall("", ())),
        ("A = A + ['x']\nsetup(name='a' + str(1), install_requires=read())", SetupCall("", ())),
        ("def setup(): ...\n", None),
        ("setup(\n", None),
        ("x = '\0'\n", None),
    ],
)  # fmt: skip
def test_literals_and_constants(tmp_path: Path, text: str, call: SetupCall | None) -> None:
    (tmp_path / "setup.py").write_text(text)
    assert setup_call(str(tmp_path / "setup.py")) == call


def test_a_circle_of_constants_ends(tmp_path: Path) -> None:
    (tmp_path / "setup.py").write_text("A = B + ['x']\nB = A\nsetup(install_requires=A)\n")
    call = setup_call(str(tmp_path / "setup.py"))
    assert call is not None
    assert set(call.requires) == {"x"}


def test_dependencies_of_every_file_are_put_together(tmp_path: Path) -> None:
    files = {
        "setup.cfg": "[options]\ninstall_requires =\n    # none\n    Flask_Login>=1\n[options.extras_require]\nx = six; python_version<'4'\n",
        "setup.py": "from setuptools import setup\nsetup(name='s', tests_require=['nose'])\n",
        "requirements.txt": "attrs==1\n-r other.txt\n",
        "pyproject.toml": "[dependency-groups]\ndev = ['mypy', {include-group = 'x'}]\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(dedent(text))
    wanted = frozenset({"flask-login", "six", "nose", "attrs", "mypy"})
    assert declared_dependencies(tmp_path) == wanted
    found = distribution_at(str(tmp_path))
    assert found is not None
    assert (found.name, found.needs, found.file, found.is_named) == ("s", wanted, "setup.py", True)


@pytest.mark.parametrize(("data", "lines"), [(b"", 0), (b"a", 1), (b"a\n", 1), (b"a\r\nb", 2), (b"\n" * 3, 3)])  # fmt: skip
def test_lines_are_counted_with_the_last_one(tmp_path: Path, data: bytes, lines: int) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(data)
    assert line_count(str(path)) == lines


def test_a_folder_has_no_lines(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"regular|directory"):
        line_count(str(tmp_path))
