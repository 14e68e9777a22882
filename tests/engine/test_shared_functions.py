"""A function that edits in several files of a distribution call: one module gets it, the others import it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import fixaudit
from fixaudit.model.outcome import Changed
from fixaudit.pipeline.execution import Execution, Speed
from fixaudit.pipeline.runner import Request, Worker

FANS_OUT = """\
import asyncio
{imports}

async def ask(prompt):
    return prompt


async def ask_all(prompts):
    return await asyncio.gather(*[ask(prompt) for prompt in prompts])
"""
LOGS = """\
import logging
{imports}
logger = logging.getLogger(__name__)


def connect(redis_url):
    logger.info("connecting to %s", redis_url)
"""
PROJECT = {"pyproject.toml": '[project]\nname = "app"\nversion = "1"\n'}


def fans_out(imports: str = "") -> str:
    return FANS_OUT.format(imports=imports and f"\n{imports}\n")


def logs(imports: str = "") -> str:
    return LOGS.format(imports=imports and f"\n{imports}\n")


def package(**modules: str) -> dict[str, str]:
    return {"app/__init__.py": "", **{f"app/{name}.py": text for name, text in modules.items()}}


def laid_out(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in {**PROJECT, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def applied(root: Path, *paths: str, codemod: str = "bounded-gather") -> dict[str, str]:
    """Write what a run changes; the new texts by path."""
    report = fixaudit.run([root / path for path in paths or (".",)], select=[codemod])
    assert not report.problems
    for change in report.changed:
        (report.root / change.path).write_bytes(change.after)
    return {change.path: change.after.decode() for change in report.changed}


def definers(root: Path, name: str) -> list[str]:
    """The files that define a function."""
    return sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if f"def {name}(" in path.read_text()
    )


def assert_imports_work(root: Path, *modules: str) -> None:
    """Each module can be the first that is imported."""
    for module in modules:
        subprocess.run([sys.executable, "-c", f"import {module}"], cwd=root, check=True)


def test_three_files_get_one_definition(tmp_path: Path) -> None:
    laid_out(tmp_path, package(ask=fans_out(), embed=fans_out(), rank=fans_out()))
    texts = applied(tmp_path)
    assert sorted(texts) == ["app/ask.py", "app/embed.py", "app/rank.py"]
    assert definers(tmp_path, "bounded") == ["app/ask.py"]
    for name in ("app/embed.py", "app/rank.py"):
        assert "from app.ask import bounded\n" in texts[name]
        assert "TypeVar" not in texts[name]
        assert "await asyncio.gather(*bounded([ask(prompt)" in texts[name]
    assert_imports_work(tmp_path, "app.ask", "app.embed", "app.rank")
    assert applied(tmp_path) == {}


def test_two_files_that_log_urls(tmp_path: Path) -> None:
    laid_out(tmp_path, package(cache=logs(), store=logs()))
    texts = applied(tmp_path, codemod="redact-url-in-logs")
    assert definers(tmp_path, "redact_url") == ["app/cache.py"]
    assert "from app.cache import redact_url\n" in texts["app/store.py"]
    assert applied(tmp_path, codemod="redact-url-in-logs") == {}


def test_a_single_file_gets_its_own(tmp_path: Path) -> None:
    laid_out(tmp_path, package(ask=fans_out(), other="import asyncio\n"))
    assert sorted(applied(tmp_path)) == ["app/ask.py"]
    assert definers(tmp_path, "bounded") == ["app/ask.py"]


def test_no_import_goes_round_in_a_circle(tmp_path: Path) -> None:
    """The first of the two imports the second already: the second gets the definition."""
    laid_out(tmp_path, package(ask=fans_out("from app.embed import ask_all as embed"), embed=fans_out()))  # fmt: skip
    texts = applied(tmp_path)
    assert definers(tmp_path, "bounded") == ["app/embed.py"]
    assert "from app.embed import ask_all as embed, bounded\n" in texts["app/ask.py"]
    assert_imports_work(tmp_path, "app.ask", "app.embed")


def test_a_circle_that_is_there_leaves_two_definitions(tmp_path: Path) -> None:
    laid_out(tmp_path, package(ask=fans_out("import app.embed"), embed=fans_out("import app.ask")))
    assert len(applied(tmp_path)) == 2
    assert definers(tmp_path, "bounded") == ["app/ask.py", "app/embed.py"]


def test_a_circle_by_way_of_a_third_module(tmp_path: Path) -> None:
    middle = "from app.embed import ask_all\n"
    files = package(ask=fans_out("from app import middle"), embed=fans_out(), middle=middle)
    laid_out(tmp_path, files)
    applied(tmp_path)
    assert definers(tmp_path, "bounded") == ["app/embed.py"]


def test_a_circle_by_way_of_a_package(tmp_path: Path) -> None:
    """Importing `app.llm.ask` runs `app/llm/__init__.py`, which imports the other file."""
    files = {
        "app/__init__.py": "",
        "app/core.py": fans_out(),
        "app/llm/__init__.py": "from app.core import ask_all\n",
        "app/llm/ask.py": fans_out(),
    }
    laid_out(tmp_path, files)
    applied(tmp_path)
    assert definers(tmp_path, "bounded") == ["app/core.py"]
    assert_imports_work(tmp_path, "app.core", "app.llm.ask")


def test_two_functions_do_not_import_crosswise(tmp_path: Path) -> None:
    """What the first function adds counts as an import for the second."""
    both = fans_out() + "\n\n" + logs()
    files = package(ask=both, embed=both, rank=logs("import app.ask"), zone=fans_out("import app.embed"))  # fmt: skip
    laid_out(tmp_path, files)
    report = fixaudit.run([tmp_path], select=["bounded-gather", "redact-url-in-logs"])
    for change in report.changed:
        (report.root / change.path).write_bytes(change.after)
    assert len(report.changed) == 4
    assert_imports_work(tmp_path, "app.ask", "app.embed", "app.rank", "app.zone")


def test_a_src_layout(tmp_path: Path) -> None:
    files = package(ask=fans_out(), embed=fans_out())
    laid_out(tmp_path, {f"src/{name}": text for name, text in files.items()})
    texts = applied(tmp_path)
    assert "from app.ask import bounded\n" in texts["src/app/embed.py"]


def test_a_package_of_relative_imports(tmp_path: Path) -> None:
    files = {
        "app/__init__.py": "",
        "app/names.py": "MODEL = 'm'\n",
        "app/ask.py": fans_out("from .names import MODEL"),
        "app/llm/__init__.py": "",
        "app/llm/embed.py": fans_out("from ..names import MODEL"),
        "app/llm/rank.py": fans_out("from .embed import ask_all as embed"),
    }
    laid_out(tmp_path, files)
    texts = applied(tmp_path)
    assert definers(tmp_path, "bounded") == ["app/llm/embed.py"]
    assert "from .embed import ask_all as embed, bounded\n" in texts["app/llm/rank.py"]
    assert "from .llm.embed import bounded\n" in texts["app/ask.py"]
    assert_imports_work(tmp_path, "app.ask", "app.llm.embed", "app.llm.rank")


def test_another_distribution_gets_its_own(tmp_path: Path) -> None:
    files = {
        "one/pyproject.toml": '[project]\nname = "one"\nversion = "1"\n',
        "one/one/__init__.py": "",
        "one/one/ask.py": fans_out(),
        "two/pyproject.toml": '[project]\nname = "two"\nversion = "1"\ndependencies = ["one"]\n',
        "two/two/__init__.py": "",
        "two/two/ask.py": fans_out(),
    }
    laid_out(tmp_path, files)
    applied(tmp_path)
    assert definers(tmp_path, "bounded") == ["one/one/ask.py", "two/two/ask.py"]


@pytest.mark.parametrize(
    "first", ["if __name__ == '__main__':\n    print(ask)\n", ""], ids=["guard", "scripts"]
)
def test_programs_are_not_imported(tmp_path: Path, first: str) -> None:
    """Neither what runs as `__main__`, whose import would run it twice, nor a script."""
    name = "app/ask.py" if first else "scripts/ask.py"
    files = {"app/__init__.py": "", name: fans_out() + "\n\n" + first, "app/rank.py": fans_out()}
    laid_out(tmp_path, files)
    applied(tmp_path)
    expected = ["app/rank.py"] if first else ["app/rank.py", "scripts/ask.py"]
    assert definers(tmp_path, "bounded") == expected


# --------------------------------------------------------------- what is written of the run


def test_a_run_over_one_file_writes_that_file_alone(tmp_path: Path) -> None:
    laid_out(tmp_path, package(ask=fans_out(), embed=fans_out(), rank=fans_out()))
    assert list(applied(tmp_path, "app/rank.py")) == ["app/rank.py"]
    assert definers(tmp_path, "bounded") == ["app/rank.py"]
    texts = applied(tmp_path)
    assert definers(tmp_path, "bounded") == ["app/rank.py"]
    assert "from app.rank import bounded\n" in texts["app/ask.py"]


def test_a_suppressed_site_is_no_reason_to_define_it_there(tmp_path: Path) -> None:
    kept = fans_out().replace("prompts])\n", "prompts])  # fixaudit: ignore\n")
    laid_out(tmp_path, package(ask=kept, embed=fans_out(), rank=fans_out()))
    texts = applied(tmp_path)
    assert sorted(texts) == ["app/embed.py", "app/rank.py"]
    assert definers(tmp_path, "bounded") == ["app/embed.py"]


def test_the_same_for_every_number_of_processes_and_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fixaudit.pipeline import file_task

    monkeypatch.setattr(file_task, "PAYING_BYTES", 0)
    laid_out(tmp_path, package(ask=fans_out(), embed=fans_out(), rank=fans_out()))
    told = []
    for jobs in (1, 2):
        for turned in (False, True):
            worker = Worker(Request(paths=(tmp_path,), select=("bounded-gather",)))
            files = sorted(worker.discover().files, reverse=turned)
            execution = Execution(worker, Speed(jobs=jobs, cache=False))
            outcomes = list(execution.outcomes(files))
            assert [worker.root / outcome.path for outcome in outcomes] == files
            told.append({o.path: o.after for o in outcomes if isinstance(o, Changed)})
    assert len(told[0]) == 3
    assert all(each == told[0] for each in told)


def test_the_definition_stands_as_long_as_any_file_needs_it(tmp_path: Path) -> None:
    """Its edit has the findings of all files as owners: dropping one takes nothing from the others."""
    laid_out(tmp_path, package(ask=fans_out(), embed=fans_out()))
    report = fixaudit.run([tmp_path], select=["bounded-gather"])
    first, second = report.changed
    users = {site.fingerprint for change in (first, second) for site in change.sites}
    assert len(users) == 2
    defining = [edit for edit in first.edits if b"def bounded(" in edit.text]
    assert [{fingerprint for fingerprint, _ in edit.owners} for edit in defining] == [users]
    imports = [edit for edit in first.edits if b"TypeVar" in edit.text]
    assert all(users == {fingerprint for fingerprint, _ in edit.owners} for edit in imports)
    calls = [edit for edit in first.edits if b"*" not in edit.text and b"limit=" in edit.text and b"def" not in edit.text]  # fmt: skip
    assert [len(edit.owners) for edit in calls] == [1]


def test_a_check_tells_the_same_of_one_file_as_of_all(tmp_path: Path) -> None:
    laid_out(tmp_path, package(ask=fans_out(), embed=fans_out()))

    def told(path: Path) -> dict[str, tuple[object, ...]]:
        worker = Worker(Request(paths=(path,), select=("bounded-gather",), write=False))
        outcomes = worker.outcomes(worker.discover().files)
        return {o.path.rpartition("/")[2]: o.sites for o in outcomes}  # type: ignore[union-attr]

    everything, alone = told(tmp_path), told(tmp_path / "app" / "embed.py")
    assert [s.finding for s in everything["embed.py"]] == [s.finding for s in alone["embed.py"]]  # type: ignore[attr-defined]


def test_it_is_written_in_the_quotes_of_the_file(tmp_path: Path) -> None:
    single = logs().replace('"', "'")
    laid_out(tmp_path, package(cache=single))
    text = applied(tmp_path, codemod="redact-url-in-logs")["app/cache.py"]
    assert ".partition('://')" in text
    assert ast.parse(text)


def test_a_package_that_need_not_be_installed_is_not_loaded(tmp_path: Path) -> None:
    """Nor is what a module sets up when it is imported."""
    files = package(ask=fans_out("import milvus"), embed=fans_out(), rank=fans_out("import chroma"))
    laid_out(tmp_path, files)
    texts = applied(tmp_path)
    assert definers(tmp_path, "bounded") == ["app/embed.py"]
    assert "from app.embed import bounded\n" in texts["app/ask.py"]


def test_a_module_that_sets_something_up_is_not_loaded(tmp_path: Path) -> None:
    files = package(ask=fans_out("asyncio.set_event_loop_policy(None)"), embed=fans_out())
    laid_out(tmp_path, files)
    applied(tmp_path)
    assert definers(tmp_path, "bounded") == ["app/embed.py"]


def test_each_file_for_itself(tmp_path: Path) -> None:
    """As in a review, whose answers are not known yet."""
    laid_out(tmp_path, package(ask=fans_out(), embed=fans_out()))
    worker = Worker(Request(paths=(tmp_path,), select=("bounded-gather",)))
    execution = Execution(worker, Speed(jobs=1, cache=False))
    outcomes = list(execution.outcomes(worker.discover().files, apart=True))
    changed = [outcome for outcome in outcomes if isinstance(outcome, Changed)]
    assert [b"def bounded(" in outcome.after for outcome in changed] == [True, True]


# --------------------------------------------------------------- a module that is there for all

UTILS = '''\
"""Things for all."""

import logging
from typing import Any


def name_of(thing: Any) -> str:
    return repr(thing)
'''


def for_all(**more: str) -> dict[str, str]:
    """Three modules that import `app.utils`, two of which load packages of their own."""
    name = "from .utils import name_of"
    files = package(
        ask=fans_out(f"import milvus\n{name}"),
        zebra=fans_out(f"import chroma\n{name}"),
        rank=fans_out("from app.utils import name_of"),
    )
    return {**files, "app/utils.py": UTILS, **more}


def test_a_module_for_all_gets_the_definition(tmp_path: Path) -> None:
    laid_out(tmp_path, for_all())
    texts = applied(tmp_path)
    assert definers(tmp_path, "bounded") == ["app/utils.py"]
    assert "from .utils import bounded, name_of\n" in texts["app/ask.py"]
    assert "from app.utils import bounded, name_of\n" in texts["app/rank.py"]
    assert "from .utils import bounded, name_of\n" in texts["app/zebra.py"]
    assert "import asyncio\nimport logging\n" in texts["app/utils.py"]
    assert "from typing import Any, TypeVar\n" in texts["app/utils.py"]
    assert_imports_work(tmp_path, "app.utils", "app.rank")
    assert applied(tmp_path) == {}


def test_a_module_for_all_that_has_the_names_of_typing(tmp_path: Path) -> None:
    utils = UTILS.replace("import Any\n", "import Any, Awaitable, Iterable\n")
    laid_out(tmp_path, for_all(**{"app/utils.py": utils}))
    text = applied(tmp_path)["app/utils.py"]
    assert "from typing import Any, Awaitable, Iterable, TypeVar\n" in text
    assert "collections.abc" not in text


def test_a_module_for_all_that_has_no_room_stays_as_it_is(tmp_path: Path) -> None:
    laid_out(tmp_path, for_all(**{"app/utils.py": UTILS + "\n\nbounded = True\n"}))
    assert "app/utils.py" not in applied(tmp_path)
    assert definers(tmp_path, "bounded") == ["app/rank.py"]


def test_a_module_for_all_that_the_run_does_not_name_stays_as_it_is(tmp_path: Path) -> None:
    laid_out(tmp_path, for_all())
    texts = applied(tmp_path, "app/ask.py", "app/zebra.py")
    assert sorted(texts) == ["app/ask.py", "app/zebra.py"]


def test_a_module_for_all_that_was_told_before(tmp_path: Path) -> None:
    """It stands before the files that need the function: it is told again, with its change."""
    files = for_all()
    files["app/_utils.py"] = files.pop("app/utils.py")
    for name in ("ask", "rank", "zebra"):
        files[f"app/{name}.py"] = files[f"app/{name}.py"].replace("utils", "_utils")
    laid_out(tmp_path, files)
    report = fixaudit.run([tmp_path], select=["bounded-gather"])
    told = [(outcome.path, type(outcome).__name__) for outcome in report.outcomes]
    assert told.count(("app/_utils.py", "Changed")) == 1
    changed = next(change for change in report.changed if change.path == "app/_utils.py")
    assert changed.is_more
    owners = {owner for edit in changed.edits for owner in edit.owners}
    sites = {(s.fingerprint, "bounded-gather") for c in report.changed for s in c.sites}
    assert owners == sites
    assert len(owners) == 3


def test_two_functions_in_one_module_for_all(tmp_path: Path) -> None:
    files = for_all()
    for name in ("ask", "zebra"):
        files[f"app/{name}.py"] += "\n\n" + logs()
    laid_out(tmp_path, files)
    report = fixaudit.run([tmp_path], select=["bounded-gather", "redact-url-in-logs"])
    for change in report.changed:
        (report.root / change.path).write_bytes(change.after)
    assert definers(tmp_path, "bounded") == ["app/utils.py"]
    assert definers(tmp_path, "redact_url") == ["app/utils.py"]
    assert_imports_work(tmp_path, "app.utils", "app.rank")


def test_a_module_that_cannot_hold_the_function_takes_none_that_a_run_has_written(
    tmp_path: Path,
) -> None:
    tried = fans_out("from app.first import ask_all as ask_more").replace(
        "import asyncio\n", "try:\n    import asyncio\nexcept ImportError:\n    raise\n"
    )
    root = laid_out(tmp_path, package(first=fans_out(), second=tried))
    assert list(applied(root)) == ["app/first.py"]
    assert definers(root, "bounded") == ["app/first.py"]
    assert applied(root) == {}
