"""A `print` in library or service code becomes a call of the logger in scope, at a level of its own.

Nobody can turn a print down, route it or search it by severity, and on a server it mixes with the
real logs. The logger that the line can reach is used, whatever its name and library; a module
without one gets `logger = logging.getLogger(__name__)`. Several arguments become `%s` placeholders
(loguru: `{}`), a string or f-string keeps its tokens but for blanks and line breaks at its ends, a
time and a level of its own. Values without a text get their names, and a bare exception or traceback
says in which function. The level follows the words, in several languages: an
exception printed in its handler is `exception` (`error` where the handler raises again), `error`
and `failed` are `error`, `warning`, `retry`, `limit`, `giving up`, `deprecated` are `warning`, the
rest is `info`, under `if debug:` it is `debug`, and to stderr at least `warning`.

Who reads the output is followed over the project: what only commands reach (`__main__` guards, click,
typer and argparse commands, console scripts, management commands) is the terminal's, in whichever
module; what a service or an importing module reaches is library code; what a declared command and
other code reach is unsafe.

It leaves alone whatever a terminal or another program reads: scripts, tests, examples, migrations and
notebooks; JSON and other data, tables, rulers and the reports around them, lines left open (`end=`),
`file=` other than the standard streams, stderr before an exit, what an option such as `--json` asks
for, fallbacks for streams that cannot encode; what a test captures, here or from a caller; dialogues
(`input`, `getpass`, a browser or console that is opened) and the classes that hold them; code that
logging cannot serve (`__del__`, exit hooks, logging's own classes, what comes before its set-up, code
above the logger's assignment); a `print` that is not the builtin or is handed on as a value. The
prints of one function, and of functions that it alone calls, are one output: they stay together.

Two hints that a terminal is meant (docstring, name of function or class, module docstring, path,
shebang) leave a print, one is for review, and so are secrets and what a doctest shows. Output asked
for with `verbose` is unsafe: by default logging hides it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from fixaudit import (
    Codemod,
    Edit,
    Evidence,
    Finding,
    NeededName,
    ReportMatch,
    Role,
    Source,
    Verdict,
)
from fixaudit_codemods.logs.print_to_logger._hints import hints, said_above
from fixaudit_codemods.logs.print_to_logger._keywords import (
    freed_streams,
    has_placeholders,
    separator,
    unusual_keywords,
)
from fixaudit_codemods.logs.print_to_logger._logger_choice import Choice, choose
from fixaudit_codemods.logs.print_to_logger._message import not_a_message
from fixaudit_codemods.logs.print_to_logger._output import one_output, output_of, stays
from fixaudit_codemods.logs.print_to_logger._placement import job_of_place, report_part
from fixaudit_codemods.logs.print_to_logger._readers import captured_by, expected_by
from fixaudit_codemods.logs.print_to_logger._rewrite import (
    failed,
    moved,
    shows_nothing_but_traceback,
    what_failed,
    written,
)
from fixaudit_codemods.logs.print_to_logger._secrets import shown_secret
from fixaudit_codemods.logs.print_to_logger._severity import (
    NAMED_LEVEL,
    asked_for,
    chosen_output,
    level,
)
from fixaudit_codemods.logs.print_to_logger._terminal_calls import is_builtin


@dataclass(frozen=True)
class Options:
    library: Literal["logging", "loguru", "structlog"] = "logging"
    name: str = "logger"


class PrintToLogger(Codemod):
    name = "print-to-logger"
    code = "FA102"
    triggers = (b"print",)
    # The name by itself, and not as a word of a sentence.
    trigger_pattern = re.compile(
        rb"print(?<!\wprint)\b(?=[\s\\]*(?:[^\w\s\\\"'`]|\Z|(?:if|else|for|in|is|not|and|or|as)\b))"
    )
    visits = (ast.Call, ast.Name)
    names = frozenset({"print"})
    tags = frozenset({"core", "logging"})
    equivalent_codes = ("T201",)
    report_match = ReportMatch(
        rules=("T201", "T20"),
        keywords=(
            ("print statement",),
            ("print()",),
            ("`print`", "log"),
            ("print call",),
            (
                "screen|console|stdout|standard output|konsole|bildschirm|pantalla|consola",
                "log|logger|logging|log file|protokoll*|journal*|registro*",
            ),
            (
                "print",
                "logger|logging|log file|screen|console|stdout|standard output|konsole|debug",
            ),
            (
                (
                    "debug output|debug-ausgabe*|debugausgabe*|debug print|print debugging|"
                    "printf debugging"
                ),
            ),
            (
                "print",
                (
                    "library|libraries|package|module|bare|leftover|left over|forgotten|stray|"
                    "stdout|bibliothek*|modul"
                ),
            ),
        ),
        options={"library": (r"\b(loguru|structlog)\b",)},
    )
    hints_to_leave = 2
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "library": "logging, loguru or structlog: what a module without a logger gets",
        "name": "what a new logger is called",
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test may print",
        Role.MIGRATION: "a migration reports to whoever runs it",
        Role.EXAMPLE: "an example shows its output",
        Role.SCRIPT: "a script speaks to the terminal",
        Role.NOTEBOOK: "a notebook shows its output",
        Role.GENERATED: "a generated file is not edited",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call | ast.Name, source: Source) -> Iterator[Finding]:
        if isinstance(node, ast.Name):
            if node.id == "print" and isinstance(node.ctx, ast.Load):
                yield from self._value(node, source)
        elif isinstance(node.func, ast.Name) and node.func.id == "print":
            yield self._call(node, source)
        elif isinstance(node.func, ast.Attribute) and node.func.attr == "print":
            if source.qualified_name(node.func) == "builtins.print":
                yield self._call(node, source)
            else:
                yield self.leave(source, node, "a method named `print`, not the builtin")

    def _value(self, node: ast.Name, source: Source) -> Iterator[Finding]:
        parent = source.parent(node)
        if not (isinstance(parent, ast.Call) and parent.func is node):
            yield self.leave(source, node, "`print` is handed on as a value, not called here")

    def _call(self, call: ast.Call, source: Source) -> Finding:
        if not is_builtin(source, call.func):
            return self.leave(source, call, "`print` is not, or not certainly, the builtin here")
        if (left := self.out_of_scope(source)) is not None:
            return self.leave(source, call, left)
        found = replace(self._read_by_nobody(call, source), group=_output(source, call))
        if self.played_role(source) is not None:
            return found
        return self._for_its_audience(call, source, found)

    def _for_its_audience(self, call: ast.Call, source: Source, found: Finding) -> Finding:
        """The finding as who reads the output wants it."""
        audience = source.audience(call)
        if audience.is_terminal:
            read = [_told("a terminal reads it: ", entry) for entry in audience.commands[:2]]
            if found.verdict in (Verdict.FIX, Verdict.UNSAFE):
                return self.doubt(source, call, found, read, Verdict.LEAVE)
            return self.leave(source, call, read)
        if audience.is_both:
            read = [_told("a command reaches it: ", entry) for entry in audience.declared[:1]]
            read += [_told("and so does other code: ", entry) for entry in (*audience.services, *audience.importers)[:1]]  # fmt: skip
            said = [*said_above(source, call)]
            return self.doubt(source, call, found, said or read, Verdict.REVIEW if said else Verdict.UNSAFE)  # fmt: skip
        found_hints = (*audience.hints, *hints(source, call))
        doubts = [_told("it may be for a terminal: ", entry) for entry in found_hints]
        enough = len({(entry.line, entry.text) for entry in doubts}) >= self.hints_to_leave
        return self.doubt(source, call, found, doubts, Verdict.LEAVE if enough else Verdict.REVIEW)

    def _read_by_nobody(self, call: ast.Call, source: Source) -> Finding:
        """What becomes of a print that is no output of a program for a terminal."""
        reason = self._reason_to_leave(call, source)
        if reason is not None:
            return self.leave(source, call, reason)
        if any(isinstance(argument, (ast.Starred, ast.GeneratorExp)) for argument in call.args):
            return self.review(
                source,
                call,
                "the number of printed values is known only at run time",
                "write one message with a placeholder for the joined values",
            )
        expected = expected_by(source, call)
        if expected is not None:
            return self.review(
                source, call, expected, "change the expectation together with the print"
            )
        if captured := captured_by(source, call):
            return self.leave(source, call, captured)
        secret = shown_secret(source, call)
        if secret is not None:
            guidance = "leave it out, or show a part of it that tells nobody what it is"
            return self.review(source, call, secret, guidance)
        return self._rewrite(call, source)

    def _rewrite(self, call: ast.Call, source: Source) -> Finding:
        chosen_level, why = level(source, call)
        chosen = choose(source, call, chosen_level, self.options.library, self.options.name)
        if isinstance(chosen, str):
            return self.leave(source, call, chosen)
        target = f"{chosen.expression}.{chosen_level}"
        if has_placeholders(call):
            return self._as_it_stands(call, source, chosen)
        if (text := what_failed(source, call)) is not None:
            return self._failed(call, source, chosen, text)
        labelled = why == NAMED_LEVEL
        found = written(source, call, target, chosen.style, separator(call), labelled=labelled)
        if found is None:
            return self.review(
                source,
                call,
                "comments or string prefixes between the arguments keep them apart",
                f"write it by hand: `{target}(…)` with one message",
            )
        reason = f"print becomes `{target}`: {why}"
        edits, freed = found
        needed_names = (*chosen.needed_names, *freed_streams(call), *freed)
        return self._edited(call, source, chosen, reason, edits, needed_names)

    def _edited(
        self,
        call: ast.Call,
        source: Source,
        chosen: Choice,
        reason: str,
        edits: list[Edit],
        needed_names: tuple[NeededName, ...],
    ) -> Finding:
        found = self.fix(source, call, reason, edits, needed_names)
        if (asked := asked_for(source, call)) is not None:
            found = self.doubt(source, call, found, asked, Verdict.UNSAFE)
        elif chosen.doubt:
            found = self.doubt(source, call, found, source.hint(call, chosen.doubt), Verdict.UNSAFE)
        return self.doubt(source, call, found, chosen_output(source, call) or ())

    def _failed(self, call: ast.Call, source: Source, chosen: Choice, text: str) -> Finding:
        """`print(e)`: what failed is said in words, and the traceback shows the exception."""
        chosen_level, why = level(source, call)
        if shows_nothing_but_traceback(source, call):
            chosen_level, why = "exception", "it shows the traceback of its handler"
        target = f"{chosen.expression}.{chosen_level}"
        shows_value = chosen_level != "exception"
        found = failed(source, call, target, chosen.style, text, shows_value=shows_value)
        if found is None:
            reason = "a comment stands inside of what is printed"
            return self.review(source, call, reason, f"write it by hand: `{target}(…)`")
        edits, freed = found
        reason = f"print becomes `{target}`: {why}"
        needed_names = (*chosen.needed_names, *freed_streams(call), *freed)
        return self._edited(call, source, chosen, reason, edits, needed_names)

    def _as_it_stands(self, call: ast.Call, source: Source, chosen: Choice) -> Finding:
        """`print("%s is gone", name)`: written for a logger, and printed as two values."""
        reason = "the text has placeholders of its own, which print shows as they are"
        if chosen.style != "percent":
            return self.review(source, call, reason, "put the values into the text by hand")
        target = f"{chosen.expression}.{level(source, call)[0]}"
        edits = moved(source, call, target)
        if edits is None:
            return self.review(source, call, reason, f"write it by hand: `{target}(…)`")
        needed_names = (*chosen.needed_names, *freed_streams(call))
        return self.unsafe(source, call, f"{reason}; `{target}` fills them", edits, needed_names)

    def _reason_to_leave(self, call: ast.Call, source: Source) -> str | Evidence | None:
        parent = source.parent(call)
        if not isinstance(parent, ast.Expr):
            return "the print is a part of an expression, not a statement"
        if re.search(r"#.*\bstdout\b", source.line_text(call.lineno)):
            return "its comment wants it on stdout"
        return (
            unusual_keywords(source, call)
            or stays(source, call)
            or not_a_message(source, call.args)
            or job_of_place(source, call)
            or report_part(source, parent)
            or one_output(source, call)
            or _chosen(source, call)
        )


def _output(source: Source, call: ast.Call) -> str | None:
    """The output that a print is a part of; None at the top of a module."""
    function = source.function(call)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    return output_of(source, function).get(call)


def _chosen(source: Source, call: ast.Call) -> Evidence | None:
    chosen = chosen_output(source, call)
    return None if chosen is None or chosen.is_hint else chosen


def _told(before: str, entry: Evidence) -> Evidence:
    return replace(entry, text=before + entry.text)
