"""Trees of packages, written into a folder, with a real repository where one is wanted."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from fixaudit.workspace.packages import Packages, packages

_SHIELDED = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


def project(name: str, *needs: str, more: str = "") -> str:
    """A `pyproject.toml`."""
    wanted = "".join(f'    "{need}",\n' for need in needs)
    return f'[project]\nname = "{name}"\nversion = "1"\ndependencies = [\n{wanted}]\n{more}'


def grown(root: Path, files: Mapping[str, str]) -> Packages:
    """The packages of a tree without a repository."""
    write(root, files)
    return packages(root)


def write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, text=True, check=True,
        env={**os.environ, **_SHIELDED},
    )  # fmt: skip
    return done.stdout


def found(packages: Packages) -> dict[str, str]:
    """How each folder is found."""
    return {each.folder: each.found for each in packages}


def needed(packages: Packages, folder: str) -> dict[str, tuple[str, int]]:
    """The dependents of a folder by theirs: the proof, as `path:line how by`, and the distance."""
    return {
        each.package.folder: (f"{each.path}:{each.line} {each.how} {each.by}", each.distance)
        for each in packages.dependents(folder)
    }
