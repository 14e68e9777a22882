"""Who reads what code prints: which commands, services and importers of the project reach it."""

from __future__ import annotations

import ast
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from fixaudit.model.evidence import Evidence, Reach, Strength
from fixaudit.semantics.module_facts import ModuleFacts
from fixaudit.semantics.project import Project
from fixaudit.semantics.values.reach import remembered
from fixaudit.source.main_guard import is_main_guard
from fixaudit.source.program_entries import COMMAND_LIBRARIES, Entered, Entries, ProgramEntry
from fixaudit.source.references import ReachStep, Target, step_from, steps_to

COMMAND_LINE_NAMES = frozenset({"cli", "_cli", "cmdline", "commandline"})
COMMAND_LINE_FOLDERS = frozenset({"cli", "command_line", "commandline", "cmdline"})
# A module that logs is not written for the terminal, whatever its shape.
_LOGGING = frozenset({"logging", "loguru", "structlog"})
# Modules whose purpose is to ask whoever sits at the terminal.
_DIALOGUE_MODULES = frozenset(
    {"getpass", "inquirer", "InquirerPy", "prompt_toolkit", "questionary"}
)
_SETUPS = frozenset({"setuptools", "distutils.core"})
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_MOST_STEPS = 200
_TEXTS = 400


@dataclass(frozen=True, slots=True)
class Audience:
    """From where code is reached, each with its evidence, the nearest first.

    `commands` of a terminal, `declared` those of them that are commands by themselves (console
    scripts, click, typer, management commands) and not by a guard or a parser; `services` (routes,
    tasks, handlers of events); `importers`: modules that use it when they are loaded, functions
    that nothing here calls and `__all__`. `hints` are names and paths that speak of a terminal,
    given only where code is reached from nowhere.
    """

    commands: tuple[Evidence, ...] = ()
    declared: tuple[Evidence, ...] = ()
    services: tuple[Evidence, ...] = ()
    importers: tuple[Evidence, ...] = ()
    hints: tuple[Evidence, ...] = ()

    @property
    def is_terminal(self) -> bool:
        """Only commands reach the code: a person at a terminal reads what it prints."""
        return bool(self.commands) and not self.services and not self.importers

    @property
    def is_both(self) -> bool:
        """A declared command and a service, or a library's users, reach the code."""
        return bool(self.declared) and bool(self.services or self.importers)


def audience_of(
    project: Project,
    path: str,
    body: bytes,
    module: ModuleFacts,
    node: ast.AST,
    *,
    only_commands: bool = False,
) -> Audience:
    """The audience of what the code of a node prints; `path` and `body` are those of its file.

    With `only_commands` it is asked whether only commands reach it: others are looked for no
    further than the first.
    """
    reader = _Climb(project, path, body, module, only_commands)
    return reader.read(node)


