"""Which functions of a module are its command line, and which are library code beside it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from fixaudit.semantics.project import Project
from fixaudit.source.references import Target, steps_to
from fixaudit.source.source import Source

MIXED = """\
import argparse
import asyncio

class Importer:
    def run(self):
        mark("method")

def shared():
    mark("shared")

def helper():
    mark("helper")

def deeper():
    mark("deeper")
    deeper()

def build_parser():
    mark("parser")
    return argparse.ArgumentParser()

async def work(argv):
    mark("work")
    helper()
    shared()

def api():
    mark("api")
    shared()

def main():
    args = build_parser().parse_args()
    asyncio.run(work(args))
    Importer().run()
    def nested():
        mark("nested")
        deeper()
    nested()

if __name__ == "__main__":
    mark("guard")
    main()
else:
    mark("imported")
"""


def command_line(text: str, path: str = "pkg/feed.py") -> set[str]:
    """The marks that stand in command-line code."""
    source = Source(path, text.encode())
    return {
        ast.literal_eval(call.args[0])
        for call in source.nodes(ast.Call)
        if isinstance(call.func, ast.Name)
        and call.func.id == "mark"
        and source.audience(call).is_terminal
    }


def test_a_module_that_mixes_a_library_class_with_its_main() -> None:
    found = command_line(MIXED)
    assert found == {"helper", "deeper", "parser", "work", "nested", "guard"}


@pytest.mark.parametrize(
    ("head", "decorator", "is_command"),
    [
        ("import click", "@click.command()", True),
        ("import click\n@click.group()\ndef tool(): ...", "@tool.command('x')", True),
        ("import typer\napp = typer.Typer()", "@app.command()", True),
        ("import typer\napp = typer.Typer()", "@app.callback()", True),
        ("from click import command", "@command()", True),
        ("from invoke import task", "@task", True),
        ("from dash import Dash\napp = Dash()", "@app.callback()", False),
        ("from discord.ext import commands\nbot = commands.Bot()", "@bot.command()", False),
        ("from fastapi import FastAPI\napp = FastAPI()", "@app.get('/')", False),
        ("import functools", "@functools.cache", False),
    ],
)
def test_decorators_of_commands(head: str, decorator: str, is_command: bool) -> None:
    text = f"{head}\n\n{decorator}\ndef run():\n    mark('run')\n"
    assert command_line(text) == ({"run"} if is_command else set())


@pytest.mark.parametrize(
    "text",
    [
        "import argparse\ndef go(args: argparse.Namespace):\n    mark('x')\n",
        "import sys\ndef go():\n    mark('x')\n    return sys.argv[1:]\n",
        "def go(parser):\n    mark('x')\n    return parser.parse_args()\n",
        "import csv\nrows = csv.reader(open('a'))\nmark('x')\n",
        "import csv\nfor row in csv.reader(open('a')):\n    mark('x')\n",
        "def load():\n    mark('x')\n\n\nload()\n",
        "import cmd\nclass Shell(cmd.Cmd):\n    def do_it(self, arg):\n        mark('x')\n",
        "from setuptools.command.build_py import build_py\nclass B(build_py):\n    def run(self):\n        mark('x')\n",
        (
            "from hatchling.builders.hooks.plugin.interface import BuildHookInterface\n"
            "class Hook(BuildHookInterface):\n    def initialize(self):\n        mark('x')\n"
        ),
        "import sys\nif len(sys.argv) < 2:\n    mark('x')\n",
        (
            "class Tool:\n    def options(self, parser):\n        parser.add_argument('--a')\n"
            "    def go(self):\n        mark('x')\n"
        ),
    ],
)
def test_other_shapes_of_a_command_line(text: str) -> None:
    assert command_line(text) == {"x"}


@pytest.mark.parametrize(
    "text",
    [
        "__all__ = ['load']\ndef load():\n    mark('x')\nif __name__ == '__main__':\n    load()\n",
        "def load():\n    mark('x')\nCACHE = load()\nif __name__ == '__main__':\n    load()\n",
        (
            "tasks = make()\n@tasks.register\ndef load():\n    mark('x')\n"
            "if __name__ == '__main__':\n    load()\n"
        ),
        (
            "import uvicorn\nfrom fastapi import FastAPI\ndef create():\n    mark('x')\n"
            "    return FastAPI()\nif __name__ == '__main__':\n    uvicorn.run(create())\n"
        ),
        (
            "import gradio as gr\ndef answer(request: gr.Request):\n    mark('x')\n"
            "if __name__ == '__main__':\n    answer(None)\n"
        ),
        (
            "import gradio as gr\ndef answer(text):\n    mark('x')\ndef page():\n    gr.Button().click(answer)\n"
            "if __name__ == '__main__':\n    page()\n"
        ),
        "def go(chrome):\n    chrome.add_argument('--headless')\n    mark('x')\n",
        "class Job: ...\n\n\ndef register():\n    mark('x')\n\n\nregister()\n",
        "try:\n    import ujson\nexcept ImportError:\n    mark('x')\n",
        "class Job:\n    def main(self):\n        mark('x')\n",
        "if __name__ != '__main__':\n    mark('x')\n",
    ],
)
def test_library_code_that_only_looks_like_one(text: str) -> None:
    assert command_line(text) == set()


@pytest.mark.parametrize("path", ["app/management/commands/load.py", "pkg/__main__.py"])
def test_modules_that_are_a_command_line_as_a_whole(path: str) -> None:
    assert command_line("def load():\n    mark('x')\n", path) == {"x"}


def test_the_targets_of_console_scripts(tmp_path: Path) -> None:
    text = "def feed():\n    mark()\n\ndef other():\n    mark()\n"
    (tmp_path / "pyproject.toml").write_text('[project.scripts]\nfeed = "pkg.load:feed"\n')
    project = Project(tmp_path, [])
    source = Source("pkg/load.py", text.encode(), project=project, module="pkg.load")
    calls = source.nodes(ast.Call)
    found = [source.audience(call) for call in calls]
    assert [[entry.text for entry in each.declared] for each in found] == [
        ["`feed` is the target of a console script"],
        [],
    ]


@pytest.mark.parametrize(
    ("path", "text", "hint"),
    [
        ("pkg/cli.py", "def load():\n    mark('x')\n", "it is named `cli.py`"),
        ("pkg/cli/run.py", "def load():\n    mark('x')\n", "it lies below `cli/`"),
        ("pkg/feed.py", "def main():\n    mark('x')\n", "the function is called `main`"),
        ("pkg/feed.py", "#!/bin/python\ndef f():\n    mark('x')\n", "its first line is a shebang"),
    ],
)
def test_names_and_paths_are_hints_for_what_is_reached_from_nowhere(
    path: str, text: str, hint: str
) -> None:
    source = Source(path, text.encode())
    call = next(iter(source.nodes(ast.Call)))
    found = source.audience(call)
    assert not found.is_terminal
    assert [entry.text for entry in found.hints] == [hint]
    assert all(entry.is_hint for entry in found.hints)


FILES = {
    "pyproject.toml": "[project]\nname = 'x'\n[project.scripts]\nstack = 'stack.cli:main'\n",
    "stack/__init__.py": "",
    "stack/cli.py": "from stack.checks import run_all, both\n\ndef main():\n    run_all()\n    both()\n",
    "stack/checks.py": (
        "def run_all():\n    mark('terminal')\n    _step()\n\n"
        "def _step():\n    mark('helper')\n\n"
        "def both():\n    mark('both')\n\n"
        "def handle():\n    mark('service')\n\n"
        "def loaded():\n    mark('loaded')\n    return 1\n\n"
        "def beside():\n    mark('guard and importer')\n\n"
        "class Client:\n    def get(self):\n        mark('class of a service')\n\n"
        "if __name__ == '__main__':\n    beside()\n"
    ),
    "stack/api.py": (
        "from fastapi import FastAPI\nfrom . import checks\nfrom .checks import Client as C\n"
        "app = FastAPI(lifespan=checks.handle)\n\n"
        "@app.get('/')\nasync def root():\n    checks.both()\n    return C().get()\n\n"
        "VALUE = checks.loaded()\nBESIDE = checks.beside()\n"
    ),
}


def test_imports_and_calls_are_followed_over_the_project(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    project = Project(tmp_path)
    data = FILES["stack/checks.py"].encode()
    source = Source("stack/checks.py", data, project=project, module="stack.checks")
    found = {
        call.args[0].value: source.audience(call)  # type: ignore[attr-defined]
        for call in source.nodes(ast.Call)
        if isinstance(call.func, ast.Name) and call.func.id == "mark"
    }
    assert {name for name, each in found.items() if each.is_terminal} == {"terminal", "helper"}
    fresh = Source("stack/checks.py", data, project=Project(tmp_path), module="stack.checks")
    alone = {
        call.args[0].value: fresh.only_command(call)  # type: ignore[attr-defined]
        for call in fresh.nodes(ast.Call)
        if isinstance(call.func, ast.Name) and call.func.id == "mark"
    }
    assert alone == {
        name: each.commands[0] if each.is_terminal else None for name, each in found.items()
    }
    assert {name for name, each in found.items() if each.is_both} == {"both"}
    services = {name: [e.line for e in each.services] for name, each in found.items()}
    assert services == {
        **{name: [] for name in found},
        "both": [7],
        "service": [4],
        "class of a service": [7],
    }
    assert [(e.path, e.line) for e in found["loaded"].importers] == [("stack/api.py", 11)]
    assert found["guard and importer"].commands
    assert found["guard and importer"].importers
    [command] = found["helper"].declared
    assert (command.path, command.line) == ("stack/cli.py", 3)


USES = {
    "plain": "import shelf.client\n\n\ndef a():\n    return shelf.client.get()\n",
    "renamed": "import shelf.client as c\n\n\ndef a():\n    return c.get()\n",
    "from": "from shelf import client\n\n\ndef a():\n    return client.get()\n",
    "name": "from shelf.client import get\n\n\ndef a():\n    return get()\n",
    "other_name": "from shelf.client import get as fetch\n\n\ndef a():\n    return fetch()\n",
    "star": "from shelf.client import *\n\n\ndef a():\n    return get()\n",
    "inner": "def a():\n    from shelf.client import get\n    return get()\n",
    "inner_module": "def a():\n    import shelf.client as c\n    return c.get()\n",
    "inner_lines": "def a():\n    from shelf import (\n        client as c,\n    )\n    return c.get()\n",
    "broken": "from shelf import client\n\n\ndef a():\n    return (client\n        .get())\n",
    "behind": "from shelf import client\n\n\ndef a():\n    return (client.\n        get())\n",
    "spaced": "from shelf import client\n\n\ndef a():\n    return client . get()\n",
    "non_ascii": "from shelf import client as über\n\n\ndef a():\n    return über.get()\n",
    "other": "from shelf import client\n\n\ndef a(self, row):\n    return self.get(row.get(client))\n",
    "called": "from shelf import client\n\n\ndef a():\n    return client.made().get()\n",
}


def test_a_use_is_found_however_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "shelf").mkdir()
    (tmp_path / "shelf" / "__init__.py").write_text("")
    client = tmp_path / "shelf" / "client.py"
    client.write_text("def get():\n    return 1\n\n\ndef made():\n    return {}\n")
    for name, text in USES.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    steps = steps_to(Project(tmp_path), Target(client, "get", 1))
    assert {step.path.stem for step in steps if step.inside is not None} == USES.keys() - {
        "other",
        "called",
    }


def test_a_command_line_may_name_its_commands_in_texts(tmp_path: Path) -> None:
    text = "def run(args):\n    mark('named')\n\ndef other(args):\n    mark('not named')\n"
    (tmp_path / "jobs.py").write_text(text)
    (tmp_path / "queue_of_jobs.py").write_text("JOBS = {'other': 'jobs.other'}\n")
    (tmp_path / "parser.py").write_text(
        "import argparse\n\nACTIONS = {\n    'run': 'jobs.run',\n    'later': 'jobs.other_one',\n}\n"
    )
    source = Source("jobs.py", text.encode(), project=Project(tmp_path), module="jobs")
    named, other = (source.audience(call) for call in source.nodes(ast.Call))
    assert [(each.path, each.line) for each in named.declared] == [("parser.py", 4)]
    assert named.is_terminal
    assert not other.commands
