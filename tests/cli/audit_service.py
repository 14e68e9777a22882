"""The services with the findings of an audit: copied, planned, edited and tried by their own tests.

A service stands in `audit_services/<name>` with its report `AUDIT.md` and its tests; pytest does not
collect them here. What a careful reader answers to its report is `services/<name>_key.json`, written
before `plan` had seen the service (`answer_keys` says how).
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from example_histories import example_repository
from repositories import Work

from fixaudit_cli.app import run

SERVICES = Path(__file__).with_name("audit_services")

Plan = dict[str, Any]

ACTING = ("fix", "unsafe")


def audit_service(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    """A copy of the service below `folder`, committed, as the current folder."""
    return example_repository(name, folder, monkeypatch, SERVICES)


def plan_of(capfd: pytest.CaptureFixture[str], *options: str) -> Plan:
    """What `plan` says of the report in the current folder."""
    capfd.readouterr()
    assert run(["plan", "AUDIT.md", ".", "--output-format", "json", *options]) == 0
    told: Plan = json.loads(capfd.readouterr().out)
    return told


def outcome_of_tests(service: Work) -> str:
    """How the service's own tests end, in a process of their own: `passed`, or what they print."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=service.top,
        capture_output=True,
        text=True,
        check=False,
    )
    return "passed" if done.returncode == 0 else done.stdout[-4000:]


def python_files(top: Path) -> dict[str, bytes]:
    """The bytes of every module below `top`, by its path."""
    return {str(path): path.read_bytes() for path in top.rglob("*.py")}


def edited_sites(plan: Plan) -> set[str]:
    """What the plan edits for its findings, as `codemod path:line`."""
    return {
        f"{site['codemod']} {site['path']}:{site['line']}"
        for entry in plan["findings"]
        for site in entry["here"]
        if site["verdict"] in ACTING
    }


def set_options(service: Work, tables: dict[str, str]) -> None:
    """Give codemods their options: the lines of a `[codemods.NAME]` table by the codemod's name."""
    text = "".join(f"[codemods.{name}]\n{lines}\n\n" for name, lines in tables.items())
    service.write("fixaudit.toml", text)
    service.git("add", "--all")
    service.git("commit", "--quiet", "-m", "Options of fixaudit")
