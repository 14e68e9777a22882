"""A monorepo whose packages are installed editable in an environment of its own, in every usual way."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from repositories import Work

_SETUPTOOLS = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
_HATCHLING = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'


@dataclass(frozen=True)
class Layout:
    """A package of the monorepo: how it lies there, what builds it, how it is installed."""

    name: str
    source: str
    build: str = _SETUPTOOLS
    options: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        return f"packages/{self.name}"

    @property
    def module(self) -> str:
        """The path of its module that is broken in a work tree."""
        return f"{self.folder}/{self.source}{self.name}/price.py"

    @property
    def root(self) -> str:
        return f"{self.folder}/{self.source}".rstrip("/")


STRICT = ("--config-settings", "editable_mode=strict")
LAYOUTS = (
    Layout("inner", "src/"),
    Layout("flat", ""),
    Layout("stricter", "src/", options=STRICT),
    Layout("flatter", "", options=STRICT),
    Layout("hatched", "src/", build=_HATCHLING),
)


def write_monorepo(work: Work) -> None:
    """Commit the packages, each with a test that a broken `price.py` turns red."""
    for layout in LAYOUTS:
        name = layout.name
        work.write(
            f"{layout.folder}/pyproject.toml",
            f'{layout.build}\n[project]\nname = "{name}"\nversion = "1"\n',
        )
        work.write(f"{layout.folder}/{layout.source}{name}/__init__.py", "")
        work.write(layout.module, "def price():\n    return 7\n")
        work.write(
            f"{layout.folder}/tests/test_{name}.py",
            f"from {name}.price import price\n\n\ndef test_price():\n    assert price() == 7\n",
        )
    work.write(".gitignore", "*.egg-info/\nbuild/\n.env\n")
    work.commit()


def installed(folder: Path, work: Work) -> Path:
    """A virtual environment with all packages of the monorepo installed editable; its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    _install(python, "setuptools", "hatchling", "editables", "pytest")
    for options in ((), STRICT):
        same = [layout for layout in LAYOUTS if layout.options == options]
        editable = [word for layout in same for word in ("-e", str(work.top / layout.folder))]
        _install(python, "--no-build-isolation", "--no-deps", *options, *editable)
    return python


def _install(python: Path, *arguments: str) -> None:
    asked = ("-m", "pip", "--python", str(python), "install", "--quiet", *arguments)
    subprocess.run([sys.executable, *asked], check=True, capture_output=True)
