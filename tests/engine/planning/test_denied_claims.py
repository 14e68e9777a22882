"""What a site that a codemod leaves says of a finding: that its claim is false there, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from trees import finding, only, planned, write

from fixaudit.plan.model import Flaw

WITH_TIMEOUT = """\
import requests


def fetch(url):
    return requests.get(url, timeout=300)
"""
IN_A_TEST = """\
import requests


def test_fetch():
    assert requests.get("http://localhost")
"""


def flaw_of(tmp_path: Path, path: str, code: str, title: str) -> tuple[Flaw, str, str]:
    found = only(planned(write(tmp_path, {path: code}), finding(f"{path}:5", title=title)))
    return found.flaw, found.verdict, found.anchors[0].flaw_why


def test_a_claim_that_the_code_denies_is_said_so(tmp_path: Path) -> None:
    flaw, verdict, why = flaw_of(tmp_path, "app/web.py", WITH_TIMEOUT, "Request without a timeout")
    assert (flaw, verdict) == (Flaw.NOT_HERE, "leave")
    assert why == "the named site is right now: it has a timeout: 300"


def test_who_speaks_of_the_value_is_not_told_that_there_is_one(tmp_path: Path) -> None:
    title = "Request timeout of 300 seconds is far too long"
    assert flaw_of(tmp_path, "app/web.py", WITH_TIMEOUT, title)[0] is Flaw.NOT_CHECKED


@pytest.mark.parametrize(
    "title", ["Request without a timeout", "Missing timeout: the http call hangs"]
)
def test_a_site_that_is_left_for_its_role_denies_nothing(tmp_path: Path, title: str) -> None:
    flaw, _, _ = flaw_of(tmp_path, "tests/test_web.py", IN_A_TEST, title)
    assert flaw is not Flaw.NOT_HERE


@pytest.mark.parametrize(
    ("title", "flaw"),
    [
        ("TLS verification disabled", Flaw.NOT_CHECKED),
        ("TLS verification disabled, request without a timeout", Flaw.NOT_HERE),
    ],
)
def test_what_is_right_by_the_way_denies_no_title(tmp_path: Path, title: str, flaw: Flaw) -> None:
    body = "**Problem:** Every certificate is accepted, and the call has no timeout."
    code = WITH_TIMEOUT.replace("300", "5")
    report = finding("app/web.py:5", body, title)
    found = only(planned(write(tmp_path, {"app/web.py": code}), report))
    assert (found.flaw, found.verdict) == (flaw, "leave")
    told = "`tls-verify` finds nothing there, of which its title speaks"
    assert (told in found.says) is (flaw is Flaw.NOT_CHECKED)
