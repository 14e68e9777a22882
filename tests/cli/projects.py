"""Projects with a codemod of their own, for trying the command line as a whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from repositories import ENVIRONMENT

CODEMOD = '''\
"""Calls of `old` become calls of `new`.

The old function is slow, and its author has left.
"""

import ast
from collections.abc import Iterator

from fixaudit import Codemod, Edit, Finding, ImportWish, Source, Span


class OldToNew(Codemod):
    """Calls of `old` become calls of `new`, and 13 is bad luck."""

    name = "old-to-new"
    code = "TT901"
    triggers = (b"old(",)
    visits = (ast.Call,)

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if not isinstance(node.func, ast.Name) or node.func.id != "old":
            return
        unlucky = any(isinstance(a, ast.Constant) and a.value == 13 for a in node.args)
        text = "new.poison" if unlucky else "new.new"
        edits = [Edit(source.span(node.func), text)]
        if any(keyword.arg == "far" for keyword in node.keywords):
            word = next(k for k in node.keywords if k.arg == "far")
            edits.append(Edit(Span(source.span(word).start, source.span(word).start + 3), "near"))
        yield self.fix(source, node, f"call number {ast.unparse(node.args[0])}",
                       edits, [ImportWish("new", None, "new")])


'''
SECOND = (
    CODEMOD.replace("OldToNew", "LateToSoon")
    .replace("old-to-new", "late-to-soon")
    .replace("TT901", "TT902")
    .replace("old", "late")
    .replace("new.new", "soon.soon")
    .replace('"new", None, "new"', '"soon", None, "soon"')
)
MODULE = '''\
"""A module."""


def one():
    return old(1)


def two():
    return old(2)


def three():
    return old(3)
'''
DONE = MODULE.replace('"""A module."""\n', '"""A module."""\n\nimport new\n').replace(
    "old(", "new.new("
)


_TRUSTED: set[str] = set()


def make_project(root: Path, verify: str = "", **files: str) -> Path:
    """A trusted project with the codemods in `tools`; names of files are given with `__` for `/`."""
    (root / "tools").mkdir(parents=True)
    _TRUSTED.add(str(root))
    os.environ["FIXAUDIT_TRUST"] = os.pathsep.join(sorted(_TRUSTED))
    (root / "tools" / "old_to_new.py").write_text(CODEMOD)
    (root / "tools" / "late_to_soon.py").write_text(SECOND)
    (root / "pyproject.toml").write_text(
        '[project]\nname = "t"\nrequires-python = ">=3.11"\n\n[tool.fixaudit]\n'
        f'codemods = ["tools"]\nexclude = ["tools"]\nselect = ["TT9"]\n{verify}'
    )
    for name, text in files.items():
        path = root / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def fixaudit(folder: Path, *arguments: str, stdin: int = subprocess.DEVNULL) -> Ended:
    """Run the command line in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "fixaudit_cli", *arguments],
        cwd=folder,
        stdin=stdin,
        capture_output=True,
        check=False,
        # Compiled modules are kept, as they are wherever nothing forbids it.
        env={**os.environ, **ENVIRONMENT, "PYTHONDONTWRITEBYTECODE": ""},
    )
    return Ended(done.returncode, done.stdout, done.stderr.decode())


class Ended:
    """How a run of the command line ended."""

    def __init__(self, code: int, output: bytes, notes: str) -> None:
        self.code = code
        self.output = output
        self.notes = notes

    def __repr__(self) -> str:
        return f"exit code {self.code}\n{self.output.decode(errors='replace')}\n{self.notes}"
