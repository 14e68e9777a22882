"""Which codemods answer a finding, and which are only offered: by words, rules, and what stands there."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import make_dataclass
from pathlib import Path

import pytest
from trees import KEYS, finding, only, planned, quoted, write

from fixaudit import Codemod, Finding, ReportMatch, Source
from fixaudit.pipeline.runner import Request
from fixaudit.plan.model import AuditPlan, Planned
from fixaudit.plan.options_said import settings
from fixaudit.plan.outcome_words import happens
from fixaudit.plan.plan import make_plan
from fixaudit.plan.tree_findings import survey
from fixaudit.registry.loader import installed_codemods
from fixaudit.reports.disposition import CLOSED
from fixaudit.reports.model import ReportFinding
from fixaudit.reports.reader import read_report

REPORTS = Path(__file__).resolve().parents[1] / "audit" / "reports"
TOOLS = REPORTS.parent / "tools"

EXPECTED = {
    "consultaion": {"8": "duplicate-assignment", "L167": "query-in-route"},
    "echo": {"1": "bounded-gather"},
    "echora": {
        "1.1": "md5-to-sha256",
        "1.2": "logger-exception-cleanup",
        "1.7": "runtimeerror-to-assertion",
        "1.8": "not-implemented-501",
        "2.1": "logger-exception-cleanup",
        "2.4": "print-to-logger",
        "3.5": "getattr-default-removal",
        "4.1": "fastapi-rate-limit",
        "4.8": "keep-task-reference",
        "5.3": "path-parameter-pattern",
        "6.2": "untested-route",
    },
    "kitsu": {"8": "route-dependencies", "10": "security-headers"},
    "violentutf": {"2.5": "missing-await"},
}
"""Report and finding to codemod, by the catalogue."""

MANUAL = {
    "consultaion": ("L205",),
    "echo": ("4", "L255"),
    "echora": ("4.6", "4.7"),
    "kitsu": ("3", "11"),
    "violentutf": ("1.3", "3.1", "3.2", "4.1", "7.2.2"),
}
"""Findings that are no edit at all: tests to write, architecture, other languages."""

DATABASE = {
    "consultaion": {
        "5": {"commit-in-scope", "split-transaction"},
        "6": {"engine-pool-options"},
        "L112": {"composite-index"},
    },
    "echo": {},
    "echora": {"1.4": {"session-per-call"}},
    "kitsu": {
        "7": {"engine-pool-options"},
        "9": {"engine-pool-options", "commit-in-scope", "split-transaction"},
    },
    "violentutf": {
        "1.1": {"annotate-special-methods"},
        "6.1": {"json-bind-guard"},
        "6.2": {"mapped-type"},
    },
}
"""Findings about databases, clients and annotations, and codemods that their words speak of, among others."""


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, AuditPlan]:
    empty = survey(Request(paths=(tmp_path_factory.mktemp("empty"),), isolated=True))
    return {
        name: make_plan([read_report(REPORTS / f"{name}.md")], empty.tree, empty.codemods)
        for name in EXPECTED
    }


def meant(entry: Planned) -> tuple[str, ...]:
    """The codemods that the words of a finding speak for; in an empty tree none of them acts."""
    return tuple(pair.codemod for pair in entry.pairs if pair.acts or pair.spoken)


@pytest.mark.parametrize("name", EXPECTED)
def test_findings_of_real_reports_speak_of_the_codemod_of_the_catalogue(
    name: str, plans: dict[str, AuditPlan]
) -> None:
    found = {entry.finding.id: meant(entry) for entry in plans[name].findings}
    assert {key: found[key] for key in EXPECTED[name]} == {
        key: (codemod,) for key, codemod in EXPECTED[name].items()
    }


@pytest.mark.parametrize("name", MANUAL)
def test_what_is_no_edit_speaks_of_nothing(name: str, plans: dict[str, AuditPlan]) -> None:
    found = {entry.finding.id: meant(entry) for entry in plans[name].findings}
    assert {key: found[key] for key in MANUAL[name]} == dict.fromkeys(MANUAL[name], ())


@pytest.mark.parametrize("name", DATABASE)
def test_findings_about_databases_and_clients(name: str, plans: dict[str, AuditPlan]) -> None:
    found = {entry.finding.id: meant(entry) for entry in plans[name].findings}
    missing = {key: names - {*found[key]} for key, names in DATABASE[name].items()}
    assert missing == {key: set() for key in DATABASE[name]}


@pytest.mark.parametrize("name", EXPECTED)
def test_in_an_empty_tree_nothing_is_found_and_nothing_is_lost(
    name: str, plans: dict[str, AuditPlan]
) -> None:
    plan = plans[name]
    assert len(plan.findings) == len(read_report(REPORTS / f"{name}.md").findings)
    assert all(entry.here == () and entry.elsewhere == () for entry in plan.findings)
    asking = [entry for entry in plan.findings if entry.finding.disposition not in CLOSED]
    assert {entry.verdict for entry in asking} <= {"not-found", "manual"}
    assert all(entry.says for entry in plan.findings)


def test_advice_that_would_do_harm_is_named(plans: dict[str, AuditPlan]) -> None:
    (entry,) = [entry for entry in plans["echo"].findings if entry.finding.id == "1"]
    assert any("second event loop" in note for note in entry.notes)


@pytest.mark.parametrize(
    ("advice", "told"),
    [
        ("semaphore = asyncio.Semaphore(4)", False),
        ("async with asyncio.Semaphore(4):\n    ...", False),
        ("CALLS = asyncio.Semaphore(4)", True),
        ("_calls: asyncio.Semaphore = asyncio.Semaphore(4)", True),
        ("calls = asyncio.Semaphore(4)\n\nasync def one(x):\n    ...", True),
    ],
)
def test_one_line_of_advice_may_be_meant_for_the_inside(
    tmp_path: Path, advice: str, told: bool
) -> None:
    code = (
        "import asyncio\n\n\nasync def one(x: int) -> int:\n    return x\n\n\n"
        "async def every(xs: list[int]) -> list[int]:\n"
        "    return await asyncio.gather(*[one(x) for x in xs])\n"
    )
    body = f"**Fix:** A limit:\n\n{quoted(advice)}"
    report = finding("app/ask.py:9", body, title="Unbounded concurrent calls")
    entry = only(planned(write(tmp_path, {"app/ask.py": code}), report))
    assert entry.codemods == ("bounded-gather",)
    assert any("second event loop" in note for note in entry.notes) is told


@pytest.mark.parametrize(
    "report", ["ruff.sarif", "bandit.sarif", "bandit.json", "bandit.csv", "semgrep.sarif"]
)
def test_what_tools_report_about_md5_is_anchored_and_paired(tmp_path: Path, report: str) -> None:
    source = '"""Auth."""\n\n\n\nimport hashlib\n\n\ndef key(name: str) -> str:\n    return hashlib.md5(name.encode()).hexdigest()\n'
    root = write(tmp_path, {"sample/app/auth.py": source.replace("\n\n\n\nimport", "\n\n\nimport")})
    found = survey(Request(paths=(root,), root=root, isolated=True))
    plan = make_plan([read_report(TOOLS / report)], found.tree, found.codemods)
    paired = [entry for entry in plan.findings if entry.codemods == ("md5-to-sha256",)]
    assert [[site.line for site in entry.here] for entry in paired] == [[8]]


def test_a_weakness_class_alone_is_too_little(tmp_path: Path) -> None:
    report = finding("app/keys.py:7", "CWE-400\n", title="Uploads of any size are read")
    assert only(planned(write(tmp_path, {"app/keys.py": KEYS}), report)).codemods == ()


def test_code_quoted_by_the_way_does_not_pair(tmp_path: Path) -> None:
    code = "for attempt in range(60):\n    print(attempt)\n    wait(5)\n    retry(attempt)\n"
    report = finding("app/poll.py:1-4", quoted(code), title="Magic numbers")
    assert only(planned(write(tmp_path, {"app/poll.py": code}), report)).codemods == ()


def test_a_reference_to_another_finding_carries_its_codemod(tmp_path: Path) -> None:
    report = finding("app/keys.py:7") + (
        "\n### 1.2 The same for users\n\n**File:** `app/keys.py:11`\n\n**Recommendation:** As 1.1.\n"
    )
    plan = planned(write(tmp_path, {"app/keys.py": KEYS}), report)
    assert [entry.codemods for entry in plan.findings] == [("md5-to-sha256",)] * 2
    assert [[site.line for site in entry.here] for entry in plan.findings] == [[7], [11]]


PASSWORDS = """\
import hashlib


