"""The complexity of a function is the number that ruff gives it."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fixaudit_codemods.maintainability.complexity._counting import complexity_of

ROOT = Path(__file__).parents[2]
STATEMENTS = """\
def loops(a):
    for b in a:
        break
    else:
        pass
    while a:
        a.pop()
    else:
        return [x for x in a if x and a or x]


async def tries(a):
    try:
        async with a as b, b:
            async for c in b:
                pass
    except (OSError, ValueError):
        pass
    except KeyError:
        raise
    else:
        return lambda x: 1 if x else 2
    finally:
        if a:
            pass
        elif b:
            pass
        else:
            assert a and b


def cases(a):
    def inner():
        if a:
            pass

    class Local:
        def method(self):
            return a if self else None

    match a:
        case [1, *_]:
            pass
        case {"a": b} if b:
            pass
        case _:
            return inner
"""


@pytest.mark.parametrize(
    "place", ["statements", "fixtures/before/complexity", "engine/fixaudit/edits"]
)
def test_counted_as_ruff_counts(place: str, tmp_path: Path) -> None:
    folder = ROOT / place
    if place == "statements":
        folder = tmp_path
        (folder / "a.py").write_text(STATEMENTS)
    command = "check --isolated --no-cache --output-format json --select C901 --ignore-noqa"
    setting = "lint.mccabe.max-complexity=0"
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *command.split(), "--config", setting, str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    theirs = {
        (item["filename"], item["location"]["row"]): int(found[1])
        for item in json.loads(done.stdout)
        if (found := re.search(r"\((\d+) > 0\)", item["message"]))
    }
    ours = {
        (str(path), node.lineno): complexity_of(node)
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    assert theirs
    assert {key: ours[key] for key in theirs} == theirs
