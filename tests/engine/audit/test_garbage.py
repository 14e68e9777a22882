"""What is no report, or a hostile one: one clear line, in bounded work, and no other file opened."""

from __future__ import annotations

import builtins
import io
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from counted_calls import counted_calls

from fixaudit.errors import ReportError
from fixaudit.reports.model import Report
from fixaudit.reports.reader import read_report, read_report_bytes


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"one\ntwo\0three", ":2: a NUL byte"),
        (b"%PDF-1.7\n%\xe2", "pdftotext -layout x.md.pdf x.md.md"),
        (b"PK\x03\x04rest", "an Office document or archive"),
        (b"\x7fELF\x02\x01\x01\0", "a NUL byte"),
        (bytes(range(1, 9)) * 40, "control characters"),
        (
            b"<?xml version='1.0'?>\n<!DOCTYPE t [<!ENTITY a 'b'>]><t>&a;</t>",
            "x.md:2: XML with a document type",
        ),
        (b"<testsuite>\n<testcase name='a'>", "x.md:2: not valid XML: no element found"),
        (
            b"results:\n- path: a.py\n  text: 'open\n",
            "x.md:4: not valid YAML: found unexpected end of stream",
        ),
        (b'{"code": "E1"}\n{"code": ', "x.md:2: not valid JSON"),
        (b"\xff\xfea", "not readable as utf-16"),
        (b"# A\n\n" + b"> " * 400 + b"deep", "x.md:3: nested more than"),
        (b"".join(b" " * (2 * n) + b"- a\n" for n in range(200)), "nested more than"),
        (b"# A\n\n" + b"word " * 40_000, "x.md:3: one paragraph of"),
    ],
)
def test_garbage_is_named(data: bytes, says: str) -> None:
    with pytest.raises(ReportError) as caught:
        read_report_bytes("x.md", data)
    message = str(caught.value)
    assert says in message
    assert message.startswith("x.md:")
    assert "\n" not in message


def test_twenty_megabytes_are_refused_at_once() -> None:
    data = b"## 1. Issue\n\n**File:** `a.py:1`\n\n" * 650_000
    assert len(data) > 20_000_000

    def read() -> None:
        with pytest.raises(
            ReportError, match=r"big\.md:\d+: 2\d MB of Markdown, more than the 2 MB"
        ):
            read_report_bytes("big.md", data)

    # 650,000 findings, and none of them is looked at.
    assert counted_calls(read) < 1000


@pytest.mark.parametrize(
    "line",
    ["[" * 3000, "![[]()" * 400, "*a **b " * 600, "`" * 50 + " x", "<" * 3000, "a_b_" * 800, "&" * 3000,
     "(" * 3000, "1.1.1.1." * 400, "a.py:1," * 400, "x/" * 1500, "lines 1 and " * 300, "**" * 900,
     "critical " * 400, "- " * 20 + "a", "| a " * 400],
)  # fmt: skip
def test_hostile_lines_take_bounded_work(line: str) -> None:
    def work(part: str) -> int:
        data = f"# T\n\n## 1. {part}\n\n- **{part}** (`a.py:1`)\n\n{part}\n\n**File:** {part}\n"
        return counted_calls(lambda: read_report_bytes("x.md", data.encode()))

    with _stuck_at_60_processor_seconds():
        work("a")  # what is compiled only once in a process
        half, whole = work(line[: len(line) // 2]), work(line)
    assert whole < 5 * half


@contextmanager
def _stuck_at_60_processor_seconds() -> Iterator[None]:
    """Ends what is caught in one regular expression: no call is counted while it backtracks.

    What it takes is well below a second, and waiting for other processes does not count.
    """

    def stuck(number: int, frame: object) -> None:
        raise AssertionError("caught in an expression that backtracks without end")

    before = signal.signal(signal.SIGPROF, stuck)
    signal.setitimer(signal.ITIMER_PROF, 60)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def test_work_grows_with_size_only() -> None:
    part = "## {n}. Weak hash {n}\n\n**File:** `pkg/m{n}.py:{n}`\n**Severity:** High\n\n```python\nx = 1\n```\n\n"

    def work(count: int) -> int:
        data = ("# T\n\n" + "".join(part.format(n=n) for n in range(1, count + 1))).encode()
        reports: list[Report] = []
        calls = counted_calls(lambda: reports.append(read_report_bytes("x.md", data)))
        assert len(reports[0].findings) == count
        return calls

    work(20)
    small, large = work(75), work(300)
    assert large < small * 5


def test_missing_file_and_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.md", tmp_path):
        with pytest.raises(ReportError, match="cannot read the report"):
            read_report(path)


def test_paths_out_of_the_tree_are_flagged_and_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "a.md"
    report.write_text("# T\n\n## 1. Leak\n\n**File:** `../../etc/passwd:1`, `/etc/shadow.conf:2`\n")
    opened: list[str] = []
    real = io.open

    def spying(file: Any, *args: Any, **kwargs: Any) -> Any:
        opened.append(str(file))
        return real(file, *args, **kwargs)

    monkeypatch.setattr(builtins, "open", spying)
    monkeypatch.setattr(io, "open", spying)
    places = read_report(report).findings[0].locations
    assert [(p.path, p.outside_tree) for p in places] == [
        ("../../etc/passwd", True),
        ("etc/shadow.conf", False),
    ]
    assert [name for name in opened if "etc/" in name] == []


def test_a_page_without_findings_says_so() -> None:
    report = read_report_bytes("README.md", b"# Hello\n\nJust words.\n")
    assert report.findings == ()
    assert any("no finding was recognised" in warning for warning in report.warnings)


def test_windows_1252_and_utf_16_are_read() -> None:
    text = "# R\n\n## 1. Schwäche – MD5\n\n**Datei:** `a.py:3`\n**Schweregrad:** hoch\n"
    for codec in ("cp1252", "utf-16", "utf-8-sig"):
        finding = read_report_bytes("x.md", text.encode(codec)).findings[0]
        assert (finding.title, finding.severity) == ("Schwäche – MD5", "high")
        assert finding.locations[0].ranges == ((3, 3),)


def test_line_numbers_survive_crlf_and_front_matter() -> None:
    text = "---\ntitle: x\n---\n\n# R\n\n## 1. Weak hash\n\n**File:** `a.py:3`\n"
    for newline in ("\n", "\r\n", "\r"):
        finding = read_report_bytes("x.md", text.replace("\n", newline).encode()).findings[0]
        assert (finding.line, finding.end_line, finding.locations[0].line) == (7, 9, 9)


def test_importing_the_engine_does_not_read_reports() -> None:
    code = "import fixaudit, sys; assert 'fixaudit.reports' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
    code = "import fixaudit.reports.reader, sys; assert 'markdown_it' not in sys.modules and 'libcst' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
