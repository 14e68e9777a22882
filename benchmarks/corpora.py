"""Lays out the Python files that the commands are tried on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).parent
STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))
# Its tests hold files that are broken on purpose, and what is installed beside it is not of it.
_NOT_OF_IT = frozenset({"site-packages", "dist-packages", "test", "tests"})
SMALL = ("django",)
# With the standard library more than 13,000 files and 3 million lines.
LARGE = (
    *("openai", "langchain-community", "django", "prefect", "ansible-core", "apache-airflow-core"),
    *("networkx", "llama-index-core", "buildbot", "pip", "streamlit", "dask", "mypy", "nltk"),
    *("setuptools", "twisted", "sqlalchemy", "mitmproxy", "gradio", "scrapy", "distributed"),
    *(
        "celery",
        "redis",
        "kombu",
        "botocore",
        "aiohttp",
        "fastapi",
        "starlette",
        "uvicorn",
        "httpx",
    ),
)
SIZES = {"small": SMALL, "large": LARGE}


def packages(names: Sequence[str], folder: Path) -> list[str]:
    """The packages' sources below the folder, fetched once; gives those that cannot be had."""
    missing = []
    for name in names:
        target = folder / name
        if target.is_dir():
            continue
        print(f"fetching {name}", file=sys.stderr)
        # Under another name until it is whole: an interrupted fetch is not taken for a package.
        partial = target.with_name(f"{name}.part")
        shutil.rmtree(partial, ignore_errors=True)
        if _fetched(name, partial):
            partial.rename(target)
        else:
            missing.append(name)
            shutil.rmtree(partial, ignore_errors=True)
    return missing


def _fetched(name: str, target: Path) -> bool:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]
    run = subprocess.run(
        [*command, "--target", str(target), name], capture_output=True, text=True, check=False
    )
    if run.returncode != 0:
        print(run.stderr.strip()[-500:], file=sys.stderr)
    return run.returncode == 0


def lay_out(sources: Iterable[Path], target: Path) -> None:
    """Copy the Python files of the folders into a new git repository, as files that git knows."""
    for source in sources:
        besides = _NOT_OF_IT if source == STANDARD_LIBRARY else frozenset[str]()
        for path in python_files(source, besides):
            copy = target / source.name / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    track(target)


def track(folder: Path) -> None:
    """Make the folder a git repository that knows all files in it."""
    subprocess.run(["git", "init", "-q", folder], check=True)
    subprocess.run(["git", "-C", folder, "add", "--all", "--force", "."], check=True)


def python_files(folder: Path, besides: frozenset[str] = frozenset()) -> Iterator[Path]:
    """The Python files below a folder, in order; none of them a link or in folders `besides`."""
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - {".git", ".fixaudit", "__pycache__", *besides})
        for name in sorted(names):
            path = Path(at, name)
            if name.endswith(".py") and path.is_file() and not path.is_symlink():
                yield path


def counted(folder: Path) -> tuple[int, int, int]:
    """The numbers of files, of lines and of bytes."""
    files = lines = size = 0
    for path in python_files(folder):
        content = path.read_bytes()
        files, lines, size = files + 1, lines + content.count(b"\n"), size + len(content)
    return files, lines, size