class _Climb:
    """Follows references from one node up to the entries."""

    def __init__(
        self, project: Project, path: str, body: bytes, module: ModuleFacts, only_commands: bool
    ) -> None:
        self._project = project
        self._only_commands = only_commands
        self._path = path
        self._body = body
        self._module = module
        self._found: dict[Entered, dict[Evidence, bool]] = {by: {} for by in Entered}
        self._names: list[Evidence] = []
        self._unreached: list[Target] = []

    def read(self, node: ast.AST) -> Audience:
        entries = Entries(self._project, self._module)
        first = step_from(self._project, self._module, node, entries)
        if first.entry is None and first.inside is None and (text := self._runs_itself()):
            first = replace(first, entry=ProgramEntry(Entered.COMMAND, first.line, text))
        self._follow(first)
        commands = self._found[Entered.COMMAND]
        declared = tuple(entry for entry, is_declared in commands.items() if is_declared)
        start = first.inside
        if start is not None and start.is_class and commands and not declared:
            if all(entry.path == self._path for entry in commands) and not self._asks():
                text = f"`{start.name}` is there for others to use, beside a `__main__` of its own"
                self._note(ProgramEntry(Entered.IMPORTER, start.line, text), self._module.path)
        found = {by: tuple(self._found[by]) for by in Entered}
        reached = any(found.values())
        return Audience(
            found[Entered.COMMAND],
            declared,
            found[Entered.SERVICE],
            found[Entered.IMPORTER],
            () if reached else tuple(self._hints(node)),
        )

    def _follow(self, first: ReachStep) -> None:
        todo = deque([first])
        seen: set[Target] = set()
        while todo and len(seen) < _MOST_STEPS:
            step = todo.popleft()
            if step.entry is not None:
                self._note(self._at_home(step), step.path)
                if self._only_commands and self._is_entered_otherwise():
                    return
                continue
            target = step.inside
            if target is None or target in seen:
                continue
            seen.add(target)
            steps = steps_to(self._project, target)
            todo += steps
            if not steps and not self._note_named_in_text(target) and step is not first:
                self._unreached.append(target)
        commands = {
            entry.path for entry, is_declared in self._found[Entered.COMMAND].items() if is_declared
        }
        for target in self._unreached:
            # Beside a command that is one, what nothing calls is no sign of a library.
            if self._shown(target.path) not in commands:
                self._note_unreached(target)

    def _is_entered_otherwise(self) -> bool:
        return bool(self._found[Entered.SERVICE] or self._found[Entered.IMPORTER])

    def _at_home(self, step: ReachStep) -> ProgramEntry:
        """The entry of a step; a module that is a program runs what it calls when it is loaded."""
        entry = step.entry
        assert entry is not None
        if entry.by is Entered.IMPORTER and step.path == self._module.path and step.line > 1:
            if (text := self._runs_itself()) is not None:
                return ProgramEntry(Entered.COMMAND, entry.line, text)
        return entry

    def _note(self, entry: ProgramEntry, path: Path) -> None:
        evidence = Evidence(
            Strength.PROOF, Reach.FUNCTION, self._shown(path), entry.line, entry.text
        )
        self._found[entry.by].setdefault(evidence, entry.is_declared)

    def _note_unreached(self, target: Target) -> None:
        if target.name in ("main", "_main", "cli"):
            self._names.append(
                self._hint(f"only `{target.name}` uses it", target.line, target.path)
            )
            return
        kind = "class" if target.is_class else "function"
        text = f"the {kind} `{target.name}` uses it, for others to call"
        self._note(ProgramEntry(Entered.IMPORTER, target.line, text), target.path)

    def _note_named_in_text(self, target: Target) -> bool:
        """A command line that imports its commands late names them in texts: `"app.commands.run"`."""
        facts = self._project.facts_of(target.path)
        module = facts.name if facts is not None else ""
        # One search for a module, whichever of its functions is asked about.
        for text in (f"{module}.", f"{module}:") if module else ():
            named = re.compile(rf"[\"']{re.escape(text + target.name)}[\"']")
            for mention in self._project.mentions(text.encode("utf-8", "surrogateescape"), _TEXTS):
                if mention.is_test or not named.search(mention.text):
                    continue
                if self._is_command_line(mention.path):
                    words = f"the command line names `{target.name}` in a text"
                    entry = ProgramEntry(Entered.COMMAND, mention.line, words, is_declared=True)
                    self._note(entry, mention.path)
                    return True
        return False

    def _is_command_line(self, path: Path) -> bool:
        facts = self._project.facts_of(path)
        return facts is not None and any(
            item.module.partition(".")[0] in COMMAND_LIBRARIES | {"argparse", "optparse"}
            for item in facts.imports
        )

    def _shown(self, path: Path) -> str:
        if path == self._module.path:
            return self._path
        return self._project.inner(path).as_posix()

    # ---------------------------------------------------------------- the module itself

    def _runs_itself(self) -> str | None:
        """Why loading the module runs a program: it reads the command line, or it is a mere script."""
        return remembered(self._project, ("runs itself", self._module.path), self._program)

    def _program(self) -> str | None:
        module = self._module
        body = self._project.view(module).tree.body
        entries = Entries(self._project, module)
        outside = [
            entry for entry in body if not isinstance(entry, _DEFINITIONS) and not _guards(entry)
        ]
        if any(entries.parses(node) for entry in outside for node in ast.walk(entry)):
            return "the module reads the command line when it is loaded"
        if any(map(_calls, body)) and any(
            item.name == "setup" and item.module in _SETUPS for item in module.imports
        ):
            return "the module is a setup script"
        imported = {item.module.partition(".")[0] for item in module.imports}
        if not imported.isdisjoint(_LOGGING):
            return None
        if any(map(_calls, body)) and not any(isinstance(entry, _DEFINITIONS) for entry in body):
            return (
                None if self._is_imported() else "the module runs from top to bottom like a script"
            )
        last = body[-1] if body else None
        if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
            called = last.value.func
            functions = {entry.name for entry in body if isinstance(entry, _DEFINITIONS[:2])}
            classes = any(isinstance(entry, ast.ClassDef) for entry in body)
            if isinstance(called, ast.Name) and called.id in functions and not classes:
                if not self._is_imported():
                    return f"the module is a script that ends by running `{called.id}`"
        return None

    def _asks(self) -> bool:
        """True where the module asks its user at the terminal: its classes are parts of a program."""
        return remembered(self._project, ("asks", self._module.path), self._holds_dialogue)

    def _holds_dialogue(self) -> bool:
        imported = {item.module.partition(".")[0] for item in self._module.imports}
        if not imported.isdisjoint(_DIALOGUE_MODULES):
            return True
        return any(
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "input"
            for node in ast.walk(self._project.view(self._module).tree)
        )

    def _is_imported(self) -> bool:
        name = self._module.name
        last = name.rpartition(".")[2]
        for mention in self._project.users(last, ()):
            facts = self._project.facts_of(mention.path)
            for item in facts.imports if facts is not None else ():
                if name in (item.module, f"{item.module}.{item.name}"):
                    return True
        return False

    # ---------------------------------------------------------------- hints

    def _hints(self, node: ast.AST) -> Iterator[Evidence]:
        """Names and paths that speak of a terminal."""
        yield from self._names
        path = PurePosixPath(self._path)
        if self._body.startswith(b"#!"):
            yield self._hint("its first line is a shebang", 1)
        stem = path.stem
        if stem in COMMAND_LINE_NAMES or stem.endswith("_cli"):
            yield self._hint(f"it is named `{path.name}`", 1)
        folder = next((name for name in path.parts[:-1] if name in COMMAND_LINE_FOLDERS), None)
        if folder is not None:
            yield self._hint(f"it lies below `{folder}/`", 1)
        view = self._project.view(self._module)
        for _, above in view.ancestors(node):
            if isinstance(above, _DEFINITIONS[:2]) and above.name in ("main", "_main", "cli"):
                if view.parents.get(above) is view.tree:
                    yield self._hint(f"the function is called `{above.name}`", above.lineno)

    def _hint(self, text: str, line: int, path: Path | None = None) -> Evidence:
        shown = self._path if path is None else self._shown(path)
        return Evidence(Strength.HINT, Reach.MODULE, shown, line, text)


def _guards(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and is_main_guard(statement)


def _calls(statement: ast.stmt) -> bool:
    if isinstance(statement, (ast.For, ast.While, ast.With)):
        return any(map(_calls, statement.body))
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
