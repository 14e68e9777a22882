"""A text or list that a request fills without limit gets the length that is configured: `Field(max_length=…)`.

A body of megabytes in one field is parsed, kept, logged and handed to a database column or a language
model that cannot take it: what should be a 422 is a 500, a bill or an outage. Which length is right
only the project knows, so that without options a model that routes take is reported with its fields.

Off by default: a body's size may be limited in front of the service. With `max_length` (characters of
`str` and `bytes`), `max_items` (entries of lists) or `fields` (by name, or `Class.name`) it is
written, as `max_items` where Pydantic is older than 2. Longer ones answer 422 from then on.

It leaves alone: fields with a limit, pattern or validator, other types, models that no route takes, and
tests. For a human are models (and bases and parts of them) that routes answer with or that read
stored data, for what is longer already would end in a 500; SQLModel tables and their bases, whose
columns would change; unions, where the limit raises at import; and defaults that are longer.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from fixaudit import (
    Codemod,
    Edit,
    Evidence,
    Finding,
    NeededName,
    Reach,
    ReportMatch,
    Role,
    Source,
    access,
)
from fixaudit.authoring import (
    ClassFacts,
    ClassKind,
    Refusal,
    add_keywords,
    body_uses,
    declared_version,
    outside_bases,
)
from fixaudit_codemods.web._wording import place_of, they_take
from fixaudit_codemods.web.field_length_limits._fields import (
    Fields,
    OpenField,
    default_of,
    fields_of,
    reads_rows,
)

TABLE = "[tool.fixaudit.codemods.field-length-limits]"
COSTS = "Longer ones answer 422: look at the longest that are stored or sent today first."


@dataclass(frozen=True)
class Options:
    max_length: int = 0
    max_items: int = 0
    fields: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.max_length < 0 or self.max_items < 0 or any(n < 1 for n in self.fields.values()):
            raise ValueError("a limit must be at least 1; 0 of the first two sets none")

    def limit(self, cls: str, entry: OpenField) -> int:
        """The limit of a field; 0 for none."""
        of_kind = self.max_items if entry.kind == "list" else self.max_length
        return self.fields.get(f"{cls}.{entry.name}", self.fields.get(entry.name, of_kind))


class FieldLengthLimits(Codemod):
    name = "field-length-limits"
    code = "FA411"
    triggers = (b"str", b"Optional", b"list", b"List", b"bytes", b"Annotated")
    trigger_pattern = re.compile(rb"^[ \t]*class[ \t]+\w+[ \t]*\([^)]", re.MULTILINE)
    visits = (ast.ClassDef,)
    default = (
        False  # the right length is the project's to say, and a proxy may limit the whole body
    )
    tags = frozenset({"security", "web"})
    right_already = ("^its texts and lists have limits$",)
    report_match = ReportMatch(
        rules=("CWE-770", "CWE-400", "CWE-20"),
        keywords=(
            (
                "length limit*|length constraint*|max_length|maximum length|size limit*",
                "field|input|prompt|text|body|payload|request|string|schema|model",
            ),
            ("unbounded|unlimited", "string|field|input|payload|prompt length"),
            ("input validation|no validation|missing validation", "length|large|size|dos|prompt"),
            ("missing input validation",),
            ("large|huge|oversized", "prompt|payload|input|field|string"),
            ("field validator*", "length"),
            ("längenbegrenzung|maximale länge|längenlimit", "feld|eingabe|text"),
        ),
        options={
            "max_length": (
                r"max_length ?= ?(\d+)",
                r"(?:at most|max(?:imum)?\.?(?: of)?|up to|limit(?:ed)? to) (\d+) (?:characters|chars)",
            ),
            "max_items": (
                r"max_items ?= ?(\d+)",
                r"(?:at most|max(?:imum)?\.?(?: of)?|up to|limit(?:ed)? to) (\d+) (?:items|entries|elements)",
            ),
        },
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "max_length": "the most characters of a `str` or `bytes`; 0 sets no limit",
        "max_items": "the most entries of a list; 0 sets no limit",
        "fields": 'limits by the name of the field or `Class.name`: {prompt = 5000, "Ask.tags" = 20}',
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a model made for a test",
        Role.EXAMPLE: "an example shows what it is about",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.ClassDef, source: Source) -> Iterator[Finding]:
        if not node.bases or not any(isinstance(entry, ast.AnnAssign) for entry in node.body):
            return
        cls = source.project.class_of(node, source.project.facts_of_source(source))
        if cls.kind is not ClassKind.PYDANTIC:
            return
        found = fields_of(source, node, cls)
        uses = body_uses(source, node)
        if uses.request is None:
            return
        if not found.open and not found.unions:
            have = "limits, patterns or validators" if found.soft else "limits"
            words = (
                f"its texts and lists have {have}"
                if found.limited
                else "it holds no text, bytes or list"
            )
            yield self.leave(source, node, words)
            return
        doubt = uses.table or uses.response or uses.read
        if reads_rows(node, cls):
            doubt = source.proof(
                node, "`from_attributes` lets stored rows be read as it", Reach.CLASS
            )
        if doubt is not None:
            yield self._for_a_human(source, node, found, doubt)
        elif not found.open:
            reason = f"`{found.unions[0]}` is a union: a limit on it raises at import"
            limit = self.options.max_length or 2000
            guidance = f"Limit its parts: `Annotated[str, Field(max_length={limit})] | …`. {COSTS}"
            yield self.review(source, node, reason, guidance)
        else:
            yield self._judged(source, node, cls, found, uses.request)

    def _for_a_human(
        self, source: Source, node: ast.ClassDef, found: Fields, doubt: Evidence
    ) -> Finding:
        names = [entry.name for entry in found.open] or found.unions
        reason = f"{they_take(names)} any length, but {doubt.text}{place_of(source, doubt)}"
        guidance = (
            "What is stored and longer would not be read any more (a 500), or the table's columns would "
            "change. Give the requests a model of their own that repeats the fields with "
            f"`Field(max_length=…)`, or limit them in a validator of the request model. {COSTS}"
        )
        return self.review(source, node, reason, guidance, because=doubt)

    def _judged(
        self, source: Source, node: ast.ClassDef, cls: ClassFacts, found: Fields, request: Evidence
    ) -> Finding:
        limits = {entry.name: self.options.limit(node.name, entry) for entry in found.open}
        chosen = [entry for entry in found.open if limits[entry.name]]
        names = [entry.name for entry in chosen or found.open]
        reason = f"{they_take(names)} any length, and {request.text}{place_of(source, request)}"
        if not chosen:
            guidance = (
                f"Say how long they may be, in {TABLE}: `max-length` (`max-length = 10000`), `max-items` "
                f"for lists, or `fields` (`fields = {{{names[0]} = 5000}}`). {COSTS} A limit of the "
                "body in the proxy keeps the rest out."
            )
            return self.review(source, node, reason, guidance, because=request)
        for entry in chosen:
            if _is_longer(default_of(entry), limits[entry.name]):
                reason = f"the default of `{entry.name}` is longer than {limits[entry.name]}"
                return self.review(
                    source, node, reason, "Choose a longer limit, or a shorter default."
                )
        old = _is_old(source, cls)
        edits: list[Edit] = []
        needed: list[NeededName] = []
        for entry in chosen:
            word = "max_items" if old and entry.kind == "list" else "max_length"
            made = _edited(source, node, cls, entry, f"{word}={limits[entry.name]}")
            if isinstance(made, Refusal):
                return self.review(source, node, f"`{entry.name}`: {made.reason}", COSTS)
            edits += made[0]
            needed += [name for name in made[1] if name not in needed]
        reason += ": longer ones answer 422"
        without = [entry.name for entry in found.open if entry not in chosen] + found.unions
        if without:
            reason += f"; `{without[0]}` has no limit in the options"
        return self.unsafe(source, node, reason, edits, needed, COSTS, because=request)


def _is_old(source: Source, cls: ClassFacts) -> bool:
    """True for Pydantic 1, where lists have `max_items`."""
    version = declared_version(source, "pydantic")
    by_name = any(base.startswith("pydantic.v1.") for base in outside_bases(cls))
    return by_name or (version is not None and version.is_below((2,)))


def _is_longer(default: ast.expr | None, limit: int) -> bool:
    match default:
        case ast.Constant(value=str() | bytes() as value):
            return len(value) > limit
        case ast.List(elts=entries):
            return len(entries) > limit
    return False


def _edited(
    source: Source, node: ast.ClassDef, cls: ClassFacts, entry: OpenField, limit: str
) -> tuple[list[Edit], list[NeededName]] | Refusal:
    if entry.call is not None:
        change = add_keywords(source, entry.call, limit)
        return change if isinstance(change, Refusal) else (list(change), [])
    bases = outside_bases(cls)
    module = next((m for m in ("pydantic.v1", "sqlmodel") if any(b.startswith(f"{m}.") for b in bases)), "pydantic")  # fmt: skip
    maker = access(source, node, module, "Field", other="ModelField")
    if maker is None:
        return Refusal("`Field` means something else here")
    value = entry.node.value
    if value is None:
        end = source.span(entry.node).end
        return [source.edit(end, end, f" = {maker.text}({limit})")], list(maker.needed_names)
    text = f"{maker.text}(default={source.segment(value)}, {limit})"
    return [source.replace(value, text)], list(maker.needed_names)
