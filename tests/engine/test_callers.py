"""Who calls a function, what is handed on, and which functions may do something by their words."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from fixaudit import Source
from fixaudit.authoring import (
    argument_of,
    callers_of,
    coroutines_calling,
    handed_on,
    lines_in_commands,
    plain_functions_with,
)
from fixaudit.semantics.project import Project

OWN = """\
def fetch(height, limit=12):
    return height, limit


class Shop:
    def price(self, name):
        return name


def local():
    return fetch(1)
"""
OTHER = """\
from app.own import Shop, fetch


def route(limit):
    return fetch(3, limit)


def shop(one: Shop):
    return one.price("a")
"""


def source_in(folder: Path, other: str = OTHER) -> Source:
    package = folder / "app"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "own.py").write_text(OWN)
    (package / "other.py").write_text(other)
    path = package / "own.py"
    project = Project(folder)
    return Source("app/own.py", path.read_bytes(), project=project, module="app.own", location=path)


def function(source: Source, name: str) -> ast.FunctionDef:
    found = next(node for node in source.nodes(ast.FunctionDef) if node.name == name)
    assert isinstance(found, ast.FunctionDef)
    return found


def test_callers_are_found_here_and_in_other_files_with_what_they_give(tmp_path: Path) -> None:
    source = source_in(tmp_path)
    fetch = function(source, "fetch")
    callers = callers_of(source, fetch)
    assert callers is not None
    given = {
        (caller.module.name, caller.function.name if caller.function else None): ast.unparse(value)
        for caller in callers
        if (value := argument_of(caller.call, fetch, "limit", bound=False)) is not None
    }
    assert given == {("app.own", "local"): "12", ("app.other", "route"): "limit"}
    proof = next(each for each in callers if each.module.name == "app.other").proof(source, "said")
    assert (proof.path, proof.line) == ("app/other.py", 5)


def test_a_caller_says_whether_it_uses_what_the_call_gives(tmp_path: Path) -> None:
    other = """\
from app.own import fetch


async def alone():
    await fetch(1)
    fetch(2)


def kept():
    return [fetch(3)] or fetch(4)
"""
    source = source_in(tmp_path, other)
    callers = callers_of(source, function(source, "fetch"))
    assert callers is not None
    used = {
        ast.unparse(each.call): each.is_used for each in callers if each.module.name == "app.other"
    }
    assert used == {"fetch(1)": False, "fetch(2)": False, "fetch(3)": True, "fetch(4)": True}


@pytest.mark.parametrize(
    "other",
    [
        "from app.own import fetch\n\nsaved = fetch\n",
        "def run(thing):\n    return thing.fetch(1)\n",
    ],
)
def test_who_calls_is_not_known_where_it_is_handed_on_or_a_name_is_not_resolved(
    tmp_path: Path, other: str
) -> None:
    source = source_in(tmp_path, other)
    assert callers_of(source, function(source, "fetch")) is None


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import asyncio\nasyncio.to_thread(f, 1)", ("f", 1, True)),
        ("from functools import partial as p\np(f, 1)", ("f", 1, True)),
        ("loop.run_in_executor(None, m.f, 1)", ("m.f", 2, False)),
        ("loop.call_later(3, f)", ("f", 2, False)),
        ("pool.submit(f)", ("f", 1, True)),
        ("tasks.add_task(f, 1)", ("f", 1, True)),
        ("pool.submit()", None),
        ("pool.submit(lambda: 1)", None),
        ("submit(f)", None),
    ],
)
def test_functions_that_are_handed_on(code: str, expected: tuple[str, int, bool] | None) -> None:
    source = Source("app/own.py", code.encode())
    found = handed_on(source, list(source.nodes(ast.Call))[-1])
    told = None if found is None else (ast.unparse(found.func), found.before, found.takes_keywords)
    assert told == expected


def test_functions_by_their_words_and_those_that_call_them_in_the_file(tmp_path: Path) -> None:
    other = "import requests\n\n\ndef get(url):\n    return requests.get(url)\n\n\n"
    other += (
        "def twice(url):\n    return get(url), get(url)\n\n\nasync def asked(url):\n    get(url)\n"
    )
    source = source_in(tmp_path, other)
    assert plain_functions_with(source, (b"requests.",)) == {"get", "twice"}


def test_a_function_goes_to_the_line_that_stands_no_deeper() -> None:
    """Blank lines, the end of a signature and deeper functions belong to it; its own line does not."""
    text = (
        "class A:\n    def get(\n        self,\n    ):\n\n        def inner():\n            pass\n"
        "        requests.get(1)\n\n    def after(self, one=get()):\n        pass\n"
        "\n\ndef last():\r\n\r\n    A.get()\r\n"
    )
    found = plain_functions_with(Source("a.py", text.encode()), (b"requests.",))
    assert found == {"get", "last"}


def test_a_file_of_thousands_of_functions_is_followed_to_its_end() -> None:
    """Each calls the next one: rounds over all of them took minutes here."""
    count = 3000
    chain = "".join(f"def f{n}():\n    f{n + 1}()\n" for n in range(count))
    text = f"import requests\n{chain}def f{count}():\n    requests.get('u')\n"
    found = plain_functions_with(Source("a.py", text.encode()), (b"requests.",))
    assert found == {f"f{n}" for n in range(count + 1)}


def test_a_call_by_another_name_is_one_of_the_function(tmp_path: Path) -> None:
    source = source_in(
        tmp_path, "from app.own import fetch as get\n\n\ndef route():\n    get(5, 999)\n"
    )
    callers = callers_of(source, function(source, "fetch"))
    assert callers is not None
    assert [ast.unparse(caller.call) for caller in callers] == ["fetch(1)", "get(5, 999)"]


COROUTINES = """\
from app.own import Shop, fetch


