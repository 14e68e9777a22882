"""Runs the smoke tests (`tests/smoke`) on the Pythons of this machine, each in a folder of its own.

Looked for are all that `requires-python` allows; which ran, and which are missing, stands in the
last lines. `--all` runs the whole suite on each, `--but-this` leaves the running Python out.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import findpython

ROOT = Path(__file__).resolve().parents[1]
Version = tuple[int, int]


def supported() -> list[Version]:
    """The versions that the classifiers of the project name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    numbers = re.findall(r":: Python :: 3\.(\d+)", "\n".join(project["classifiers"]))
    return [(3, int(number)) for number in numbers]


def installed(oldest: Version) -> dict[Version, Path]:
    """One interpreter of each version from `oldest` on; the running one stands for its own."""
    running = (sys.version_info.major, sys.version_info.minor)
    found = {running: Path(sys.executable)}
    for entry in findpython.find_all(major=3):
        version = (entry.major, entry.minor)
        if version >= oldest and version not in found and _is_cpython(entry.executable):
            found[version] = entry.executable
    return dict(sorted(found.items()))


def _is_cpython(path: Path) -> bool:
    command = [str(path), "-c", "import sys; print(sys.implementation.name)"]
    return subprocess.run(command, capture_output=True, check=False).stdout.strip() == b"cpython"


def passes(python: Path, *, whole: bool) -> bool:
    """Install the project for a Python, and run the tests there."""
    extra = "[dev]" if whole else ""
    tests = ["-n", "auto"] if whole else ["tests/smoke"]
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder) / "bin" / "python"
        steps: tuple[list[str | Path], ...] = (
            [python, "-m", "venv", folder],
            [own, "-m", "pip", "install", "-q", "-e", f".{extra}", "pytest"],
            [own, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
        )
        return all(not subprocess.run(step, cwd=ROOT, check=False).returncode for step in steps)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--all", action="store_true", help="the whole suite on each")
    options.add_argument("--but-this", action="store_true", help="not on the running Python")
    given = options.parse_args()
    wanted = supported()
    found = installed(min(wanted))
    if given.but_this:
        del found[sys.version_info.major, sys.version_info.minor]
    results = {version: passes(python, whole=given.all) for version, python in found.items()}
    what = "the whole suite" if given.all else "the smoke tests"
    for version, passed in results.items():
        print(f"Python {_shown(version)}: {what} {'passed' if passed else 'FAILED'}")
    left = [v for v in wanted if v not in results and v != sys.version_info[:2]]
    for version in left:
        print(f"Python {_shown(version)}: not installed here, nothing ran")
    return 0 if all(results.values()) else 1


def _shown(version: Version) -> str:
    return f"{version[0]}.{version[1]}"


if __name__ == "__main__":
    sys.exit(main())
