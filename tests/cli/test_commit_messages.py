"""Commit messages a reviewer can read: what, why, how many, which findings."""

from __future__ import annotations

import pytest

from fixaudit_cli.git.commit_messages import CommitSummary, commit_message

WHY = (
    "MD5 is broken as a security hash: collisions take seconds on a laptop, and the audit asks"
    " for SHA-256 wherever the value is not fixed by a protocol."
)


def test_a_message_says_what_why_how_many_and_which() -> None:
    summary = CommitSummary(
        "md5-to-sha256",
        "Use SHA-256 where MD5 protected something.",
        WHY,
        *(14, 1),
        findings=("SEC-014", "SEC-031", "SEC-014"),
        left="2 sites are left to a reviewer.",
    )
    assert commit_message(summary) == (
        "md5-to-sha256: Use SHA-256 where MD5 protected something\n"
        "\n"
        "MD5 is broken as a security hash: collisions take seconds on a laptop,\n"
        "and the audit asks for SHA-256 wherever the value is not fixed by a\n"
        "protocol.\n"
        "\n"
        "Rewrites 14 sites in 1 file.\n"
        "\n"
        "2 sites are left to a reviewer.\n"
        "\n"
        "Audit findings: SEC-014, SEC-031\n"
    )


@pytest.mark.parametrize("what", ["word " * 40, "x" * 200, "short"])
def test_no_line_is_too_long_and_nothing_is_lost(what: str) -> None:
    ids = tuple(f"FIND-{number:04}" for number in range(60))
    message = commit_message(CommitSummary("print-to-logging", what, WHY * 3, 1, 2, ids))
    subject, blank, *_ = message.split("\n")
    assert len(subject) <= 72
    assert subject.startswith("print-to-logging: ")
    assert blank == ""
    assert all(len(line) <= 72 or " " not in line.strip() for line in message.split("\n"))
    assert " ".join(what.split()) in " ".join(message.split())
    assert all(name in message for name in ids)
    assert "Rewrites 1 site in 2 files." in message
