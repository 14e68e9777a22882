"""Reports in HTML: the same findings as in Markdown, at the lines of the source."""

from __future__ import annotations

import sys

import pytest

from fixaudit.errors import ReportError
from fixaudit.reports.reader import read_report_bytes

PAGE = """<!DOCTYPE html>
<html><head><title>Audit</title><style>h2 { color: red }</style></head>
<body>
<h1>Audit</h1>
<h2>High</h2>
<h3>1. Weak hash</h3>
<p><b>File:</b> <code>app/auth.py:9</code><br>
<b>Problem:</b> MD5 is broken.</p>
<pre><code>hashlib.md5(x)
</code></pre>
<h3>2. No bound</h3>
<ul><li><strong>File:</strong> <code>app/net.py:4</code></li>
<li><strong>Status:</strong> fixed</li></ul>
<h2>Table</h2>
<table><tr><th>File</th><th>Line</th><th>Issue</th><th>Severity</th></tr>
<tr><td>app/x.py</td><td>3</td><td>Lock is never freed</td><td>Low</td></tr></table>
<details><summary><b>7. Loops for ever (<code>app/y.py:8</code>)</b></summary><p>It may.</p></details>
</body></html>
"""


def test_a_page_is_read_with_its_lines() -> None:
    report = read_report_bytes("audit.html", PAGE.encode())
    assert report.format == "html"
    assert [
        (f.line, f.id, f.title, f.severity, f.locations[0].path, f.locations[0].ranges, f.disposition)
        for f in report.findings
    ] == [
        (6, "1", "Weak hash", "high", "app/auth.py", ((9, 9),), "open"),
        (11, "2", "No bound", "high", "app/net.py", ((4, 4),), "fixed"),
        (16, "L16", "Lock is never freed", "low", "app/x.py", ((3, 3),), "open"),
        (17, "7", "Loops for ever", None, "app/y.py", ((8, 8),), "open"),
    ]  # fmt: skip
    assert report.findings[0].snippets[0].code == "hashlib.md5(x)"


def test_without_the_library_the_command_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bs4", None)
    with pytest.raises(ReportError, match=r"pip install 'fixaudit\[html\]'"):
        read_report_bytes("audit.html", PAGE.encode())


CARDS = """<!DOCTYPE html>
<html><body><h1>Review</h1>
<div class="facts"><div class="fact"><div>Files</div><div>49</div></div>
<div class="fact"><div>Findings</div><div>5</div></div></div>
<h2>Findings</h2>
<div class="card open">
  <div class="head"><span class="no">#1</span> <span class="tag">High</span>
    <span class="name">Key in the code of <code>login()</code></span> <span class="at">app/auth.py:9-11</span><i>&#9654;</i></div>
  <div class="part"><div class="label">Description</div><div class="text">It is read by all.</div></div>
  <div class="part"><div class="label">Suggested fix</div><div class="text">Read it from <code>app/env.py</code>.</div></div>
</div>
<div class="card">
  <div class="head"><span class="no">#2</span><span class="tag">Low</span><span class="name">No lock is held</span><span class="at">app/net.py:4</span></div>
  <div class="part"><div class="label">Description</div><div class="text">Two threads write.</div></div>
</div>
<p>More of them, in another form.</p>
<div class="issue critical"><div class="badge">CRITICAL</div><div class="title">Shell is run with what a user sends</div>
  <div class="file">app/run.py:30</div><p>The name is not quoted.</p><pre>os.system(x)</pre></div>
<div class="issue medium"><div class="badge">Medium severity</div><div class="title">Answer is not checked</div>
  <div class="file">app/run.py:44</div><p>It may be empty.</p></div>
<h2>1. Open handle</h2>
<dl><dt>File</dt><dd>app/z.py:5</dd><dt>Severity</dt><dd>Low</dd><dt>Problem</dt><dd>Never closed</dd></dl>
</body></html>
"""


def test_cards_of_one_class_are_entries() -> None:
    report = read_report_bytes("cards.html", CARDS.encode())
    assert [
        (f.line, f.id, f.title, f.severity, f.locations[0].path, f.locations[0].ranges)
        for f in report.findings
    ] == [
        (6, "1", "Key in the code of login()", "high", "app/auth.py", ((9, 11),)),
        (12, "2", "No lock is held", "low", "app/net.py", ((4, 4),)),
        (17, "L17", "Shell is run with what a user sends", "critical", "app/run.py", ((30, 30),)),
        (19, "L19", "Answer is not checked", "medium", "app/run.py", ((44, 44),)),
        (21, "L21", "Open handle", "low", "app/z.py", ((5, 5),)),
    ]
    assert report.findings[0].problem == "It is read by all."
    assert report.findings[0].recommendation == "Read it from app/env.py."
    assert report.findings[2].snippets[0].code == "os.system(x)"


FILES = """<!DOCTYPE html>
<html><body><h1>Lint</h1>
<div class="file"><div class="name">app/a.py</div>
<div class="row"><span class="line">3</span><span class="level">error</span><span>Name is not defined</span></div>
<div class="row"><span class="line">9</span><span class="level">warning</span><span>Import is not used</span></div></div>
<div class="file"><div class="name">app/b.py</div>
<div class="row"><span class="line">4</span><span class="level">error</span><span>Name is not defined</span></div></div>
<h3>Key in the code <span class="badge">High</span></h3><p>Where: app/c.py:7</p>
<h3>No bound</h3><span class="badge">Low</span><p>Where: app/c.py:9</p>
</body></html>
"""


def test_cards_within_cards_and_marks_beside_headings() -> None:
    report = read_report_bytes("lint.html", FILES.encode())
    assert [
        (f.line, f.title, f.severity, f.locations[0].path, f.locations[0].ranges[0][0])
        for f in report.findings
    ] == [
        (4, "Name is not defined", "high", "app/a.py", 3),
        (5, "Import is not used", "medium", "app/a.py", 9),
        (7, "Name is not defined", "high", "app/b.py", 4),
        (8, "Key in the code", "high", "app/c.py", 7),
        (9, "No bound", "low", "app/c.py", 9),
    ]


RECORDS = """<!DOCTYPE html>
<html><body><h1>Report</h1>
<div class="entry"><div class="name">Key in the code</div><div class="row"><span>File</span><span>app/c.py</span></div>
<div class="row"><span>Line</span><span>7</span></div><div class="row"><span>Severity</span><span>High</span></div></div>
<div class="entry"><div class="name">No bound</div>
<table><tr><td>File</td><td>app/d.py</td></tr><tr><td>Line</td><td>9</td></tr><tr><td>Severity</td><td>Low</td></tr></table></div>
<h2>Told by number</h2>
<div class="told"><span>K-1</span><span>Low</span><p>Answer is not read (<code>app/e.py:2</code>)</p></div>
<div class="told"><span>K-2</span><span>Low</span><p>Lock is lost (<code>app/e.py:5</code>)</p></div>
</body></html>
"""


def test_fields_in_elements_of_their_own_make_a_card() -> None:
    report = read_report_bytes("records.html", RECORDS.encode())
    assert [
        (f.line, f.id, f.title, f.severity, f.locations[0].path, f.locations[0].ranges[0][0])
        for f in report.findings
    ] == [
        (3, "L3", "Key in the code", "high", "app/c.py", 7),
        (5, "L5", "No bound", "low", "app/d.py", 9),
        (8, "K-1", "Answer is not read", "low", "app/e.py", 2),
        (9, "K-2", "Lock is lost", "low", "app/e.py", 5),
    ]
