"""Users' existing Bowler queries, run on our bytes: what Bowler would write becomes edits.

Bowler is unmaintained; its parser stops at the syntax of Python 3.9 and its writer changes newlines.
So nothing here lets it read or write a file, prompt or start a process: a query script is run once
to learn its queries, and each query then rewrites text in memory. A file that Bowler's grammar
cannot read is named as not looked at, never taken for clean.
"""

from __future__ import annotations

import ast
import runpy
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff
from pathlib import Path
from typing import Any, ClassVar

from fixaudit.authoring.codemod import Codemod
from fixaudit.errors import CodemodError, ConfigError, NotLookedAtError
from fixaudit.model.finding import Edit, Finding, Span, Verdict
from fixaudit.source.source import Source


@dataclass(frozen=True, slots=True)
class BowlerQuery:
    """One query of a script: its compiled fixers, hunk processors and file name filter."""

    fixers: tuple[Any, ...]
    processors: tuple[Callable[[str, list[str]], bool], ...]
    matches: Callable[[str], bool]


class BowlerCodemod(Codemod):
    """The queries of one Bowler script as a codemod: what they change in a file is a finding."""

    name: ClassVar[str] = "bowler"
    code: ClassVar[str] = "BOWLER"
    triggers: ClassVar[tuple[bytes, ...]] = (b"",)
    visits: ClassVar[tuple[type[ast.AST], ...]] = (ast.Module,)
    default: ClassVar[bool] = False
    # `add_argument` adds once more at every run: queries are no fixed points.
    until_stable: ClassVar[bool] = False

    def __init__(self, queries: Sequence[BowlerQuery], label: str = "the Bowler query") -> None:
        super().__init__()
        self.queries = tuple(queries)
        self.label = label

    @classmethod
    def from_script(cls, script: Path) -> BowlerCodemod:
        """The codemod of a query script, which is run once, without its queries touching anything.

        Raises:
            ConfigError: Bowler is not installed, or the script does not exist.
            CodemodError: the script fails, or runs no query.
        """
        return cls(captured_queries(script), f"the Bowler query {script.name}")

    def judge(self, node: Any, source: Source) -> Iterator[Finding]:
        """The changed lines of one file.

        Raises:
            NotLookedAtError: Bowler's grammar cannot read the file, or the result would be invalid.
        """
        before = _with_plain_newlines(source.text)
        after = before
        for query in self.queries:
            if query.matches(source.path):
                after = _rewritten(query, after, source.path)
        if after != before:
            _must_parse(after, self.label)
            edits = tuple(_line_edit(source, *change) for change in _changed_lines(before, after))
            reason = f"{self.label} rewrites {len(edits)} place{'s' if len(edits) > 1 else ''} here"
            # All of a file's changes or none: half a renaming is worse than no renaming.
            yield Finding(self.name, self.code, edits[0].span, Verdict.FIX, reason, edits)


def _must_parse(text: str, label: str) -> None:
    try:
        ast.parse(text)
    except SyntaxError as error:
        message = (
            f"{label} would make this file invalid (line {error.lineno}): nothing of it is applied"
        )
        raise NotLookedAtError(message) from error


# -------------------------------------------------------------------------- learning the queries


def captured_queries(script: Path) -> tuple[BowlerQuery, ...]:
    """The queries that a script builds and executes, in order; none of them is executed.

    Raises:
        ConfigError, CodemodError: as in `BowlerCodemod.from_script`.
    """
    try:
        from bowler import Query
    except ImportError as error:
        raise ConfigError("Bowler queries need an extra: pip install 'fixaudit[bowler]'") from error
    if not script.is_file():
        raise ConfigError(f"{script}: the Bowler query script does not exist")
    found: list[BowlerQuery] = []

    def execute(self: Any, **_: Any) -> Any:
        found.append(_query(self))
        self.retcode, self.exceptions = 0, []
        return self

    with _replaced(Query, "execute", execute), _arguments([str(script)]):
        names = _run(script)
        if not found and callable(names.get("main")):
            _call_main(script, names["main"])
    if not found:
        raise CodemodError(
            f"{script}: runs no Bowler query; end one with .diff(), .write() or .execute()"
        )
    return tuple(found)


def _query(query: Any) -> BowlerQuery:
    matcher = query.filename_matcher or (lambda name: str(name).endswith(".py"))
    return BowlerQuery(
        tuple(query.compile()), tuple(query.processors), lambda path: bool(matcher(path))
    )