def verify(password: str, stored: str) -> bool:
    return hashlib.md5(password.encode()).hexdigest() == stored
"""


def test_a_reference_does_not_answer_what_the_finding_itself_is_about(tmp_path: Path) -> None:
    report = finding("app/keys.py:5") + (
        "\n### 1.2 Timing attack on the password check\n\n**File:** `app/keys.py:4-5`\n\n"
        "**Recommendation:** Done by fixing #1.1\n"
    )
    first, second = planned(write(tmp_path, {"app/keys.py": PASSWORDS}), report).findings
    assert first.codemods == ("md5-to-sha256",)
    assert "md5-to-sha256" not in second.codemods
    told = "the report refers to 1.1 here, which `md5-to-sha256` answers: see there"
    assert any(note.startswith(told) for note in second.notes)


# ------------------------------------------------------------------ what acts, and where

CLIENT = """\
import requests


class Client:
    def __init__(self):
        self.session = requests.Session()

    def get(self, url):
        return self.session.get(url, verify=False, timeout=5)


def other(url):
    return requests.get(url, verify=False, timeout=5)
"""


def paired_in(
    tmp_path: Path, code: str, place: str, body: str = "", title: str = "A finding"
) -> Planned:
    root = write(tmp_path, {"app/client.py": code})
    return only(planned(root, finding(place, body, title)))


def acting(entry: Planned) -> dict[str, str]:
    return {pair.codemod: pair.confidence for pair in entry.pairs if pair.acts}


def test_words_and_a_site_on_the_cited_line_act_there_and_at_like_places(tmp_path: Path) -> None:
    found = paired_in(tmp_path, CLIENT, "app/client.py:9", title="verify=False in the client")
    assert acting(found) == {"tls-verify": "high"}
    assert [site.line for site in (*found.here, *found.elsewhere)] == [9, 13]


def test_words_and_a_site_in_the_named_function_act(tmp_path: Path) -> None:
    body = "**Problem:** `other()` talks to servers with certificate verification off.\n"
    found = paired_in(tmp_path, CLIENT, "app/client.py", body, "Insecure client")
    assert acting(found) == {"tls-verify": "high"}
    assert [site.line for site in found.here] == [13]


def test_a_rule_acts_where_no_site_is_cited(tmp_path: Path) -> None:
    found = paired_in(tmp_path, CLIENT, "app/client.py", "**Rule:** S501\n")
    assert acting(found) == {"tls-verify": "high"}


@pytest.mark.parametrize("body", ["CWE-295\n", "**Fix:** Turn on certificate verification.\n"])
def test_a_weak_word_acts_on_the_cited_line_only(tmp_path: Path, body: str) -> None:
    found = paired_in(tmp_path, CLIENT, "app/client.py:9", body)
    assert acting(found) == {"tls-verify": "medium"}
    assert ([site.line for site in found.here], found.elsewhere) == ([9], ())


def test_words_and_a_file_without_lines_are_offered(tmp_path: Path) -> None:
    found = paired_in(tmp_path, CLIENT, "app/client.py", title="TLS verification is disabled")
    assert (acting(found), found.here, found.elsewhere) == ({}, (), ())
    (offer,) = found.offers
    assert (offer.codemod, offer.accept) == ("tls-verify", "1.1=tls-verify")
    assert offer.told() == (
        "`tls-verify` may answer it (keywords in its title: tls, disabled),"
        " with 2 places in the file it cites: app/client.py:9,13"
    )
    assert (found.says, happens(found, False)) == (
        "offered; not checked at app/client.py: what `tls-verify` finds there may be something else",
        "offered",
    )


def test_words_without_a_place_are_offered(tmp_path: Path) -> None:
    root = write(tmp_path, {"app/client.py": CLIENT})
    report = (
        "# Audit\n\n### 1.1 TLS verification is disabled\n\n**Severity:** High\n\nEverywhere.\n"
    )
    found = only(planned(root, report))
    assert (acting(found), found.here, found.elsewhere) == ({}, (), ())
    assert [offer.where for offer in found.offers] == [
        "with 2 places in the tree: app/client.py:9,13"
    ]


def test_what_other_findings_cite_is_not_offered(tmp_path: Path) -> None:
    root = write(tmp_path, {"app/client.py": CLIENT, "app/fine.py": "import requests\n"})
    report = (
        "# Audit\n\n### 1.1 TLS verification is disabled\n\n**File:** `app/client.py:9`\n\n"
        "### 1.2 TLS verification is disabled\n\n**File:** `app/client.py:13`\n\n"
        "### 1.3 TLS verification is disabled\n\n**File:** `app/fine.py`\n"
    )
    found = planned(root, report).findings
    assert [(happens(entry, True), entry.offers) for entry in found[2:]] == [("by hand", ())]


def test_the_only_like_place_of_a_file_is_acted_on_and_no_other(tmp_path: Path) -> None:
    files = {"app/client.py": CLIENT.partition("\n\n\ndef other")[0], "app/more.py": CLIENT}
    report = finding("app/client.py:2", title="TLS verification is disabled")
    found = only(planned(write(tmp_path, files), report))
    assert acting(found) == {"tls-verify": "medium"}
    assert ([site.line for site in found.here], found.elsewhere) == ([9], ())


def test_what_has_no_site_in_the_tree_is_not_offered(tmp_path: Path) -> None:
    found = paired_in(tmp_path, "X = 1\n", "app/client.py:1", title="TLS verification is disabled")
    assert (acting(found), found.notes) == ({}, ())


def test_a_title_over_a_field_of_a_model_is_no_query(tmp_path: Path) -> None:
    code = (
        "from sqlalchemy import text\n\n\nclass Request:\n    project_id: str\n\n\n"
        "def load(session, key):\n    return session.execute(text(f\"SELECT 1 WHERE k = '{key}'\"))\n"
    )
    root = write(tmp_path, {"app/models.py": code.partition("\n\n\ndef")[0], "app/repo.py": code})
    report = finding("app/models.py:5", title="SQL Injection Risk via project_id")
    found = only(planned(root, report))
    assert (acting(found), found.here, found.elsewhere) == ({}, (), ())


def test_code_alone_never_acts(tmp_path: Path) -> None:
    code = CLIENT.partition("\n    def get")[0].partition("class")[2]
    body = (
        quoted("class" + code)
        + "\n**Problem:** `__init__` opens a session and names nobody in it.\n"
    )
    found = paired_in(tmp_path, CLIENT, "app/client.py:5-6", body, "Anonymous requests.Session()")
    assert (acting(found), found.notes) == ({}, ())


def test_several_codemods_answer_one_finding(tmp_path: Path) -> None:
    code = CLIENT.replace(", timeout=5", "")
    title = "No timeout, and certificate verification is off"
    found = paired_in(tmp_path, code, "app/client.py:13", title=title)
    assert acting(found) == {"request-timeout": "high", "tls-verify": "high"}


def test_what_the_problem_says_by_the_way_does_not_act_beside_the_title(tmp_path: Path) -> None:
    code = CLIENT.replace(", timeout=5", "")
    body = "**Problem:** This is as bad as the missing timeout.\n"
    found = paired_in(tmp_path, code, "app/client.py:13", body, "verify=False in the client")
    assert acting(found) == {"tls-verify": "high"}


def test_words_of_two_sentences_do_not_stand_together(tmp_path: Path) -> None:
    body = "**Problem:** The certificate is in a file. The light is off.\n"
    assert acting(paired_in(tmp_path, CLIENT, "app/client.py:9", body)) == {}


# ------------------------------------------------------------------ by hand


@pytest.mark.parametrize("names", [("tls-verify",), ("tls-verify", "request-timeout"), ()])
def test_what_a_person_paired_goes_before_all_words(tmp_path: Path, names: tuple[str, ...]) -> None:
    root = write(tmp_path, {"app/client.py": CLIENT})
    report = finding("app/client.py:9", title="Hashes by MD5, verify=False")
    found = only(planned(root, report, by_hand={"1.1": names}))
    assert (found.codemods, found.by_hand) == (names, True)
    said = ", ".join(f"`{name}`" for name in names)
    assert found.notes[0] == (f"paired by you with {said}" if names else "unpaired by you")
    assert {site.finding.codemod for site in found.here if site.line == 9} == set(names)


# ------------------------------------------------------------------ options


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("Run a maximum of 3 concurrent calls.", ["limit = 3"]),
        ("Use `asyncio.Semaphore(5)`.", ["limit = 5"]),
        ("Ten at a time would do.", []),  # the default
        ("Four at a time would do.", ["limit = 4"]),
        ("At most 0 in parallel.", []),
        ("At most 3 in parallel, or at most 4 in parallel.", []),
        ("It should be bounded.", []),
    ],
)
def test_the_reports_words_fill_the_options(tmp_path: Path, words: str, lines: list[str]) -> None:
    code = "import asyncio\n\n\nasync def load(keys, get):\n    await asyncio.gather(*[get(k) for k in keys])\n"
    body = f"**Problem:** Parallel calls without limit.\n\n**Fix:** {words}\n"
    found = paired_in(tmp_path, code, "app/client.py:5", body, "asyncio.gather is unbounded")
    assert found.codemods == ("bounded-gather",)
    assert list(found.settings) == (["[codemods.bounded-gather]", *lines] if lines else [])


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        ("set-literal", "It is too low: set `max_retries = 5`.", 'values = ["max_retries = 5"]'),
        ("set-literal", "It is too low in `retry(times=5, wait=1)`.", None),
        ("set-literal", "It is too low: set `delay = 0.5`.", 'values = ["delay = 0.5"]'),
        ("setting-add-field", "Add `wait: int = 30`.", 'fields = ["wait: int = 30"]'),
        ("setting-add-field", "Add `wait: float = 0.5`.", 'fields = ["wait: float = 0.5"]'),
        ("setting-add-field", 'Add `host: str = "a.b"`.', 'fields = ["host: str = \\"a.b\\""]'),
        ("set-field-default", "Raise it: `pool_size = 20`.", 'fields = ["pool_size = 20"]'),
    ],
)
def test_the_end_of_a_sentence_is_no_part_of_a_value(
    name: str, words: str, said: str | None
) -> None:
    codemod = next(each() for each in installed_codemods() if each.name == name)
    asked = ReportFinding(id="1", title="Too low", line=1, end_line=2, problem=words)
    lines = settings(asked, [codemod], [])
    assert list(lines) == ([f"[codemods.{name}]", said] if said else [])


@pytest.mark.parametrize(("as_written", "value"), [((), "get_user"), (("name",), "Get_User")])
def test_an_option_may_keep_the_capitals_of_the_report(
    as_written: tuple[str, ...], value: str
) -> None:
    class Named(Codemod):
        name, code, triggers, visits = "named", "XY101", (b"x",), (ast.Call,)
        report_match = ReportMatch(options={"name": (r"call it (\w+)",)}, as_written=as_written)
        Options = make_dataclass("Options", [("name", str, "")], frozen=True)

        def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
            yield from ()

    said = ReportFinding(id="1", title="Names", line=1, end_line=2, problem="CALL it Get_User.")
    assert list(settings(said, [Named()], [])) == ["[codemods.named]", f'name = "{value}"']


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("Rename `is_float_vector` to `is_numeric_vector`.", '{ "is_float_vector" = "is_numeric_vector" }'),
        ("Rename the helper `vectors.checked()` into `as_checked`.", '{ "vectors.checked" = "as_checked" }'),
        ("Rename parameter `vec` to `float_vector`.", None),
        ("Rename a_b to c_d, or rename a_b to e_f.", None),
        ("Find a better name.", None),
    ],
)  # fmt: skip
def test_a_report_that_says_a_rename_gets_the_lines_to_set(
    tmp_path: Path, words: str, line: str | None
) -> None:
    code = "def is_float_vector(vector):\n    return isinstance(vector, list)\n"
    body = f"**Problem:** The function name says another thing.\n\n**Fix:** {words}\n"
    found = paired_in(tmp_path, code, "app/client.py:1", body, "Misleading function name")
    assert found.verdict == ("review" if line else "manual")
    lines = ["[codemods.rename-symbol]", f"renames = {line}"]
    assert list(found.settings) == (lines if line else [])


FETCH = """\
import aiohttp

