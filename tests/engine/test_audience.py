"""Which functions of a module are its command line, and which are library code beside it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from fixaudit.semantics.project import Project
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
        if isinstance(call.func, ast.Name) and call.func.id == "mark" and source.audience(call).is_terminal
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
        "def main():\n    mark('x')\n",
        "import csv\nrows = csv.reader(open('a'))\nmark('x')\n",
        "import csv\nfor row in csv.reader(open('a')):\n    mark('x')\n",
        "def load():\n    mark('x')\n\n\nload()\n",
        "import cmd\nclass Shell(cmd.Cmd):\n    def do_it(self, arg):\n        mark('x')\n",
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
        "def go(chrome):\n    chrome.add_argument('--headless')\n    mark('x')\n",
        "class Job: ...\n\n\ndef register():\n    mark('x')\n\n\nregister()\n",
        "try:\n    import ujson\nexcept ImportError:\n    mark('x')\n",
        "class Job:\n    def main(self):\n        mark('x')\n",
        "if __name__ != '__main__':\n    mark('x')\n",
    ],
)
def test_library_code_that_only_looks_like_one(text: str) -> None:
    assert command_line(text) == set()


@pytest.mark.parametrize(
    "path", ["pkg/cli.py", "pkg/cli/run.py", "app/management/commands/load.py", "pkg/__main__.py"]
)
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
