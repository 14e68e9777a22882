"""What `campaign plan` prints of a plan."""

from __future__ import annotations

import json
from dataclasses import replace

from fixaudit.campaigns.batch import Batch, BatchFile, CampaignPlan, Site
from fixaudit_cli.campaigns.plan_text import VERSION, plan_data, plan_lines


def site(path: str, line: int = 1, verdict: str = "fix", reason: str = "why") -> Site:
    return Site("0123456789abcdef", "utcnow-to-aware", path, line, verdict, reason)


def file(path: str, lines: int, sites: int = 1) -> BatchFile:
    found = tuple(site(path, line) for line in range(1, sites + 1))
    return BatchFile(path, b"a = 1\n", b"a = 2\n", found, lines)


PAY = Batch(
    *("payments-01", "fix", ("@acme/payments",), ("packages/bill", "packages/pay")),
    (file("packages/bill/a.py", 200, 2), file("packages/pay/b.py", 12)),
)
UNSAFE = Batch(
    *("payments-unsafe-01", "unsafe", ("@acme/payments", "@acme/data", "@ada", "@bob")),
    *(("packages/pay",), (file("packages/pay/b.py", 1),), ("payments-01",)),
)
NOBODYS = Batch(
    *("unowned-01", "fix", (), ("",), (file("top.py", 1_401),), ()),
    "top.py alone changes 1401 lines; max-lines is 400",
)
PLAN = CampaignPlan(
    *("utc-aware", "a" * 40, "b" * 32, (PAY, UNSAFE, NOBODYS)),
    (site("x.py", verdict="review"), site("y.py", verdict="unsafe"), site("z.py", verdict="leave")),
    173,
)


def test_a_plan_in_a_few_lines() -> None:
    assert plan_lines(PLAN) == [
        (
            "5 sites in 3 packages, 4 owners -> 3 batches (largest 2 files, 1,401 lines);"
            " 3 packages + 173 dependents to verify"
        ),
        "  first: payments-01  @acme/payments  2 packages  2 files  212 lines",
        "  beyond the limits: unowned-01: top.py alone changes 1401 lines; max-lines is 400",
        "  nobody owns the files of unowned-01",
        "  left: 2 sites (1 review, 1 unsafe); 1 is right as it is",
    ]


def test_every_batch_in_a_line() -> None:
    assert plan_lines(PLAN, verbose=True)[1:4] == [
        "  payments-01         @acme/payments                     2 packages  2 files  212 lines",
        (
            "  payments-unsafe-01  @acme/payments @acme/data @ada +1  1 package   1 file   1 line"
            "       unsafe, after payments-01"
        ),
        "  unowned-01          -                                  1 package   1 file   1,401 lines",
    ]


def test_a_plan_without_batches() -> None:
    assert plan_lines(replace(PLAN, batches=())) == [
        "utc-aware: no batch, as no site is to be changed",
        "  left: 2 sites (1 review, 1 unsafe); 1 is right as it is",
    ]


def test_names_of_files_and_owners_are_shown_and_do_nothing() -> None:
    odd = replace(PAY, owners=("@a\x1b[31m\n",), name="a-01")
    lines = plan_lines(replace(PLAN, batches=(odd,)))
    assert not any("\x1b" in line or "\n" in line for line in lines)


def test_a_plan_as_data() -> None:
    data = json.loads(json.dumps(plan_data(PLAN)))
    assert data["version"] == VERSION == 1
    assert data["summary"] == {
        "sites": 5,
        "batches": 3,
        "files": 3,
        "packages": 3,
        "owners": 4,
        "dependents": 173,
        "left": 3,
    }
    assert data["batches"][0]["digest"] == PAY.digest
    assert data["batches"][1]["waits_for"] == ["payments-01"]
    assert data["batches"][2]["beyond"] == NOBODYS.beyond
    assert [row["path"] for row in data["batches"][0]["files"]] == [
        "packages/bill/a.py",
        "packages/pay/b.py",
    ]
    assert data["left"][0]["verdict"] == "review"


def test_a_path_that_is_no_text_is_data_all_the_same() -> None:
    path = b"packages/\xff.py".decode("utf-8", "surrogateescape")
    odd = replace(PAY, files=(file(path, 1),))
    assert json.dumps(plan_data(replace(PLAN, batches=(odd,)))).encode("utf-8")
