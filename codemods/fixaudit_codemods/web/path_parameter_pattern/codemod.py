"""A path parameter that takes any text gets the pattern that is configured: `Annotated[str, Path(pattern=…)]`.

A bare `str` in a path takes whatever stands between two slashes: `..` where it becomes a file's name,
megabytes, control characters that end in a log. What its values look like only the project knows, so
that without options it is reported, with what the function does to the text.

Off by default: most of such parameters are keys of a look-up that finds nothing. With `pattern` (for
all) or `patterns` (a table, by the parameter's name) it is written where FastAPI is not older than
0.100, also into a `Path(…)` that is there. A value that does not fit answers 422 before the
function runs, and stored values that do not fit cannot be reached any more. Patterns must be anchored
(`^…$`: they are searched for, not matched) and cannot look around, for Pydantic's engine cannot.

It leaves alone: parameters of another type or with limits, converters of the path, texts that the
body checks itself, routes of other frameworks, and tests. For a human are: texts that the function
calls `UUID` or `int` with, which that annotation does better, and checks that only their name shows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from fixaudit import (
    Codemod,
    Edit,
    Evidence,
    Finding,
    NeededName,
    ReportMatch,
    Role,
    Source,
    Strength,
    access,
)
from fixaudit.authoring import (
    CONVERSIONS,
    Function,
    Refusal,
    Route,
    add_keywords,
    conversion_of,
    declared_version,
    refusal_of,
)
from fixaudit_codemods.web._routes import (
    FASTAPI_TRIGGERS,
    PATH_PARAMETER,
    fastapi_routes,
    last_name,
)
from fixaudit_codemods.web._wording import they_take
from fixaudit_codemods.web.path_parameter_pattern._parameters import (
    Closed,
    Open,
    file_name_of,
    path_parameters,
)
from fixaudit_codemods.web.path_parameter_pattern._regular import check_pattern, literal

PATTERN_SINCE = (0, 100)
TABLE = "[tool.fixaudit.codemods.path-parameter-pattern]"
EXAMPLE = "^[A-Za-z0-9_-]{1,64}$"
COSTS = (
    "A value that does not fit answers 422 before the function runs, and no longer what that answers; ids "
    "that are stored and do not fit cannot be reached any more, so look at them first."
)


@dataclass(frozen=True)
class Options:
    pattern: str = ""
    patterns: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.pattern:
            check_pattern("pattern", self.pattern)
        for pattern in self.patterns.values():
            check_pattern("patterns", pattern)


class PathParameterPattern(Codemod):
    name = "path-parameter-pattern"
    code = "FA410"
    triggers = FASTAPI_TRIGGERS
    # A decorator that may make a route; that its path has a parameter may stand in the next line.
    trigger_pattern = re.compile(
        rb"@[^\r\n]*\.\s*(?:get|post|put|delete|patch|head|options|trace|api_route)\s*\("
    )
    visits = (ast.FunctionDef, ast.AsyncFunctionDef)
    default = False  # what a value looks like is the project's to say; most are keys of a look-up
    tags = frozenset({"security", "web"})
    right_already = (r"^`\w+` is limited by ", r"^line \d+ checks ")
    report_match = ReportMatch(
        rules=("CWE-20", "CWE-1287"),
        keywords=(
            (
                "path parameter*|path param*",
                "validat*|unvalidated|pattern|regex|format|sanitiz*|unchecked|any",
            ),
            ("validation|validate*|validating", "id format|format of|`*_id`|identifier"),
            ("no input validation|missing input validation|input validation", "endpoint|route|id"),
            ("regex pattern", "id|parameter|slug"),
            ("path(", "pattern"),
            ("url parameter*|route parameter*", "validat*|sanitiz*"),
            ("pfadparameter*", "prüf*|validier*|ungeprüft|muster"),
        ),
        options={"pattern": (r"""(?:pattern|regex) ?= ?r?["'](\^[^"']*\$)["']""",)},
        as_written=("pattern",),
        keyed={"pattern": "patterns"},
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "pattern": 'what every text in a path looks like, such as "^[A-Za-z0-9_-]{1,64}$"',
        "patterns": 'what one looks like, by the name of its parameter: {item_id = "^[0-9]+$"}',
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a route made for a test",
        Role.EXAMPLE: "an example shows what it is about",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: Function, source: Source) -> Iterator[Finding]:
        if not any(map(_may_have_parameters, node.decorator_list)):
            return
        routes = fastapi_routes(source, node)
        found = list(path_parameters(source, node, routes)) if routes else []
        if not found:
            return
        checked = {
            entry.name: refusal_of(source, node, entry.name)
            for entry in found
            if isinstance(entry, Open)
        }
        open_ones = [
            each for each in found if isinstance(each, Open) and checked[each.name] is None
        ]
        if open_ones:
            yield self._judged(source, node, routes, open_ones)
        elif checked:
            yield self._checked(source, node, found, checked)
        else:
            yield self.leave(source, node, next(e.reason for e in found if isinstance(e, Closed)))

    def _checked(self, source: Source, node: Function, found: list[Open | Closed], checked: dict[str, Evidence | None]) -> Finding:  # fmt: skip
        """What is checked in the body; where only a name says so and no pattern is configured, it is asked."""
        reasons = [each for each in checked.values() if each is not None]
        hints = [each for each in reasons if each.strength is Strength.HINT]
        open_ones = [entry for entry in found if isinstance(entry, Open)]
        if hints and not any(self._pattern(entry.name) for entry in open_ones):
            asking = self._asking(source, node, open_ones)
            return self.doubt(source, node, asking, hints, guidance=asking.guidance)
        return self.leave(source, node, reasons)

    def _judged(
        self, source: Source, node: Function, routes: list[Route], found: list[Open]
    ) -> Finding:
        names = [entry.name for entry in found]
        if any(name not in _names_in(route) for name in names for route in routes):
            missing = next(n for n in names for r in routes if n not in _names_in(r))
            reason = f"not every path of this route has `{missing}`, and a `Path` must be in all"
            return self.review(source, node, reason, "Make it a route of its own for each path.")
        for entry in found:
            call = conversion_of(source, node, entry.name)
            if call is not None:
                reason = f"line {call.lineno} calls `{ast.unparse(call)}`, and a text that is none ends in a 500"
                kind = CONVERSIONS[last_name(call.func)]
                guidance = f"Annotate it `{kind}`: FastAPI answers 422 for other texts, and the call is not needed."
                return self.review(source, node, reason, guidance)
        written = [(entry, pattern) for entry in found if (pattern := self._pattern(entry.name))]
        if not written:
            return self._asking(source, node, found)
        version = declared_version(source, "fastapi")
        if version is not None and version.is_below(PATTERN_SINCE):
            reason = f"`pattern` came with FastAPI 0.100, and {version.text} is declared"
            guidance = "Write `Path(regex=…)` there, or take a newer FastAPI first."
            return self.review(source, node, reason, guidance)
        return self._written(source, node, found, written)

    def _pattern(self, name: str) -> str:
        return self.options.patterns.get(name, self.options.pattern) or ""

    def _asking(self, source: Source, node: Function, found: list[Open]) -> Finding:
        reason = f"{they_take([entry.name for entry in found])} any text"
        pairs = ", ".join(f'{entry.name} = "{EXAMPLE}"' for entry in found)
        guidance = (
            f"Say what it looks like, in {TABLE}: `patterns` (`patterns = {{{pairs}}}`), or `pattern` for all. {COSTS} "
            "Where it is a number, a UUID or one of a few words, annotate that type instead."
        )
        for entry in found:
            place = file_name_of(source, node, entry.name)
            if place is not None:
                line = source.lines_of(place)[0]
                reason += f", and line {line} makes a file name of `{entry.name}`"
                guidance = (
                    "A route's text may be `..` or, percent-encoded, hold slashes: resolve the "
                    "path and test `is_relative_to` the folder, whatever the pattern. " + guidance
                )
                break
        return self.review(source, node, reason, guidance)

    def _written(
        self,
        source: Source,
        node: Function,
        found: list[Open],
        written: list[tuple[Open, str]],
    ) -> Finding:
        edits: list[Edit] = []
        needed: list[NeededName] = []
        for entry, pattern in written:
            made = _edited(source, node, entry, pattern)
            if isinstance(made, Refusal):
                return self.review(source, node, made.reason, COSTS)
            edits += made[0]
            needed += [name for name in made[1] if name not in needed]
        reason = f"{they_take([entry.name for entry, _ in written])} any text: what does not fit answers 422, and the function does not run"
        without = [entry.name for entry in found if entry not in [each for each, _ in written]]
        if without:
            reason += f"; no pattern is configured for `{without[0]}`"
        return self.unsafe(source, node, reason, edits, needed, COSTS)


def _may_have_parameters(decorator: ast.expr) -> bool:
    """Cheap: whether a decorator's first argument or `path` holds a brace."""
    if not isinstance(decorator, ast.Call):
        return False
    given = [*decorator.args[:1], *(w.value for w in decorator.keywords if w.arg == "path")]
    return any(
        isinstance(value, ast.Constant) and isinstance(value.value, str) and "{" in value.value
        for value in given
    )


def _names_in(route: Route) -> set[str]:
    return {hit[1] for hit in PATH_PARAMETER.finditer(route.path)}


def _edited(
    source: Source, node: Function, entry: Open, pattern: str
) -> tuple[Sequence[Edit], Sequence[NeededName]] | Refusal:
    said = f"pattern={literal(pattern)}"
    if entry.call is not None:
        change = add_keywords(source, entry.call, said)
        return change if isinstance(change, Refusal) else (change, [])
    assert entry.argument.annotation is not None
    annotated = access(source, node, "typing", "Annotated")
    path = access(source, node, "fastapi", "Path", other="PathParam")
    if annotated is None or path is None:
        return Refusal("`Annotated` or `Path` means something else here")
    text = f"{annotated.text}[str, {path.text}({said})]"
    needed = [*annotated.needed_names, *path.needed_names]
    return [source.replace(entry.argument.annotation, text)], needed
