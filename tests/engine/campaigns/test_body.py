"""The body of a request: complete for a reviewer, and nothing of others' text is markup in it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from publish_batches import batch_of, site

from fixaudit.campaigns.batch import Batch, BatchFile, CampaignPlan
from fixaudit.campaigns.body import LONGEST, body
from fixaudit.campaigns.report import BatchReport, CheckPlace, CheckRow, Dropped
from fixaudit.campaigns.settings import CampaignSettings

SETTINGS = CampaignSettings("utc-aware", ("utcnow-to-aware",), Path("c.toml"), Path())
PLAN = CampaignPlan("utc-aware", "0123456789abcdef" * 2 + "01234567", "0" * 16, ())
OWN = CheckPlace("packages/a", "acme-a")
OTHER = CheckPlace("packages/c", "acme-c", "depends on acme-a")
PYTEST = ("pytest", "-q", "-k", "not slow")


def rendered(text: str) -> list[Token]:
    return MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(text)


def inline(tokens: list[Token], *kinds: str) -> list[str]:
    """The texts of inline tokens of some kinds, such as `text` and `link_open`."""
    children = (child for token in tokens for child in token.children or ())
    return [child.content for child in children if child.type in kinds]


def plain(tokens: list[Token]) -> list[str]:
    """The texts that stand in no code: hosts look for names and numbers in these alone."""
    found, in_code = [], False
    for child in (child for token in tokens for child in token.children or ()):
        if child.type == "html_inline":
            in_code = child.content == "<code>"
        elif child.type == "text" and not in_code:
            found.append(child.content)
    return found


def full() -> tuple[Batch, BatchReport]:
    batch, report = batch_of("a")
    left = replace(site("a", 30, "the value leaves the program"), verdict="review")
    file = replace(batch.files[0], left=(left,))
    assert isinstance(file, BatchFile)
    dropped = Dropped(site("a", 9, "is compared"), OTHER, PYTEST, "E   assert 1 == 2\nFAILED t.py")
    checks = (
        CheckRow(OWN, PYTEST, "green", "green", 9.04, 12.6, 2, True),
        CheckRow(OTHER, PYTEST, "green", "green", 1.0, 1.0, 2),
    )
    return replace(batch, files=(file,)), replace(
        report, dropped=(dropped,), checks=checks, not_run=3
    )


def test_it_tells_what_was_checked_dropped_left_and_how_to_go_on() -> None:
    text = body(replace(SETTINGS, why="Naive times are wrong.\n\nTwice."), PLAN, *full())
    for line in (
        "Naive times are wrong.",
        "1 site in 1 file, as batch `a-01` of the campaign `utc-aware`.",
        "- owners: `@acme/pay`",
        "- `packages/a/mod.py:1` `utcnow-to-aware`: is aware of its zone",
        "| package | asked because | command | before | after | seconds, before / after |",
        "| `acme-a` | changed here | `pytest -q -k 'not slow'` | green | green (flaky, 2 runs) | 9.0 / 13 |",
        "| `acme-c` | `depends on acme-a` | `pytest -q -k 'not slow'` | green | green | 1.0 / 1.0 |",
        "Not run: 3 more dependents, as `max-dependents` is 40.",
        "FAILED t.py",
        "- `packages/a/mod.py:30` `utcnow-to-aware` (for a person to decide): the value leaves the program",
        "fixaudit campaign run utc-aware --batch a-01",
        "It was made on `0123456789ab`.",
    ):
        assert line in text.splitlines(), line
    assert "ignore[utcnow-to-aware] -- why" in text
    assert "close this request" in text


def test_the_table_has_as_many_cells_as_its_head_whatever_the_names() -> None:
    batch, report = full()
    for bad in ("a|b", "a\\|b", "a\\", "`|`", "|" * 9, "<td>", "x\ny"):
        row = CheckRow(CheckPlace(bad, bad, bad), (bad, bad), "green", "green")
        tokens = rendered(body(SETTINGS, PLAN, batch, replace(report, checks=(row,))))
        assert sum(token.type == "td_open" for token in tokens) == 6, bad


def test_where_the_host_decides_it_is_said() -> None:
    batch, report = batch_of("a")
    text = body(SETTINGS, PLAN, batch, replace(report, status="unverified"))
    assert "the checks of this request decide" in text
    assert "| package" not in text


def test_unsafe_edits_and_larger_batches_are_named() -> None:
    batch, report = batch_of("a")
    batch = replace(
        batch, verdict="unsafe", beyond="61 files that need each other", waits_for=("b-02",)
    )
    text = body(SETTINGS, PLAN, batch, report)
    assert "**These edits can change behaviour**" in text
    assert "- larger than the limits: 61 files that need each other" in text
    assert "- on top of: `b-02`" in text


def test_a_search_cut_short_and_edits_not_applied_are_said() -> None:
    batch, report = full()
    other = replace(
        batch.files[0], path="packages/a/other.py", sites=(site("a", 77, "no"),), left=()
    )
    batch = replace(batch, files=(*batch.files, other))
    text = body(SETTINGS, PLAN, batch, replace(report, complete=False))
    assert "The search was cut short" in text
    assert "- `packages/a/mod.py:77` `utcnow-to-aware` (not applied): no" in text


HOSTILE = [
    "**bold** _em_ ~~gone~~ [link](https://evil.example) ![img](https://evil.example/x.png)",
    "<img src=x onerror=alert(1)> <script>alert(1)</script> </details></summary>",
    "<!-- hidden",
    "@acme/everyone please read, @octocat; fixes #12, closes GH-7, acme/mono#3, !4",
    "see https://evil.example/a?b or www.evil.example",
    "```\n</details>\n# heading\n```",
    "````\n~~~~\n`````",
    "| cell | cell |\n|---|---|",
    "# heading\n\n- [ ] task\n\n> quote\n\n---\n",
    "/close\n/assign @me\n/label ~bug",
    "&lt;b&gt; &#64;octocat",
    "`unpaired <b>bold</b>",
    "a\x1b[2Jb\u202ec\x00",
    "::error::x",
    "\udc80",
    "<https://evil.example>",
    "[ref]: https://evil.example\n\n[ref]",
    "    indented <b>",
    "$$\\\\input{/etc/passwd}$$ $`x`$",
]


def hostile(text: str) -> str:
    batch, report = batch_of("a")
    found = site("a", 3, text, path=f"packages/{text}.py")
    file = replace(batch.files[0], path=found.path, sites=(found,), left=(replace(found, verdict="review", fingerprint="0" * 16),))  # fmt: skip
    batch = replace(batch, owners=(text,), packages=(text,), files=(file,), beyond=text)
    place = CheckPlace(text, text, text)
    row = CheckRow(place, (text, text), "red", "red", tail=text)
    dropped = Dropped(replace(found, line=4, fingerprint="1" * 16), place, (text,), text)
    report = replace(report, kept=(found,), checks=(row,), dropped=(dropped,))
    return body(SETTINGS, PLAN, batch, report)


def assert_quiet(text: str) -> None:
    tokens = rendered(text)
    assert inline(tokens, "link_open", "image", "em_open", "s_open", "html_block") == []
    html = set(inline(tokens, "html_inline")) | {
        t.content for t in tokens if t.type == "html_block"
    }
    shown = re.compile(r"<details><summary>(<code>[^<>@]*</code>( in |: the end of its log)?)+</summary>\n")  # fmt: skip
    for piece in html:
        assert piece in ("<code>", "</code>", "</details>\n", "</details>") or shown.fullmatch(piece), piece  # fmt: skip
    for words in plain(tokens):
        assert not re.search(r"(^|[^\w`])@\w|#\d|!\d|GH-\d|://|www\.", words), words
    headings = [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]  # fmt: skip
    assert headings == ["Places", "Checks", "Taken out", "Left as it is", "Make it again", "If you do not want it"]  # fmt: skip
    assert not any(line.lstrip().startswith("/") for line in unfenced(text)), text
    assert text.isprintable() or not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)


def unfenced(text: str) -> list[str]:
    lines, fence = [], ""
    for line in text.splitlines():
        found = re.match("`{3,}", line)
        if fence:
            fence = "" if line == fence else fence
        elif found:
            fence = found[0]
        else:
            lines.append(line)
    assert not fence
    return lines


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_others_is_text(text: str) -> None:
    assert_quiet(hostile(text))


@given(st.text(alphabet=st.sampled_from(list("`~*_<>[]()#@!|\\/&;:-+ .\n\tax1&$\"'")), max_size=60))
def test_whatever_the_text_it_is_text(text: str) -> None:
    assert_quiet(hostile(text))


def test_a_fence_in_a_log_does_not_end_the_block() -> None:
    log = "````\n</details>\n@octocat\n`````\nFAILED"
    batch, report = full()
    dropped = replace(report.dropped[0], tail=log)
    tokens = rendered(body(SETTINGS, PLAN, batch, replace(report, dropped=(dropped,))))
    assert f"{log}\n" in [token.content for token in tokens if token.type == "fence"]


def test_a_secret_of_the_environment_is_masked_in_logs() -> None:
    batch, report = full()
    dropped = replace(report.dropped[0], tail="token=s3cr3t-value\nFAILED")
    text = body(
        SETTINGS, PLAN, batch, replace(report, dropped=(dropped,)),
        mask=lambda log: log.replace("s3cr3t-value", "***"),
    )  # fmt: skip
    assert "s3cr3t-value" not in text
    assert "token=***" in text


@pytest.mark.parametrize("letter", ["x", "€", "😀", "|", "<", "`"])
def test_the_largest_batch_fits_and_what_was_cut_is_said(letter: str) -> None:
    long = letter * 3000
    batch, report = batch_of("a")
    sites = tuple(site("a", line, long, path=f"{long}/{line}.py") for line in range(3000))
    place = CheckPlace(long, long, long)
    rows = tuple(CheckRow(place, (long,), "green", "red", tail=long * 10) for _ in range(400))
    dropped = tuple(Dropped(replace(one, fingerprint=f"{at:016x}"), place, (long,), f"{long}{at}") for at, one in enumerate(sites))  # fmt: skip
    batch = replace(batch, owners=(long,) * 500, packages=(long,) * 500, beyond=long)
    text = body(replace(SETTINGS, why=f"{long}\n\n" * 40), PLAN, batch, replace(report, kept=sites, checks=rows, dropped=dropped))  # fmt: skip
    assert len(text.encode()) <= LONGEST
    assert re.search(r"And \d+ more places: not listed here", text)
    assert "fixaudit campaign run utc-aware --batch a-01" in text
    unfenced(text)


def test_a_long_log_keeps_its_end() -> None:
    batch, report = full()
    log = "".join(f"line {number}\n" for number in range(9000)) + "FAILED last"
    text = body(SETTINGS, PLAN, batch, replace(report, dropped=(replace(report.dropped[0], tail=log),)))  # fmt: skip
    assert "FAILED last" in text
    assert re.search(r"\(\d+ characters before were cut\)", text)