def _run(script: Path) -> dict[str, Any]:
    try:
        return runpy.run_path(str(script), run_name="__main__")
    except SystemExit:
        return {}
    except Exception as error:
        raise CodemodError(
            f"{script}: {type(error).__name__}: {str(error).partition(chr(10))[0]}"
        ) from error


def _call_main(script: Path, main: Callable[[], Any]) -> None:
    try:
        main()
    except SystemExit:
        return
    except Exception as error:
        raise CodemodError(f"{script}: main: {type(error).__name__}: {error}") from error


@contextmanager
def _replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    kept = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, kept)


@contextmanager
def _arguments(values: list[str]) -> Iterator[None]:
    kept, sys.argv = sys.argv, values
    try:
        yield
    finally:
        sys.argv = kept


# ------------------------------------------------------------------------------ running a query


def _rewritten(query: BowlerQuery, text: str, path: str) -> str:
    ended = text if text.endswith("\n") or not text else text + "\n"
    after = _refactored(query.fixers, ended, path)
    if query.processors:
        after = _accepted(query, ended, after, path)
    return after if ended == text else after.removesuffix("\n")


def _refactored(fixers: Sequence[Any], text: str, path: str) -> str:
    from fissix import pygram, pytree
    from fissix.pgen2.driver import Driver
    from fissix.refactor import RefactoringTool

    class Tool(RefactoringTool):  # type: ignore[misc]
        def get_fixers(self) -> tuple[list[Any], list[Any]]:
            made = [fixer(self.options, self.fixer_log) for fixer in fixers]
            order = {
                word: [entry for entry in made if entry.order == word] for word in ("pre", "post")
            }
            return order["pre"], order["post"]

    tool = Tool([], {"print_function": True})
    # Only this table takes neither `print` nor `exec` for keywords: `session.exec(…)` is common.
    grammar = pygram.python_grammar_no_print_and_exec_statement
    try:
        tree = Driver(grammar, convert=pytree.convert).parse_string(text)
    except Exception as error:
        reason = f"not looked at by Bowler, whose grammar ends with Python 3.9: {_short(error)}"
        raise NotLookedAtError(reason) from error
    tree.future_features = frozenset({"print_function"})
    tool.refactor_tree(tree, path)
    return str(tree)


def _short(error: Exception) -> str:
    context = getattr(error, "context", None)
    line = f" at line {context[1][0]}" if context and len(context) > 1 and context[1] else ""
    return f"{type(error).__name__}{line}"


def _accepted(query: BowlerQuery, before: str, after: str, path: str) -> str:
    """Only those hunks that every processor of the query accepts, as Bowler would ask them."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    result: list[str] = []
    position = 0
    for group in SequenceMatcher(None, old, new).get_grouped_opcodes(3):
        _, first, _, first_new, _ = group[0]
        _, _, last, _, last_new = group[-1]
        piece, changed = old[first:last], new[first_new:last_new]
        hunk = [line.rstrip("\n") for line in unified_diff(piece, changed, path, path, n=3)]
        wanted = all(process(path, hunk) is not False for process in query.processors)
        result += [*old[position:first], *(changed if wanted else piece)]
        position = last
    return "".join([*result, *old[position:]])


# ------------------------------------------------------------------------------ text to edits


def _with_plain_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _changed_lines(before: str, after: str) -> Iterator[tuple[int, int, str]]:
    """(first, last, new text) of each changed run: 0-based half-open line numbers of `before`."""
    old, new = before.split("\n"), after.split("\n")
    for tag, first, last, start, end in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag != "equal":
            yield first, last, "\n".join(new[start:end])


def _line_edit(source: Source, first: int, last: int, text: str) -> Edit:
    positions = source.positions
    if first == last:  # an insertion above a line
        start = positions.line_start(first + 1)
        return source.edit(start, start, text + "\n")
    start = positions.line_start(first + 1)
    end = positions.line_end(last)
    newline = len(source.body[start:end]) - len(source.body[start:end].rstrip(b"\r\n"))
    if not text and last > first:
        return Edit(Span(start, end), "", drops_comments=True)
    kept = 0 if newline == 0 else _last_newline(source.body[start:end])
    return Edit(Span(start, end - kept), source.native(text), drops_comments=True)


def _last_newline(piece: bytes) -> int:
    return 2 if piece.endswith(b"\r\n") else 1
