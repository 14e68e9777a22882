"""Owner files written for a test, and read."""

from __future__ import annotations

from pathlib import Path

import fixaudit
from fixaudit import Owners


def tree(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def github(root: Path, text: str) -> Owners:
    return fixaudit.owners(tree(root, {".github/CODEOWNERS": text}))


def gitlab(root: Path, text: str) -> Owners:
    return fixaudit.owners(tree(root, {".gitlab/CODEOWNERS": text}))
