"""A plan: what it changes, all of it and nothing else, and what goes together."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import made_monorepo
import pytest
from repositories import ENVIRONMENT, Work, new_work

from fixaudit.campaigns.batch import Batch, CampaignPlan
from fixaudit.campaigns.definition import read_campaign
from fixaudit.campaigns.planning import make_plan
from fixaudit.campaigns.state import BatchState
from fixaudit.pipeline.execution import Speed

BOTH = 'verdicts = ["fix", "unsafe"]\n'
WORKS = Speed(jobs=1, cache=False)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    monkeypatch.setenv("FIXAUDIT_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("FIXAUDIT_TRUST", raising=False)
    return new_work(tmp_path, monkeypatch)


def committed(work: Work, batch: str = "", select: str = '["all"]') -> Work:
    """The monorepo with a campaign `all-of-it`."""
    made_monorepo.written(work.top)
    made_monorepo.campaign(work.top, select=select, batch=batch)
    work.commit()
    return work


def checkout(work: Work, name: str = "checkout") -> Path:
    """Another checkout of the last commit, at another path."""
    place = work.top.parent / name
    work.git("worktree", "add", "--quiet", "--detach", str(place), "HEAD")
    return place


def planned(work: Work, tree: Path, known: Sequence[BatchState] = ()) -> CampaignPlan:
    base = work.git("rev-parse", "HEAD").strip()
    settings = read_campaign(work.top, "all-of-it")
    return make_plan(tree, base, settings, speed=WORKS, known=known)


def applied(tree: Path, *options: str) -> None:
    """Have the command line write what the campaign selects."""
    command = [sys.executable, "-m", "fixaudit_cli", "apply", "--select", "all", "--no-cache"]
    subprocess.run([*command, *options], cwd=tree, capture_output=True, check=True)


def contents(tree: Path) -> dict[str, bytes]:
    found = (path for path in tree.rglob("*") if path.is_file() and path.name != ".git")
    return {path.relative_to(tree).as_posix(): path.read_bytes() for path in found}


def with_patches(tree: Path, batches: Sequence[Batch]) -> None:
    for batch in batches:
        command = ["git", "apply", "--whitespace=nowarn", "-"]
        subprocess.run(command, cwd=tree, input=batch.patch, check=True, env={**ENVIRONMENT, "PATH": "/usr/bin:/bin"})  # fmt: skip


def paths(batches: Sequence[Batch]) -> list[str]:
    return sorted(file.path for batch in batches for file in batch.files)


@pytest.mark.parametrize("limit", [3, 9, 50])
def test_the_batches_are_what_apply_writes(work: Work, limit: int) -> None:
    committed(work, f"max-files = {limit}\n")
    plan = planned(work, checkout(work, "judged"))
    ours, theirs = checkout(work, "ours"), checkout(work, "theirs")
    with_patches(ours, plan.batches)
    applied(theirs)
    assert contents(ours) == contents(theirs) != contents(work.top)
    assert len(paths(plan.batches)) == len(set(paths(plan.batches)))
    assert all(len(batch.files) <= limit or batch.beyond for batch in plan.batches)
    assert not plan.problems


def test_unsafe_batches_come_on_top(work: Work) -> None:
    committed(work, BOTH + "max-files = 9\n")
    tree = checkout(work, "judged")
    before = contents(tree)
    plan = planned(work, tree)
    assert contents(tree) == before
    ours, theirs = checkout(work, "ours"), checkout(work, "theirs")
    with_patches(ours, plan.batches)
    applied(theirs)
    applied(theirs, "--unsafe", "--allow-dirty")
    assert contents(ours) == contents(theirs)
    fixes = [batch for batch in plan.batches if batch.verdict == "fix"]
    unsafe = [batch for batch in plan.batches if batch.verdict == "unsafe"]
    assert fixes
    assert unsafe
    assert not any(site.verdict == "unsafe" for batch in fixes for site in batch.sites)
    assert all(any(s.verdict == "unsafe" for s in file.sites) for b in unsafe for file in b.files)


def test_a_file_with_both_waits_for_its_fixes(work: Work) -> None:
    committed(work, BOTH)
    plan = planned(work, checkout(work))
    fixed = {file.path: (batch, file) for batch in plan.batches if batch.verdict == "fix" for file in batch.files}  # fmt: skip
    unsafe = [batch for batch in plan.batches if batch.verdict == "unsafe"]
    both = [(batch, file) for batch in unsafe for file in batch.files if file.path in fixed]
    assert both
    for batch, file in both:
        first, old = fixed[file.path]
        assert first.name in batch.waits_for
        assert file.before == old.after
    sites = [s for _, file in both for s in file.sites if s.codemod == "annotate-return-none"]
    assert sites
    for site in sites:
        line = (work.top / site.path).read_text().splitlines()[site.line - 1]
        assert line.startswith("def ")  # of the base, not of the text with the fixes


def test_unsafe_edits_alone(work: Work) -> None:
    committed(work, 'verdicts = ["unsafe"]\n')
    plan = planned(work, checkout(work))
    assert {batch.verdict for batch in plan.batches} == {"unsafe"}
    assert {site.verdict for batch in plan.batches for site in batch.sites} == {"unsafe"}
    assert not any(batch.waits_for for batch in plan.batches)
    for batch in plan.batches:
        for file in batch.files:
            assert file.before == (work.top / file.path).read_bytes()


def test_files_that_share_a_function_stay_together(work: Work) -> None:
    committed(work, "max-files = 2\n")
    plan = planned(work, checkout(work))
    batch = next(b for b in plan.batches if "packages/bill/src/bill/plans.py" in paths([b]))
    assert paths([batch]) == [
        f"packages/bill/src/bill/{it}.py" for it in ("asks", "plans", "tells")
    ]
    assert batch.beyond is not None
    assert "they share `bounded`" in batch.beyond
    assert "2 files" in batch.beyond
    others = [b for b in plan.batches if len(b.files) > 2]
    assert all(b.beyond and "they share" in b.beyond for b in others)


def test_every_owner_of_every_file(work: Work) -> None:
    committed(work)
    plan = planned(work, checkout(work))
    of = {path: batch for batch in plan.batches for path in paths([batch])}
    assert of["packages/ledger/src/ledger/index.py"].owners == ("@acme/data", "@acme/payments")
    assert of["packages/legacy/src/legacy/index.py"].owners == ()
    assert of["packages/search/src/search/index.py"].owners == ("ada@example.org",)
    assert of["packages/pay/src/pay/index.py"] is of["packages/bill/src/bill/index.py"]
    assert of["packages/pay/src/pay/index.py"].packages == ("packages/bill", "packages/pay")


def test_a_renamed_function_is_one_atom(work: Work) -> None:
    """What a codemod says it has to change in all files or in none."""
    made_monorepo.written(work.top)
    work.write(
        "pyproject.toml",
        '[tool.uv.workspace]\nmembers = ["packages/*"]\n'
        '[tool.fixaudit.codemods.rename-symbol.renames]\n"core.index.etag" = "body_tag"\n',
    )
    work.write("packages/pay/src/pay/tags.py", "from core.index import etag\n\nTAG = etag(b'')\n")
    work.write("packages/web/src/web/tags.py", "from core.index import etag\n\nTAG = etag(b'')\n")
    batch = 'verdicts = ["unsafe"]\nmax-files = 1\n'
    made_monorepo.campaign(work.top, select='["rename-symbol"]', batch=batch)
    work.commit()
    plan = planned(work, checkout(work))
    assert not plan.problems
    assert [paths([each]) for each in plan.batches] == [
        [
            "packages/core/src/core/index.py",
            "packages/pay/src/pay/tags.py",
            "packages/web/src/web/tags.py",
        ]
    ]
    assert plan.batches[0].owners == ("@acme/payments", "@acme/platform")
    assert "becomes `body_tag`" in (plan.batches[0].beyond or "")


def test_the_same_plan_at_another_path(work: Work) -> None:
    committed(work, BOTH)
    one, two = (planned(work, checkout(work, name)) for name in ("one", "two"))
    assert one == two


def test_a_plan_made_again_moves_no_file(work: Work) -> None:
    committed(work, "max-files = 9\n")
    first = planned(work, checkout(work, "first"))
    known = [
        BatchState(batch.name, "planned", batch.verdict, files=tuple(paths([batch])))
        for batch in first.batches
    ]
    work.write("packages/auth/src/auth/aaa.py", made_monorepo.READS)
    work.write("packages/auth/src/auth/links.py", "# nothing is left to change\n")
    work.commit()
    second = planned(work, checkout(work, "second"), known)
    was = {path: batch.name for batch in first.batches for path in paths([batch])}
    now = {path: batch.name for batch in second.batches for path in paths([batch])}
    assert {path: name for path, name in now.items() if path in was} == {
        path: name for path, name in was.items() if path in now
    }
    assert now["packages/auth/src/auth/aaa.py"] not in set(was.values())


def test_the_name_of_a_merged_batch_is_not_used_again(work: Work) -> None:
    committed(work)
    path = "packages/search/src/search/index.py"
    merged = BatchState("ada-01", "merged", files=(path,))
    plan = planned(work, checkout(work), [merged])
    assert next(batch.name for batch in plan.batches if path in paths([batch])) == "ada-02"


def test_what_cannot_be_judged_is_said(work: Work) -> None:
    made_monorepo.written(work.top)
    made_monorepo.campaign(work.top)
    work.write("packages/core/src/core/broken.py", "import asyncio\nasync def f(:\n")
    work.commit()
    plan = planned(work, checkout(work))
    assert [line.partition(":")[0] for line in plan.problems] == [
        "packages/core/src/core/broken.py"
    ]
    assert "\n" not in plan.problems[0]
    assert plan.batches


def test_what_stays_is_told_with_its_reason(work: Work) -> None:
    committed(work)
    plan = planned(work, checkout(work))
    assert {"review", "unsafe"} <= {site.verdict for site in plan.left}
    assert all(site.reason for site in plan.left)
    applied_ones = {site.fingerprint for batch in plan.batches for site in batch.sites}
    assert applied_ones.isdisjoint(site.fingerprint for site in plan.left)


def test_codemods_of_the_repository_run_where_its_tree_is_trusted(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.write("pyproject.toml", '[tool.fixaudit]\ncodemods = ["tools"]\nexclude = ["tools"]\n')
    work.write("tools/old_to_new.py", LOCAL)
    work.write("app/one.py", "def one():\n    return old(1)\n")
    made_monorepo.campaign(work.top, select='["old-to-new"]')
    work.commit()
    tree = checkout(work)
    refused = planned(work, tree)
    assert not refused.batches
    assert "old-to-new did not run" in refused.problems[0]
    assert f"`fixaudit trust {work.top}/tools`" in refused.problems[0]
    monkeypatch.setenv("FIXAUDIT_TRUST", str(work.top / "tools"))
    assert [batch.name for batch in planned(work, tree).batches] == ["unowned-01"]
    monkeypatch.delenv("FIXAUDIT_TRUST")
    command = [sys.executable, "-m", "fixaudit_cli", "trust", "tools"]
    subprocess.run(command, cwd=work.top, check=True, capture_output=True)
    assert planned(work, tree).batches
    (tree / "tools/old_to_new.py").write_text(LOCAL + "# another one\n")
    changed = planned(work, tree)
    assert not changed.batches
    assert "has changed since it was trusted" in changed.problems[0]


LOCAL = '''\
"""`old(x)` becomes `str(x)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixaudit import Codemod, Finding, Source


class OldToNew(Codemod):
    name = "old-to-new"
    code = "XX001"
    triggers = (b"old",)
    visits = (ast.Call,)

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if isinstance(node.func, ast.Name) and node.func.id == "old":
            yield self.fix(source, node, "it is called str", [source.replace(node.func, "str")])
'''


GATHER = """import asyncio


async def all_of(ask, items):
    return await asyncio.gather(*[ask(item) for item in items])
"""


def test_a_place_that_a_fix_mends_is_not_left(work: Work) -> None:
    work.write("one/pyproject.toml", '[project]\nname = "one"\nversion = "1"\n')
    work.write("one/asking.py", GATHER)
    made_monorepo.campaign(work.top, select='["bounded-gather"]', batch=BOTH)
    work.commit()
    plan = planned(work, checkout(work))
    assert [(site.codemod, site.line) for batch in plan.batches for site in batch.sites] == [
        ("bounded-gather", 5)
    ]
    assert plan.left == ()
