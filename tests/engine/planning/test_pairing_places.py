"""What acts where a report names no line: a file or folder as a whole, code before and after."""

from __future__ import annotations

from pathlib import Path

import pytest
from trees import finding, only, planned, quoted, write

from fixaudit.model.finding import Verdict
from fixaudit.pipeline.runner import Request
from fixaudit.plan.model import Flaw, Planned, Status
from fixaudit.plan.plan import make_plan
from fixaudit.plan.tree_findings import survey
from fixaudit.reports.reader import read_report_bytes

MAIN = '''\
"""The service."""

from fastapi import FastAPI
from service.routes import router

app = FastAPI()
app.include_router(router)
'''
ROUTES = '''\
"""Its routes."""

from fastapi import APIRouter

router = APIRouter(prefix="/beds")


@router.get("/{number}")
async def bed(number: int) -> dict[str, int]:
    return {"number": number}
'''
STORE = '''\
"""Keeps what was counted."""

import json
import logging
import os

logger = logging.getLogger(__name__)


def counted(path: str) -> list[int]:
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            found = json.load(f)
    else:
        found = []
    return found


def total(path: str) -> int:
    try:
        return sum(counted(path))
    except TypeError as e:
        logger.error(f"Not a number: {e}")
        return 0
    except Exception as e:
        logger.exception(f"Counting failed: {e}")
        return 0
'''


def row(tmp_path: Path, place: str, title: str, body: str) -> Planned:
    files = {
        "service/__init__.py": "",
        "service/main.py": MAIN,
        "service/routes.py": ROUTES,
        "service/store.py": STORE,
        "tests/test_store.py": "def test_nothing():\n    assert True\n",
    }
    return only(planned(write(tmp_path, files), finding(place, body, title)))


def test_the_only_place_of_a_whole_file_is_the_one_that_the_title_speaks_of(
    tmp_path: Path,
) -> None:
    found = row(tmp_path, "service/main.py", "No rate limiting on the API", "Anybody can call it.")
    assert found.codemods == ("fastapi-rate-limit",)
    assert (found.verdict, [site.line for site in found.here]) == ("review", [6])


def test_one_of_several_edits_of_a_whole_file_is_offered(tmp_path: Path) -> None:
    body = "**Problem:** Exceptions are logged twice by `logger.exception`."
    found = row(tmp_path, "service/store.py", "Style", body)
    assert (found.verdict, found.codemods) == ("manual", ())


def test_what_is_only_shown_acts_in_a_whole_folder(tmp_path: Path) -> None:
    body = "- No tests for the routes of `service/`\n- The rest is tested\n"
    found = row(tmp_path, "service/", "Missing tests", body)
    assert found.codemods == ("untested-route",)
    assert found.verdict == "review"


BEFORE = """\
if os.path.exists(path):
    with open(path, encoding="utf-8") as f:
        found = json.load(f)
else:
    found = []
"""
AFTER = """\
try:
    with open(path, encoding="utf-8") as f:
        found = json.load(f)
except FileNotFoundError:
    found = []
"""


@pytest.mark.parametrize("named", [True, False])
def test_code_before_and_after_speaks_for_the_codemod(tmp_path: Path, named: bool) -> None:
    after = AFTER if named else AFTER.replace("FileNotFoundError", "OSError")
    body = f"{quoted(BEFORE)}\n**Problem:** This can be shorter.\n\n**Recommendation:**\n\n{quoted(after)}"
    found = row(tmp_path, "service/store.py:11-15", "Better use of Python", body)
    assert found.codemods == (("exists-open-to-eafp",) if named else ())


LOGGED = """\
# the exception in the message (good)
logger.exception(f"Counting failed: {e}")

# without the exception (bad)
logger.error(f"Not a number: {e}")
"""


@pytest.mark.parametrize("order", [1, -1])
def test_code_quoted_in_pieces_is_found_without_a_file(tmp_path: Path, order: int) -> None:
    pieces = "\n\n".join(LOGGED.strip().split("\n\n")[::order])
    body = f"{quoted(pieces)}\n**Problem:** Inconsistent exception logging.\n"
    report = f"# Audit\n\n### 1.1 Style of messages\n\n**Files:** Multiple\n\n{body}\n"
    files = {"service/store.py": STORE}
    found = only(planned(write(tmp_path, files), report))
    assert found.codemods == ("logger-exception-cleanup",)
    assert [anchor.status for anchor in found.anchors] == [Status.BY_SNIPPET]
    assert [site.line for site in found.here if site.finding.verdict is Verdict.FIX] == [26]


