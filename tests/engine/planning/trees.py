"""Small trees and reports, and the plan over them."""

from __future__ import annotations

from pathlib import Path

from fixaudit.pipeline.runner import Request
from fixaudit.plan.decided import Settled
from fixaudit.plan.model import AuditPlan, Planned
from fixaudit.plan.pairing import ByHand
from fixaudit.plan.plan import make_plan
from fixaudit.plan.tree_findings import survey
from fixaudit.reports.reader import read_report_bytes

KEYS = '''\
"""Cache keys."""

import hashlib


def page_key(path: str) -> str:
    return hashlib.md5(path.encode()).hexdigest()


def user_key(name: str) -> str:
    return hashlib.md5(name.strip().encode()).hexdigest()
'''


def write(root: Path, files: dict[str, str]) -> Path:
    """The files below `root`, which becomes a project; gives `root` back."""
    (root / "pyproject.toml").write_text('[project]\nname = "t"\nrequires-python = ">=3.11"\n')
    for name, text in files.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    return root


def planned(
    root: Path,
    report: str,
    name: str = "AUDIT.md",
    *,
    trust_report: bool = False,
    by_hand: ByHand | None = None,
) -> AuditPlan:
    found = survey(Request(paths=(root,), root=root, isolated=True))
    read = read_report_bytes(name, report.encode())
    settled = {name: Settled(by_hand or {})}
    return make_plan([read], found.tree, found.codemods, trust_report=trust_report, settled=settled)


def only(plan: AuditPlan) -> Planned:
    (entry,) = plan.findings
    return entry


def finding(place: str, body: str = "", title: str = "MD5 used for keys") -> str:
    """A report of one finding that cites one place."""
    return f"# Audit\n\n### 1.1 {title}\n\n**Severity:** High\n**File:** `{place}`\n\n{body}\n"


def quoted(code: str) -> str:
    return f"```python\n{code}\n```\n"
