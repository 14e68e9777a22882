"""A project whose files have fixes, things for review, and a function that edits share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import fixaudit
from fixaudit.api import Report
from fixaudit.model.task import Executor

SELECT = ("md5-to-sha256", "utcnow-to-aware", "bounded-gather", "request-timeout")
_MODULE = """\
import asyncio
import hashlib
from datetime import datetime

import requests


def key{0}(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def fetched{0}(url: str) -> tuple[bytes, datetime]:
    return requests.get(url).content, datetime.utcnow()


async def ask{0}(prompt):
    return prompt


async def ask_all{0}(prompts):
    return await asyncio.gather(*[ask{0}(prompt) for prompt in prompts])
"""


def laid_out(root: Path, files: int = 12) -> Path:
    """The project, of so many modules of about one size."""
    package = root / "app"
    package.mkdir(parents=True)
    (root / "pyproject.toml").write_text('[project]\nname = "app"\nversion = "1"\n')
    (package / "__init__.py").write_text("")
    for number in range(files):
        (package / f"part_{number:02}.py").write_text(_MODULE.format(number))
    return root


def judged(
    root: Path, executor: str | Executor | None = None, select: Sequence[str] = SELECT
) -> Report:
    """What a run over the project finds, unsafe edits written, too."""
    return fixaudit.run([root], select=select, unsafe=True, executor=executor)