from app.sessions import sessions


async def fetch(name: str) -> bytes:
    async with aiohttp.ClientSession() as session:
        async with session.get({url}) as response:
            return await response.read()
"""


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ('"https://arbor.example/names"', 'factories = { "arbor.example" = '),
        ("name", "factory = "),  # no host is known that it could be kept to
    ],
)
def test_what_a_report_gives_one_site_is_set_for_that_one(
    tmp_path: Path, url: str, line: str
) -> None:
    given = quoted('session = sessions.get_session("arbor")')
    body = f"**Problem:** A new `aiohttp.ClientSession` for each name.\n\n**Recommendation:**\n\n{given}"
    code = FETCH.replace("{url}", url)
    found = paired_in(tmp_path, code, "app/client.py:7", body, "A new ClientSession each time")
    told = json.dumps('sessions.get_session("arbor")')
    assert list(found.settings) == [
        "[codemods.session-per-call]",
        'client = "aiohttp"',
        f"{line}{told}{' }' if '{' in line else ''}",
    ]


ROUTES = """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/beds/{bed}/rows/{row}")
async def row_of(bed: str, row: str) -> dict[str, str]:
    return {"bed": bed, "row": row}
"""


def test_a_pattern_is_set_for_the_parameters_of_the_cited_route(tmp_path: Path) -> None:
    body = "**Problem:** No validation of the path parameters.\n\n**Fix:** `Path(pattern='^[a-z]+$')`\n"
    found = paired_in(tmp_path, ROUTES, "app/client.py:6-8", body, "Path parameters not validated")
    assert list(found.settings) == [
        "[codemods.path-parameter-pattern]",
        'patterns = { "bed" = "^[a-z]+$", "row" = "^[a-z]+$" }',
    ]


def test_an_option_that_a_site_asks_for_stands_there_to_be_filled(tmp_path: Path) -> None:
    code = "from openai import OpenAI\n\nclient = OpenAI()\n\n\ndef ask(text):\n    return client.chat.completions.create(model='m', messages=[text])\n"
    for words, line in (
        ("No timeout is set.", "# llm-timeout = …"),
        ("No timeout is set: an LLM timeout of 60 seconds would do.", "llm-timeout = 60"),
    ):
        found = paired_in(
            tmp_path, code, "app/client.py:7", f"**Problem:** {words}\n", "LLM timeout"
        )
        assert found.settings[0] == "[codemods.request-timeout]", (found.here, found.pairs)
        assert found.settings[1].startswith(line)


def test_each_of_two_places_is_answered_by_the_codemod_of_its_sentence(tmp_path: Path) -> None:
    """The title speaks of one of the flaws, a sentence behind it of the other one."""
    code = (
        "def load(path: str) -> str:\n    try:\n        return open(path).read()\n"
        "    except OSError:\n        raise ValueError(path)\n\n\n"
        "def store(path: str) -> None:\n    try:\n        open(path, 'w').close()\n"
        "    except OSError as e:\n        print(path)\n        raise e\n"
    )
    body = (
        "`app/files.py:5` raises an error without `from`. In line 13 of `app/files.py` the error is"
        " raised again by name (`raise e`), where a bare `raise` would do."
    )
    report = f"# Audit\n\n### 1.1 Exceptions lose their cause\n\n{body}\n"
    entry = only(planned(write(tmp_path, {"app/files.py": code}), report))
    assert set(entry.codemods) == {"raise-from", "bare-reraise"}
    edited = [(s.finding.codemod, s.line) for s in entry.here if s.finding.edits]
    assert edited == [("raise-from", 5), ("bare-reraise", 13)]


def test_what_tests_are_missing_is_no_flaw_that_they_would_try(tmp_path: Path) -> None:
    body = "**Problem:** Not tried: that TLS verification is disabled for the mirror."
    found = paired_in(tmp_path, CLIENT, "app/client.py", body, title="Client Coverage Issues")
    assert (acting(found), found.offers, happens(found, False)) == ({}, (), "by hand")


def test_what_only_the_problem_speaks_of_is_not_offered_beside_the_title(tmp_path: Path) -> None:
    body = "**Problem:** The request would wait for ever, without a timeout."
    title = "TLS verification is disabled"
    found = paired_in(tmp_path, CLIENT, "app/client.py", body, title=title)
    assert [offer.codemod for offer in found.offers] == ["tls-verify"]


def test_what_only_the_advice_speaks_of_is_offered_in_the_cited_file(tmp_path: Path) -> None:
    body = "**Problem:** The mirror is trusted.\n\n**Fix:** Never leave TLS verification disabled."
    found = paired_in(tmp_path, CLIENT, "app/client.py", body, title="Mirror")
    assert [offer.codemod for offer in found.offers] == ["tls-verify"]
    other = paired_in(tmp_path, "X = 1\n", "app/other.py", body, title="Mirror")
    assert other.offers == ()


def test_an_offer_shows_the_options_that_the_report_fills(tmp_path: Path) -> None:
    call = "    await asyncio.gather(*[f(x) for x in xs])\n"
    code = f"import asyncio\n\n\nasync def f(x): ...\n\n\nasync def g(xs):\n{call}\n\nasync def h(xs):\n{call}"
    body = "**Fix:** At most 4 calls in parallel."
    found = paired_in(tmp_path, code, "app/client.py", body, title="Unbounded asyncio.gather")
    assert [offer.codemod for offer in found.offers] == ["bounded-gather"]
    assert found.settings == ("[codemods.bounded-gather]", "limit = 4")
