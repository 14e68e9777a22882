"""A function with very many ways through it is shown, with the parts that could stand in functions of their own.

Each decision (`if`, a loop, a handler, a case) doubles what a reader keeps in mind, and each needs a test of its own. The
number is that of ruff's C901 and of mccabe; the limit is the option `max`, 10 as theirs. The finding says where the
decisions are: the largest parts with the names that they need and set, parts that stand there twice with other
names, and long chains that ask one thing. A `# noqa: C901` hides nothing here: it says that somebody saw it.

It leaves alone: functions within the limit, tests, migrations, generated and vendored code. It changes nothing: what a
part is called and what it is given is the judgement of who knows it. It is off by default, as a matter of style.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source
from fixaudit_codemods.maintainability.complexity._blocks import (
    Function,
    chain_of,
    parts_of,
    small_decisions,
    twins_of,
)
from fixaudit_codemods.maintainability.complexity._counting import complexity_of

_SILENCED = re.compile(r"#\s*noqa:[^#]*\b(?:C901|PLR0912|PLR0915|PLR0911)\b")
FIRST = (
    "First a test for each way that has none: they are what tells that the change changed nothing. "
)
LAST = (
    "Return at once where one condition ends it all (`if not x: return`): each saves a level. A cut through many names "
    "that are needed and set costs more to read than it saves; a class that holds them is the other way then."
)


@dataclass(frozen=True)
class Options:
    max: int = 10

    def __post_init__(self) -> None:
        if self.max < 2:
            raise ValueError('"max" must be at least 2')


class Complexity(Codemod):
    name = "complexity"
    code = "FA625"
    triggers = (b"elif ", b"    if ", b"\tif ", b"except", b"case ", b"for ")
    visits = (ast.FunctionDef, ast.AsyncFunctionDef)
    default = False  # a matter of style until somebody asks
    tags = frozenset({"style"})
    right_already = ("^its complexity is ",)
    report_match = ReportMatch(
        rules=("C901", "PLR0912", "PLR0911", "PLR0915", "R1260", "R0912", "R0915", "S3776"),
        keywords=(
            ("cyclomatic complexity|cognitive complexity|mccabe",),
            ("code complexity",),
            ("complexity", "function*|method*|refactor*|reduce*|high|limit"),
            ("too complex|overly complex", "function*|method*|refactor*|split"),
            ("too many", "branches|branching|nested"),
            ("long|huge|giant|god", "function|method|functions|methods"),
            ("deep|deeply", "nested|nesting"),
            ("komplexität|zu komplex",),
            ("complexité", "cyclomatique|fonction*"),
            ("complejidad", "ciclomática|función|método"),
        ),
        options={
            "max": (
                r"\(\d+ ?> ?(\d+)\)",
                r"(?:max(?:imum)?|limit|threshold|below|under)[ -](?:complexity )?(?:of |is |: ?|= ?)?(\d+)",
            ),
        },
    )  # fmt: skip
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "max": "the most that is not shown, as ruff counts it"
    }
    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test may be long",
        Role.MIGRATION: "a migration stays as it ran",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: Function, source: Source) -> Iterator[Finding]:
        limit = self.options.max
        if (node.end_lineno or node.lineno) - node.lineno < limit // 2:
            return
        number = complexity_of(node)
        if number <= limit // 2:
            return
        if number <= limit:
            yield self.leave(
                source, node, f"its complexity is {number}: within the limit of {limit}"
            )
        elif (role := self.out_of_scope(source)) is not None:
            yield self.leave(source, node, role)
        else:
            yield self._shown(source, node, number)

    def _shown(self, source: Source, node: Function, number: int) -> Finding:
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        reason = (
            f"`{node.name}` has a complexity of {number} in {lines} lines, over {self.options.max}"
        )
        if (line := _silenced(source, node)) is not None:
            reason += f" (its warning is switched off on line {line})"
        ways: list[str] = []
        parts = parts_of(node, number)
        if parts:
            ways.append(
                f"Parts that could stand on their own: {'; '.join(p.told for p in parts)}. "
            )
        else:
            ways.append(small_decisions(node, number))
        twins = twins_of(source, node)
        if twins:
            told = [
                f"lines {_span(one)} are those of {_span(two)} with other names"
                for one, two in twins
            ]
            ways.append(f"One function for both: {'; '.join(told)}. ")
        if (chain := chain_of(node)) is not None:
            first, last, subject = chain
            ways.append(
                f"Lines {first}-{last} ask only what `{subject}` is: a dict of functions, or `match`. "
            )
        return self.review(source, node, reason, f"{FIRST}{''.join(ways)}{LAST}")


def _span(statement: ast.stmt) -> str:
    return f"{statement.lineno}-{statement.end_lineno or statement.lineno}"


def _silenced(source: Source, node: Function) -> int | None:
    first = node.decorator_list[0].lineno if node.decorator_list else node.lineno
    for line in range(first, node.body[0].lineno + 1):
        if _SILENCED.search(source.comments_by_line.get(line, "")):
            return line
    return None