def through(limit):
    return fetch(limit)


class Client:
    def load(self, limit):
        return through(limit)

    async def refresh(self):
        return self.load(1)


async def route(limit):
    return fetch(limit)


async def never(other):
    return other.fetch(1)
"""


def test_coroutines_are_found_through_plain_functions(tmp_path: Path) -> None:
    source = source_in(tmp_path, COROUTINES)
    fetch = source.nodes(ast.FunctionDef)[0]
    found = {
        (each.caller.function.name if each.caller.function else None, each.through)
        for each in coroutines_calling(source, fetch)
    }
    assert found == {("route", ()), ("refresh", ("load", "through"))}


PORTS = """\
from typing import Protocol


class Source(Protocol):
    def load(self) -> list[str]: ...

    def close(self) -> None: ...


class Half(Protocol):
    def load(self) -> list[str]: ...

    def reopen(self) -> None: ...
"""
BEHIND = """\
class Mirror:
    def load(self):
        return bridge()

    def close(self):
        return None


def bridge():
    return []
"""
USE = """\
from app.ports import Half, Source


class Service:
    def __init__(self, source: Source, half: Half):
        self._source = source
        self._half = half

    async def refresh(self):
        return self._source.load()

    async def renew(self):
        return self._half.load()

    async def both(self):
        return self._together()

    def _together(self):
        return self._source.load()
"""


@pytest.mark.parametrize("second", [False, True])
def test_a_protocols_method_is_that_of_the_classes_behind_it(tmp_path: Path, second: bool) -> None:
    """Not that of a class that lacks one of its methods, nor that of a test's fake."""
    package = tmp_path / "app"
    tests = tmp_path / "tests"
    for folder in (package, tests):
        folder.mkdir()
        (folder / "__init__.py").write_text("")
    (package / "ports.py").write_text(PORTS)
    (package / "use.py").write_text(USE)
    (package / "own.py").write_text(BEHIND)
    (tests / "test_use.py").write_text(BEHIND)
    if second:
        (package / "other.py").write_text(BEHIND)
    path = package / "own.py"
    source = Source("app/own.py", path.read_bytes(), project=Project(tmp_path), module="app.own", location=path)  # fmt: skip
    (bridge,) = (each for each in source.nodes(ast.FunctionDef) if each.name == "bridge")
    told = {
        (each.caller.function.name, each.through)
        for each in coroutines_calling(source, bridge)
        if each.caller.function is not None
    }
    assert told == {("refresh", ("load",)), ("both", ("_together", "load"))}


def test_lines_in_commands_are_those_of_commands_and_of_guards(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "app"\n')
    (tmp_path / "cli.py").write_text(
        "import asyncio\n\nimport click\n\nfrom own import work\n\n\n"
        "@click.command()\ndef serve():\n    def inner():\n        return asyncio.run(work())\n    inner()\n\n\n"
        "def later():\n    asyncio.run(work())\n\n\n"
        'if __name__ == "__main__":\n    asyncio.run(work())\n'
    )
    own = tmp_path / "own.py"
    own.write_text("async def work():\n    pass\n")
    project = Project(tmp_path)
    source = Source("own.py", own.read_bytes(), project=project, module="own", location=own)
    found = lines_in_commands(source, tmp_path / "cli.py", frozenset({"run"}))
    assert found == {11, 20}
    assert lines_in_commands(source, tmp_path / "none.py", frozenset({"run"})) == frozenset()
