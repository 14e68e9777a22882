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
