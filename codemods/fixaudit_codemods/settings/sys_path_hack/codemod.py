"""`sys.path.append(…)` in a module that others import goes: a package is found because it is installed.

A module that changes `sys.path` when it is imported changes it for the whole process: from then on a
folder's `utils.py` or `tests` may be found in the place of somebody else's, and what can be imported
depends on what was imported before.

It is `fix` where the folder is known (from `__file__`) and provably holds nothing that the project
imports, so that the line does nothing. It is `unsafe` where something is imported from there: the
project has to be installed then, by `pip install -e .` or the like, and the reason names the import.
It is for a human where the folder depends on anything else or the line on a condition, and where the
folder holds no code today: what is made or fetched later may stand there.

It leaves alone: scripts, tests, examples, migrations and notebooks, modules that can be run as a
script and need the folder, and functions, which change the path when they are called. Imports that
nothing uses any more go with it.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from fixaudit import Codemod, Edit, Finding, ObsoleteImport, ReportMatch, Role, Source
from fixaudit.authoring import Mention, line_span, stands_alone
from fixaudit_codemods.settings.sys_path_hack._folders import folder_of

_CALLS = {"sys.path.append": 0, "sys.path.insert": 1}
_COMMENT = re.compile(r"#.*\b(path|import|imports|parent|root|module|modules|package|directory)\b", re.I)  # fmt: skip
_MANY = 200
INSTALL = (
    "Make the folder's code a package of the project (`[project]` in `pyproject.toml`, then `pip install "
    "-e .`), or start it with `python -m package.module` from its root. Setting `PYTHONPATH` where it is "
    "started keeps the code as it is, and every starter has to know. A test run finds it by pytest's "
    "`pythonpath` setting."
)


class SysPathHack(Codemod):
    name = "sys-path-hack"
    code = "FA601"
    triggers = (b"sys.path", b"import path")
    names = frozenset({"append", "insert"})
    visits = (ast.Call,)
    tags = frozenset({"settings"})
    report_match = ReportMatch(
        keywords=(
            ("sys.path",),
            ("python path|import path|module search path", "manipulat*|modif*|hack*|append*|insert*"),
        ),
    )  # fmt: skip

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test run sets its path up",
        Role.SCRIPT: "a script is found by nobody's import: it has to say where its code is",
        Role.EXAMPLE: "an example is run from where it lies",
        Role.MIGRATION: "a migration is run by its tool from where it lies",
        Role.NOTEBOOK: "a notebook is run from where it lies",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        position = _CALLS.get(source.qualified_name(node.func) or "")
        statement = source.parent(node)
        if position is None or not isinstance(statement, ast.Expr) or len(node.args) <= position:
            return
        if (reason := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, reason)
        elif source.function(node) is not None:
            yield self.leave(source, node, "in a function: it is done when that is called")
        else:
            yield self._judged(source, node, statement, node.args[position])

    def _judged(
        self, source: Source, node: ast.Call, statement: ast.Expr, given: ast.expr
    ) -> Finding:
        whole = _whole(source, statement)
        if whole is None:
            reason = "it depends on a condition whether a folder is put on the path"
            return self.review(source, node, reason, INSTALL)
        folder = folder_of(source, given)
        if folder is None or not _is_inside(source, folder):
            reason = f"which folder `{ast.unparse(given)}` is cannot be told from the code"
            return self.review(source, node, reason, INSTALL)
        names = sorted(source.project.importable_from(folder) - sys.stdlib_module_names)
        if not names:
            reason = f"{_shown(source, folder)} holds no code of the project: is it made or fetched later?"  # fmt: skip
            return self.review(source, node, reason, INSTALL)
        used = next(filter(None, (_import_of(source, name) for name in names)), None)
        shown = _shown(source, folder)
        if used is not None and (run := _run_as_script(source)) is not None:
            return self.leave(source, node, f"{run}, and finds code of {shown} by it")
        if not stands_alone(source, whole) or len(source.block(whole)) == 1:
            return self.review(source, node, "its line holds other code too", INSTALL)
        edit = _removal(source, whole)
        if edit is None:
            reason = f"the comment in line {whole.lineno - 1} may be about what is below it too"
            return self.review(source, node, reason, INSTALL)
        heads = {item.id for item in ast.walk(whole) if isinstance(item, ast.Name)}
        gone = [ObsoleteImport(name) for name in sorted(heads)]
        if used is None:
            reason = f"nothing that the project imports is found in {shown}"
            return self.fix(source, node, reason, [edit], gone)
        reason = f"`{used.text}` ({source.shown(used.path)}:{used.line}) is found in {shown}: without the line the project has to be installed"  # fmt: skip
        return self.unsafe(source, node, reason, [edit], gone, INSTALL)


# ------------------------------------------------------------------------------ the statement


def _whole(source: Source, statement: ast.Expr) -> ast.stmt | None:
    """The statement, or the `if x not in sys.path:` around it alone; None under other conditions."""
    parent = source.parent(statement)
    if isinstance(parent, ast.Module):
        return statement
    if not isinstance(parent, ast.If) or len(parent.body) != 1 or parent.orelse:
        return None
    match parent.test:
        case ast.Compare(ops=[ast.NotIn()], comparators=[where]):
            is_guard = source.qualified_name(where) == "sys.path"
            return parent if is_guard and isinstance(source.parent(parent), ast.Module) else None
    return None


def _run_as_script(source: Source) -> str | None:
    """What shows that the file is started, not only imported."""
    for item in source.tree.body:
        if isinstance(item, ast.If) and "__name__" in ast.unparse(item.test):
            return "the file can be run as a script"
    folder, name = source.path.rpartition("/")[0], source.path.rpartition("/")[2]
    imported = re.compile(rf"(?:from|import)\b.*\b{re.escape(name.removesuffix('.py'))}\b")
    word = name.removesuffix(".py").encode()
    root = source.project.root
    in_package = root is not None and source.project.read(root / folder / "__init__.py") is not None
    if in_package or any(imported.match(m.text) for m in source.project.mentions(word, _MANY)):
        return None
    return "nothing imports the file: it is run as a script"


def _removal(source: Source, statement: ast.stmt) -> Edit | None:
    """The statement's lines, with the comment above where it speaks of it, or heads nothing else."""
    span, line = line_span(source, statement), statement.lineno - 1
    texts = []
    while line >= 1 and source.line_text(line).startswith("#"):
        texts.append(source.line_text(line))
        line -= 1
    last = statement.end_lineno or statement.lineno
    alone = last >= source.positions.line_count or not source.line_text(last + 1).strip()
    heads = line == 0 or (texts and texts[-1].startswith(("#!", "# -*-")))
    if not texts or heads:
        line = statement.lineno - 1
    elif not alone and not any(_COMMENT.search(text) for text in texts):
        return None
    start, end = source.positions.line_start(line + 1), span.end
    if alone and last < source.positions.line_count and line >= 1:
        # One of the two empty lines around it goes too.
        end = end if source.line_text(line).strip() else source.positions.line_end(last + 1)
    return source.edit(start, end, "", drops_comments=True)


# ------------------------------------------------------------------------------ the folder


def _is_inside(source: Source, folder: Path) -> bool:
    root = source.project.root
    return root is not None and (folder == root or folder.is_relative_to(root))


def _shown(source: Source, folder: Path) -> str:
    inner = source.project.inner(folder).as_posix()
    return "the project's root" if inner == "." else f"`{inner}/`"


def _import_of(source: Source, name: str) -> Mention | None:
    """A line of code that is no test by which the project imports a top-level name."""
    written = re.compile(rf"from\s+{name}\b|import\s[^#\n]*\b{name}\b")
    quoted = re.compile(rf"['\"]{name}(?:\.\w+)*:\w+['\"]|import_module\(\s*['\"]{name}\b")
    for needle in (f"from {name}", f"import {name}", f'"{name}', f"'{name}"):
        for mention in source.project.mentions(needle.encode(), _MANY):
            text = mention.text
            if not mention.is_test and (written.match(text) or quoted.search(text)):
                return mention
    return None
