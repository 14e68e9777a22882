"""Reports by people in plain forms: prose, mail, reStructuredText, wiki markup, registers, exports, reviews."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixaudit.reports.markup import as_markdown, markup_of
from fixaudit.reports.model import ReportFinding
from fixaudit.reports.reader import read_report, read_report_bytes

PROSE = Path(__file__).parent / "prose"

# fmt: off
WANTED: dict[str, list[tuple[int, str, str]]] = {
    "bullets.md": [
        (5, "Passwords are compared with == in auth/login.py, so timing leaks how much of the hash matches", "auth/login.py"),
        (6, "The retry loop in billing/charge.py never gives up; a dead gateway means a worker that spins for hours and nobody notices", "billing/charge.py"),
        (8, "We open the CSV export without newline=\"\"", ""),
        (9, "print is used for errors all over jobs/nightly.py", "jobs/nightly.py"),
    ],
    "caps.txt": [
        (5, "The admin token is written into the log", "server/auth.py"),
        (7, "Uploaded names are joined to the target directory without a check, see server/upload.py", "server/upload.py"),
        (12, "Every request compiles the same regular expression", "server/routes.py"),
        (13, "The user list is fetched once per row, not once per page", ""),
    ],
    "changelog.rst": [
    ],
    "de.md": [
        (3, "In lager/bestand.py wird der Bestand ohne Sperre geändert; zwei Aufträge zugleich machen ihn negativ", "lager/bestand.py"),
        (4, "Das Passwort der Datenbank steht im Quelltext", "lager/db.py"),
        (5, "Fehler beim Drucken gehen verloren, weil drucken() jede Ausnahme fängt", ""),
    ],
    "debt.rst": [
        (10, "storage/cache.py never evicts anything", "storage/cache.py"),
        (13, "The lock in storage.pool.acquire is not released when the connection fails", ""),
        (23, "Session cookies", "web/session.py:41"),
        (31, "Error pages", "web/errors.py"),
    ],
    "es.md": [
        (3, "El informe tarda demasiado", "informes/ventas.py"),
        (6, "Nadie sabe por qué falla el cierre", "cierre/run.py"),
        (9, "Fechas sin zona", "cierre/"),
    ],
    "fixme.txt": [
        (1, "server.py - connection is not closed on error", "server.py"),
        (2, "client.py - password is sent in clear", "client.py"),
        (3, "utils.py - duplicate of helpers.py", "utils.py helpers.py"),
        (4, "DONE: setup.py - drop Python 2", "setup.py"),
    ],
    "gh.json": [
        (2, "Crash on empty input", "app/parse.py:33"),
        (4, "Passwords in the log", "app/login.py:12"),
    ],
    "it.md": [
        (3, "I prezzi sono float in cassa/prezzi.py: gli arrotondamenti sbagliano di un centesimo", "cassa/prezzi.py"),
        (4, "Manca la chiusura del file", "cassa/export.py"),
        (5, "La stessa query è duplicata in tre moduli, cassa/a.py, cassa/b.py e cassa/c.py.", "cassa/a.py cassa/b.py cassa/c.py"),
    ],
    "jira.txt": [
        (5, "Credentials in the repository", "agent/config.py"),
        (12, "Endless loop on an empty queue", "agent/loop.py"),
        (15, "Wrong exception is caught", "agent/net.py"),
    ],
    "known.md": [
        (3, "The watcher misses renames", "watch/core.py"),
        (8, "Two instances corrupt the index", ""),
        (12, "Memory grows on large trees", "watch/tree.py"),
    ],
    "links.md": [
        (5, "The token is never refreshed, so long runs end with a 401", "client/auth.py:31"),
        (6, "client/auth.py:55 logs the whole response, the token included", "client/auth.py:55"),
        (7, "A None from load() is not handled client/load.py:12-18.", "../client/load.py:12-18"),
    ],
    "mail.txt": [
        (10, "the lock is taken twice in tick(), which deadlocks when a job re-schedules itself", "scheduler/core.py"),
        (13, "The default argument of add_job() in scheduler/api.py is a list", "scheduler/api.py"),
        (16, "Subprocesses are started with shell=True although the arguments come from the job table", "scheduler/spawn.py:88"),
        (19, "there is no timeout on the requests.get", "scheduler/ping.py"),
        (20, "the module docstring of scheduler/core.py is out of date", "scheduler/core.py"),
    ],
    "minutes.txt": [
    ],
    "onelist.md": [
        (3, "settings.DEBUG is true in production", ""),
        (4, "The Celery tasks are not idempotent; a retry charges the customer twice", ""),
        (5, "make_token uses random, not secrets.", ""),
    ],
    "paras.md": [
        (5, "The parser keeps the whole file in memory", "importer/reader.py"),
        (8, "Errors are swallowed", "importer/run.py"),
        (11, "Dates are naive everywhere", "importer/stamp.py"),
    ],
    "patchmail.txt": [
        (17, "This loops forever when the host is down", "client/http.py:15"),
        (27, "utcnow() gives a naive value, and we compare it with aware ones below.", "client/util.py:2"),
    ],
    "pl.txt": [
        (3, "Brak limitu czasu przy pobieraniu kursów", "kursy/nbp.py"),
        (4, "Hasło do bazy jest zapisane w kodzie", "kursy/baza.py"),
        (5, "Funkcja licz() w raporty/suma.py ma 300 wierszy i robi zbyt wiele", "raporty/suma.py"),
    ],
    "prcomments.json": [
        (2, "This never closes the file.", "app/a.py:12"),
        (3, "Please use a timeout here.", "app/b.py:40"),
    ],
    "readme.md": [
    ],
    "saved.md": [
        (7, "Shared between instances", "app/store.py:31"),
        (13, "Bare except, please name the exception", "app/store.py:77"),
        (19, "Star import hides what is used", "app/cli.py:5"),
    ],
    "tables.rst": [
        (7, "SQL is put together with string formatting", "app/db.py:12"),
        (10, "Mails are sent without a timeout", "app/mail.py:40"),
        (19, "No check of the size", "app/x.py"),
        (21, "Counts wrongly", "app/y.py"),
    ],
    "terse.md": [
        (4, "no auth on /export", "api/routes.py"),
        (5, "returns 200 on errors", "api/routes.py"),
        (8, "mutable default in Order.__init__", "api/models.py"),
        (9, "prices as float", "api/models.py"),
        (12, "swallows every exception", "jobs/sync.py"),
    ],
    "terse.txt": [
        (4, "no auth on /export", "api/routes.py"),
        (5, "returns 200 on errors", "api/routes.py"),
        (8, "mutable default in Order.__init__", "api/models.py"),
        (9, "prices as float", "api/models.py"),
    ],
    "todo.txt": [
        (4, "fix the race in worker.stop()", "worker.py"),
        (5, "replace md5", "hashing.py"),
        (6, "handle KeyError when the config lacks [server]", ""),
        (7, "remove the global connection", "db.py"),
    ],
    "tracker.csv": [
        (2, "Uploads hang for ever", "sync/upload.py"),
        (5, "Secret in log", "auth/token.py"),
        (7, "Wrong month in report", "report/month.py"),
    ],
    "verdict.md": [
        (7, "exporter/run.py:22 writes the header after the rows.", "exporter/run.py:22"),
        (19, "There is no test for an empty table", ""),
    ],
    "wiki.txt": [
        (4, "Broken totals", "report/sum.py"),
        (5, "Lost rows", "report/load.py"),
        (7, "No encoding", "report/out.py"),
    ],
}
# fmt: on


def _shown(finding: ReportFinding) -> tuple[int, str, str]:
    places = []
    for place in finding.locations:
        lines = ",".join(str(a) if a == b else f"{a}-{b}" for a, b in place.ranges)
        places.append(f"{place.path}:{lines}" if lines else str(place.path))
    return finding.line, finding.title, " ".join(places)


def test_every_text_has_its_findings_written_down() -> None:
    assert sorted(path.name for path in PROSE.iterdir()) == sorted(WANTED)


@pytest.mark.parametrize("name", WANTED)
def test_what_people_write_is_read(name: str) -> None:
    assert [_shown(each) for each in read_report(PROSE / name).findings] == WANTED[name]


@pytest.mark.parametrize("name", [name for name in WANTED if not name.endswith((".csv", ".json"))])
def test_other_markup_keeps_its_lines(name: str) -> None:
    text = (PROSE / name).read_text(encoding="utf-8")
    made = as_markdown(name, text)
    assert made.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("# A\n\n- **b** c\n", "markdown"),
        ("A\n~~~\n\n.. note:: b\n\n* c\n", "restructured"),
        ("h2. A\n\n{code}\nb\n{code}\n", "wiki"),
        ("== A ==\n\n* '''b''' c\n", "wiki"),
        ("A\n=\n\n1) b\n2) c\n", "plain"),
    ],
)
def test_markup_is_told_by_its_marks(text: str, markup: str) -> None:
    assert markup_of("notes", text) == markup


@pytest.mark.parametrize("line", ["pkg/__init__.py: *args is lost", "a <b> and **kw are dropped"])
def test_marks_of_markdown_mean_nothing_in_plain_text(line: str) -> None:
    report = read_report_bytes("BUGS", f"Known bugs:\n\n- {line}\n- b is never closed\n".encode())
    assert report.findings[0].title.split(": ")[-1] in line


def test_a_report_without_problems_says_so() -> None:
    text = b"# Review\n\n## Security\n\nNo issues.\n\n## Style\n\nNone.\n"
    report = read_report_bytes("review.md", text)
    assert report.findings == ()
    assert any("no finding" in warning for warning in report.warnings)


def test_quoted_code_that_looks_like_a_place_swallows_no_finding() -> None:
    finding = "### {0}. Order kept\n\n**File:** `a.py:{0}`\n\n```python\nif new:\n    self.orders.save(order)\n```\n\n"
    words = "### {0}. Print\n\n**File:** `b.py:{0}`\n\n**Problem:** nobody sees `x`.\n\n"
    text = "# Audit\n\n" + "".join(
        form.format(n) for n, form in enumerate([finding, words] * 3, start=1)
    )
    report = read_report_bytes("AUDIT.md", text.encode())
    assert [entry.id for entry in report.findings] == ["1", "2", "3", "4", "5", "6"]
