"""Writes small trees of fixtures."""

from __future__ import annotations

from pathlib import Path

from fixaudit.authoring.codemod import Codemod
from fixaudit.testing.cases import Case, find_cases
from fixaudit.testing.failure_report import identity, report
from fixaudit.testing.variant_checks import variants_of

TWO_SITES = '''"""Cache keys."""

from __future__ import annotations

import hashlib
import json


class Keys:
    # one key per request
    def of(self, tenant: str, query: dict[str, str]) -> str:
        text = json.dumps(query, sort_keys=True)
        return "q:" + hashlib.md5(
            tenant.encode("utf-8"),  # never empty
        ).hexdigest()

    async def short(self, text: str) -> str:
        if not text:
            return ""
        return hashlib.md5(text.encode('utf-8')).hexdigest()[:8]


def version() -> int:
    return 3
'''

LEFT = '''"""A check sum that a protocol asks for."""

import hashlib


def etag(body: bytes) -> str:
    """The entity tag of a body."""
    return hashlib.md5(body, usedforsecurity=False).hexdigest()
'''


def write(root: Path, files: dict[str, str | bytes]) -> None:
    """Writes files by their path below `root`."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def pair(folder: str, name: str, before: str, after: str | None = None) -> dict[str, str | bytes]:
    """Both files of a fixture; without `after` it equals `before`."""
    return {
        f"fixtures/before/{folder}/{name}": before,
        f"fixtures/after/{folder}/{name}": before if after is None else after,
    }


def with_sha(text: str) -> str:
    return text.replace("hashlib.md5", "hashlib.sha256")


def usual(root: Path, folder: str = "careful") -> None:
    """A tree that the careful codemod passes: one unsafe and one leave fixture."""
    write(root, pair(folder, "unsafe_keys.py", TWO_SITES, with_sha(TWO_SITES)))
    write(root, pair(folder, "leave_etag.py", LEFT))


def failures(root: Path, codemod: type[Codemod]) -> dict[str, str]:
    """What fails in a tree: the report by the last part of its identity."""
    found = {}
    for case in find_cases(root / "fixtures", [codemod]):
        for variant in (None, *variants_of(case)):
            text = report(case, variant)
            if text is not None:
                found[identity(case, variant).rpartition("/")[2]] = text
    return found


def only_case(root: Path, codemod: type[Codemod]) -> Case:
    (case,) = find_cases(root / "fixtures", [codemod])
    return case
