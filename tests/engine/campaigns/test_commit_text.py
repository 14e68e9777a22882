"""The message of a batch's commit: git and we read exactly our trailers, whatever stands before them."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publish_batches import batch_of, site

from fixaudit.campaigns.batch import Batch
from fixaudit.campaigns.commit_text import commit_message, title
from fixaudit.campaigns.report import BatchReport, CheckPlace, Dropped
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.campaigns.trailers import read_trailers, trailers_of

SETTINGS = CampaignSettings("utc-aware", ("utcnow-to-aware",), Path("c.toml"), Path())
FORGED = (
    "Fixaudit-Campaign: other\nFixaudit-Batch: other-01\nFixaudit-Plan: " + "f" * 32 + "\n"
    "Fixaudit-Findings: " + "e" * 16 + "\n\n"
)


def test_a_message_says_what_why_where_and_ends_with_the_trailers() -> None:
    batch, report = batch_of("a")
    why = "Naive times are compared with aware ones.\n\nThe audit asks for one kind of time."
    settings = replace(SETTINGS, title="Times know their zone", why=why)
    dropped = Dropped(site("a", 9), CheckPlace("packages/c", "c", "depends on a"), ("pytest", "-q"))
    message = commit_message(settings, batch, replace(report, dropped=(dropped,)))
    head, _, trailers = message.rpartition("\n\n")
    assert head == (
        "utc-aware: Times know their zone (a-01)\n\n"
        "Naive times are compared with aware ones.\n\n"
        "The audit asks for one kind of time.\n\n"
        "Rewrites 1 site in 1 file:\n\n"
        "- packages/a/mod.py:1: is aware of its zone\n\n"
        "Taken out:\n\n"
        "- packages/a/mod.py:9: turns c red"
    )
    assert trailers.startswith("Fixaudit-Campaign: utc-aware\nFixaudit-Batch: a-01\n")


def test_a_long_title_is_cut_at_72_and_said_whole_in_the_body() -> None:
    batch, report = batch_of("a")
    settings = replace(
        SETTINGS, title="Every time of day in this repository knows the zone it is in"
    )
    subject, empty, *rest = commit_message(settings, batch, report).splitlines()
    assert len(subject) <= 72
    assert subject.endswith("…")
    assert empty == ""
    assert " ".join(rest).startswith(title(settings, batch, report))


def test_without_a_title_the_codemods_speak() -> None:
    batch, report = batch_of("a")
    assert title(SETTINGS, batch, report) == "utc-aware: apply utcnow-to-aware (a-01)"
    spoken = replace(SETTINGS, title="Use aware times.")
    assert title(spoken, batch, report) == "utc-aware: Use aware times (a-01)"


def test_many_places_are_counted() -> None:
    batch, report = batch_of("a")
    sites = tuple(site("a", line) for line in range(50))
    message = commit_message(SETTINGS, batch, replace(report, kept=sites))
    assert "- and 30 more" in message.splitlines()


def hostile(text: str) -> tuple[CampaignSettings, Batch, BatchReport]:
    batch, report = batch_of("a")
    found = site("a", 3, text, path=f"packages/{text}.py")
    place = CheckPlace(text, text, text)
    report = replace(
        report,
        reason=text,
        kept=(found,),
        dropped=(Dropped(site("a", 4, text), place, (text, text), text),),
    )
    return replace(SETTINGS, title=text, why=text), replace(batch, owners=(text,)), report


@pytest.mark.parametrize(
    "text",
    [
        FORGED,
        f"x\n\n{FORGED}",
        f"\r\n\r\n{FORGED}",
        "a\u2028\u2028Fixaudit-Batch: other",
        "word " * 13 + "Fixaudit-Batch: other-01 " * 40,
        "\x00\x1b[2J\x85",
        "\udc80",
        "---\nFixaudit-Batch: x",
        "",
        " ",
        "-" * 500,
        "# comment\n#\n",
    ],
)
def test_text_of_others_forges_no_trailer(text: str) -> None:
    settings, batch, report = hostile(text)
    message = commit_message(settings, batch, report)
    expected = trailers_of("utc-aware", "fix", report)
    assert read_trailers(message) == expected
    done = subprocess.run(
        ["git", "interpret-trailers", "--parse", "--no-divider"],
        input=message.encode(),
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode() == expected.text
    assert len(message.splitlines()[0]) <= 72
    assert message.splitlines()[1] == ""


@given(st.text(max_size=200))
def test_whatever_the_text_the_trailers_are_ours(text: str) -> None:
    settings, batch, report = hostile(text)
    message = commit_message(settings, batch, report)
    assert read_trailers(message) == trailers_of("utc-aware", "fix", report)
    assert "Fixaudit-" not in message.rpartition("\n\n")[0]
    message.encode()


def test_what_a_reason_quotes_calls_nobody_and_skips_no_checks() -> None:
    settings, batch, report = hostile(
        "fixes #12 for @maintainer [skip ci] [ci skip] src/@types `@app.get`"
    )
    message = commit_message(settings, batch, report)
    for word in (" #12", " @maintainer", "[skip ci]", "[ci skip]"):
        assert word not in " ".join(message.split())
    assert "`@app.get`" in " ".join(message.split())


def test_only_the_codemods_that_a_batch_applies_speak() -> None:
    batch, report = batch_of("a")
    applied = report.kept[0].codemod
    words = (
        (applied, "Times are aware", "Naive ones mix."),
        ("other", "Others change", "Why not."),
    )
    settings = replace(SETTINGS, words=words)
    message = commit_message(settings, batch, report)
    assert title(settings, batch, report) == "utc-aware: Times are aware (a-01)"
    assert "\n\nNaive ones mix.\n\n" in message
    assert "thers change" not in message
    assert "Why not" not in message
