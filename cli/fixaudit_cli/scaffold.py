"""The files of a new codemod: a working example, to be changed into the wanted one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from fixaudit.errors import ConfigError
from fixaudit.files.named_file import write_into

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

MODULE = '''\
"""`os.getcwdu` is gone: `{name}` calls `os.getcwd`, which returns the same text.

Say why here, in a few sentences: what goes wrong where the finding stays, and for whom.

Left alone: other functions of the same name, and what tests use on purpose.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixaudit import Codemod, Finding, ReportMatch, Source, ObsoleteImport, access

OLD = "os.getcwdu"


class {class_name}(Codemod):
    """One site is one call of the old function."""

    name = "{name}"
    code = "{code}"
    triggers = (b"getcwdu",)
    visits = (ast.Call,)
    tags = frozenset({{"{set_name}"}})
    report_match = ReportMatch(keywords=(("getcwdu",),))

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if source.qualified_name(node.func) != OLD:
            if isinstance(node.func, ast.Attribute) and node.func.attr == "getcwdu":
                yield self.leave(source, node, "another function of the same name")
            return
        if source.is_test:
            yield self.leave(source, node, "a test may want the old function")
            return
        new = access(source, node, "os", "getcwd")
        if new is None:
            yield self.review(source, node, "the name `getcwd` is taken here")
            return
        edits = [source.replace(node.func, new.text)]
        needed = (*new.needed_names, *_needless(node.func))
        if node.args or node.keywords:
            reason = "the old function ignored its arguments, the new one refuses them"
            yield self.unsafe(source, node, reason, edits, needed)
        else:
            yield self.fix(source, node, f"`{{OLD}}` is gone", edits, needed)


def _needless(function: ast.expr) -> tuple[ObsoleteImport, ...]:
    """The name that `from os import getcwdu` brought in goes when nothing else uses it."""
    return (ObsoleteImport(function.id),) if isinstance(function, ast.Name) else ()
'''

CASES = {
    "fix_plain_call": '''\
# reason: is gone
import os


def folder() -> str:
    """Where os.getcwdu() pointed."""
    return os.getcwdu()  # the current one
''',
    "unsafe_with_arguments": """\
# reason: ignored its arguments
import os


def folder(hint: str) -> str:
    return os.getcwdu(
        hint,  # was never used
    )
""",
    "leave_another_function": """\
# reason: another function
class Shell:
    def getcwdu(self) -> str:
        return "/"


def folder(shell: Shell) -> str:
    return shell.getcwdu()
""",
    "leave_in_a_test": """\
# reason: a test may want
# path: tests/test_folders.py
import os


def test_folder() -> None:
    assert os.getcwdu()
""",
}


@dataclass(frozen=True, slots=True)
class Scaffold:
    """Where the files of a new codemod go: its module's folder, and the fixtures' root."""

    name: str
    code: str
    codemods: Path
    fixtures: Path
    set_name: str = "local"

    @property
    def module(self) -> Path:
        return self.codemods / f"{self.name.replace('-', '_')}.py"

    def files(self) -> dict[Path, str]:
        """Every file to write, with its content."""
        class_name = "".join(part.capitalize() for part in self.name.split("-"))
        text = MODULE.format(
            name=self.name, code=self.code, class_name=class_name, set_name=self.set_name
        )
        result = {self.module: text}
        for case, before in CASES.items():
            after = (
                before if case.startswith("leave_") else before.replace("os.getcwdu(", "os.getcwd(")
            )
            after = after.replace("Where os.getcwd()", "Where os.getcwdu()")
            result[self.fixtures / "before" / self.name / f"{case}.py"] = before
            result[self.fixtures / "after" / self.name / f"{case}.py"] = after
        return result

    def write(self) -> list[Path]:
        """Write all files; nothing is overwritten.

        Raises:
            ConfigError: the name is no kebab-case name, or one of the files is there already.
        """
        if not _NAME.fullmatch(self.name):
            raise ConfigError(
                f'{self.name}: a codemod\'s name is kebab-case, such as "md5-to-sha256"'
            )
        files = self.files()
        for path in files:
            if path.exists():
                raise ConfigError(f"{path}: is there already; choose another name or remove it")
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", newline="\n")
        return list(files)


def configure(root: Path, folder: Path) -> str:
    """Add the codemod folder to the repository's configuration; returns one line about it.

    An existing configuration that names other folders is not rewritten: the line is what to add.
    """
    name = folder.relative_to(root).as_posix() if folder.is_relative_to(root) else str(folder)
    line = f'codemods = ["{name}"]'
    own, project = root / "fixaudit.toml", root / "pyproject.toml"
    if own.is_file():
        return _named_in(own, "", line, name)
    if not project.is_file():
        write_into(own, f"{line}\n".encode())
        return f"wrote {own.name}"
    return _named_in(project, "[tool.fixaudit]", line, name)


def _named_in(path: Path, table: str, line: str, name: str) -> str:
    text = path.read_bytes().decode("utf-8")
    end = "\r\n" if "\r\n" in text else "\n"
    if f'"{name}"' in text and "codemods" in text:
        return f"{path.name} names the folder already"
    if re.search(r"^codemods\s*=", text, re.MULTILINE):
        return f'add "{name}" to `codemods` in {path.name}'
    heading = re.search(rf"^{re.escape(table)}[ \t]*(?=\r?$)", text, re.MULTILINE)
    if not table:
        new = f"{line}{end}{text}"
    elif heading is not None:
        new = f"{text[: heading.end()]}{end}{line}{text[heading.end() :]}"
    else:
        gap = "" if not text else end if text.endswith("\n") else end * 2
        new = f"{text}{gap}{table}{end}{line}{end}"
    write_into(path, new.encode())
    return f"{path.name} names the folder now"