def test_a_value_of_today_is_read_from_the_code_that_the_report_objects_to(tmp_path: Path) -> None:
    code = """\
class Config:
    wait: int = 30


class Client:
    def __init__(self, session, config: Config) -> None:
        self.session = session
        self.config = config

    def get(self, url: str) -> str:
        return self.session.get(url, timeout=10)
"""
    body = (
        f"{quoted('return self.session.get(url, timeout=10)')}\n**Problem:** The timeout is hardcoded.\n\n"
        "**Recommendation:** Use `self.config.wait`.\n"
    )
    report = finding("app/client.py:11", body, "Timeout in a call")
    found = only(planned(write(tmp_path, {"app/client.py": code}), report))
    assert {'setting = "self.config.wait"', 'value = "10"'} <= {*found.settings}


ADVISED = "class Client:\n    API_MOST_CALLS = 60"


def test_names_of_constants_are_told_as_the_report_writes_them(tmp_path: Path) -> None:
    code = "class Client:\n    def __init__(self) -> None:\n        self.most_calls = 60\n"
    body = f"**Problem:** Hardcoded.\n\n**Fix:**\n\n{quoted(ADVISED)}"
    report = finding("app/client.py:3", body, "Magic number")
    found = only(planned(write(tmp_path, {"app/client.py": code}), report))
    assert found.settings[1:] == ('names = ["API_MOST_CALLS"]',)


@pytest.mark.parametrize(
    ("advice", "verdict"),
    [
        ("It is right by now. No action needed.", "told none"),
        ("Keep as-is.", "told keep"),
        ("Keep as-is but say so in a docstring.", "manual"),
    ],
)
def test_quoted_code_is_no_flaw_where_the_report_asks_for_nothing(
    tmp_path: Path, advice: str, verdict: str
) -> None:
    code = quoted("async def bed(number: int) -> dict[str, int]:")
    body = f"{code}\n**Problem:** Older code says `Dict`.\n\n**Recommendation:** {advice}\n"
    found = row(tmp_path, "service/routes.py", "Old and new annotations", body)
    assert found.verdict == verdict
    assert ("the flaw is here" in found.says) is (verdict == "manual")


KEEPER = """\
class Keeper:
    def __init__(self, path: str) -> None:
        self.path = path
"""
CALLER = """\
from service.keeper import Keeper

keeper = Keeper("seeds.json", mapper=None)
"""


@pytest.mark.parametrize(
    ("second", "flaws"), [(CALLER, [Flaw.NOT_CHECKED, Flaw.HERE]), ("", [Flaw.HERE])]
)
def test_quoted_code_beside_the_site_that_is_meant_is_not_called_the_flaw(
    tmp_path: Path, second: str, flaws: list[Flaw]
) -> None:
    """The signature is right: it is quoted to show what the call does not fit."""
    files = {"service/__init__.py": "", "service/keeper.py": KEEPER, "service/main.py": CALLER}
    call = f"\n\nThe call in `main.py:3` passes one:\n\n{quoted(second)}" if second else ""
    body = (
        f"{quoted(KEEPER)}\n**Problem:** `Keeper` takes no parameter `mapper`, "
        f"the call passes an unexpected keyword argument.{call}"
    )
    title = "Unexpected keyword argument of Keeper"
    found = only(planned(write(tmp_path, files), finding("service/keeper.py:1-3", body, title)))
    assert found.codemods == (("drop-unexpected-keyword",) if second else ())
    assert [place.flaw for place in found.anchors] == flaws
    assert ("the flaw is here at" in found.says) is not bool(second)


@pytest.mark.parametrize(("adjacent", "elsewhere"), [(True, ["service/use.py"]), (False, [])])
def test_sites_of_one_change_over_several_files_go_together(
    tmp_path: Path, adjacent: bool, elsewhere: list[str]
) -> None:
    """Half a rename would break the other file; what another rename does is of another finding."""
    use = "from service.keeper import checked, other\n\nUSED = checked, other\n"
    files = {
        "service/__init__.py": "",
        "service/keeper.py": "def checked():\n    return 1\n\n\ndef other():\n    return 2\n",
        "service/use.py": use if adjacent else "USED = 1\n",
    }
    table = '[tool.fixaudit.codemods.rename-symbol]\nrenames = { checked = "tested", other = "another" }\n'
    root = write(tmp_path, files)
    (root / "fixaudit.toml").write_text(table.replace("tool.fixaudit.", ""))
    found = survey(Request(paths=(root,), root=root))
    body = (
        "**Problem:** The function name is misleading.\n\n**Fix:** Rename `checked` to `tested`.\n"
    )
    report = finding("service/keeper.py:1-2", body, "Misleading name of a function")
    read = read_report_bytes("AUDIT.md", report.encode())
    entry = only(make_plan([read], found.tree, found.codemods, unsafe=True))
    assert [site.path for site in entry.here] == ["service/keeper.py"]
    assert [site.path for site in entry.elsewhere] == elsewhere
    assert all("`tested`" in site.finding.reason for site in entry.elsewhere)
