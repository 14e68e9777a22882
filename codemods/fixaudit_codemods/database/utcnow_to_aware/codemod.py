"""`datetime.utcnow()` becomes `datetime.now(timezone.utc)`: a UTC time that says that it is one.

`utcnow` and `utcfromtimestamp` give a naive datetime, which the rest of Python takes for local time:
`.timestamp()` and `.astimezone()` of it are wrong wherever the clock is not UTC, and the same stored
value means different times on different machines. Both are deprecated since Python 3.12.

An aware value cannot be compared with a naive one, so a rewrite in one place alone can break
another. The value is followed through its function: where only parts of it or texts are taken, it
is rewritten; where it meets dates that may be naive, is returned, stored in a model or handed on, it
is for a human. The option `style = "naive"` keeps every value and only leaves the deprecated call.

It leaves alone: functions of that name of other modules, tests, and projects that have DTZ003 or
DTZ004 switched off.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from fixaudit import Codemod, Evidence, Finding, Reach, ReportMatch, Role, Source, memoized
from fixaudit.authoring import Refusal, add_keywords, is_in_default, rule_switched_off
from fixaudit_codemods.database.utcnow_to_aware._field_flow import follow
from fixaudit_codemods.database.utcnow_to_aware._fields import has_zone
from fixaudit_codemods.database.utcnow_to_aware._flow import Flow
from fixaudit_codemods.database.utcnow_to_aware._group import Group
from fixaudit_codemods.database.utcnow_to_aware._sites import (
    NAMES,
    aware_edits,
    function_of,
    given_zone,
    without_replace,
    zone_at,
)

GUIDANCE = (
    "Make everything that meets this value aware at once (columns with a time zone, parsed and stored "
    'dates, callers), or set `style = "naive"` to keep the values as they are.'
)
NAMED = "Look who reads that text again: with the zone in it, or under its name."
_DEFAULTS = frozenset({"default", "default_factory", "onupdate", "insert_default"})
_RULES = {"utcnow": "DTZ003", "utcfromtimestamp": "DTZ004"}


@dataclass(frozen=True)
class Options:
    style: Literal["aware", "naive"] = "aware"
    utc: Literal["timezone.utc", "UTC"] = "timezone.utc"


class UtcnowToAware(Codemod):
    name = "utcnow-to-aware"
    code = "FA510"
    triggers = (b"utcnow", b"utcfromtimestamp")
    visits = (ast.Attribute,)
    tags = frozenset({"database", "datetime"})
    equivalent_codes = ("DTZ003", "DTZ004")
    report_match = ReportMatch(
        rules=("DTZ003", "DTZ004"),
        keywords=(
            ("utcnow",),
            ("utcfromtimestamp",),
            ("naive", "datetime"),
            ("datetime", "naive by default"),
            ("timezone", "timestamp", "issues"),
            ("timezone-aware",),
            (
                (
                    "times|date|timestamp|datetime|clock|zeit*|datum|zeitstempel*|heure|"
                    "horodatage*|fecha|hora"
                ),
                "time zone|timezone|zone|utc|zeitzone*|fuseau*|zona horaria",
            ),
            (
                "timezone|time zone|zeitzone*|fuseau*|zona horaria",
                "datetime|date|timestamp|times|utc|naive|aware|without|wrong|system|ohne|sans|sin",
            ),
            (
                "utc",
                "datetime|date|timestamp|naive",
            ),
        ),
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "style": "`aware`, or `naive`: `.replace(tzinfo=None)` behind it, all values as they were",
        "utc": "how UTC is written: `timezone.utc`, or `UTC` (Python 3.11)",
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test says which values it wants",
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Attribute, source: Source) -> Iterator[Finding]:
        if node.attr not in NAMES:
            return
        parent = source.parent(node)
        called = isinstance(parent, ast.Call) and parent.func is node
        if function_of(source, node) is None:
            if called:
                yield self.leave(source, node, f"this `{node.attr}` is not that of `datetime`")
            return
        kept = self.out_of_scope(source) or rule_switched_off(source, _RULES[node.attr])
        if kept is not None:
            yield self.leave(source, node, kept)
        elif isinstance(parent, ast.Call) and called:
            yield self._call(source, parent)
        else:
            yield self._reference(source, node)

    # ------------------------------------------------------------------ calls

    def _call(self, source: Source, call: ast.Call) -> Finding:
        given = given_zone(source, call)
        if given is not None:
            return self._with_zone(source, call, *given)
        if is_in_default(source, call):
            why = "a default is evaluated once, when the function is made, not at each call"
            return self.review(source, call, why, "Use None as default, and take the time inside.")
        naive = self.options.style == "naive"
        group = Group(source)
        Flow(source, group).add_site(call)
        # What was asked of other files may have made one of them the file that is looked at.
        source.project.facts_of_source(source)
        if not naive and (against := _against(call, group)) is not None:
            return self.review(source, call, against, GUIDANCE)
        if (test := _frozen_by(source)) is not None:
            why = f"{test} puts a time of its own in its place"
            return self.review(source, call, why, GUIDANCE)
        return self._rewritten(source, call, group)

    def _rewritten(self, source: Source, call: ast.Call, group: Group) -> Finding:
        naive = self.options.style == "naive"
        zone = zone_at(source, call, self.options.utc)
        if zone is None:
            why = "`timezone` and `UTC` mean something else here"
            return self.review(source, call, why, "Import `datetime.timezone` under another name.")
        edits = aware_edits(source, call, zone.text, ".replace(tzinfo=None)" if naive else "")
        if edits is None:
            return self.review(source, call, "its arguments cannot be rewritten safely", GUIDANCE)
        if naive:
            return self.fix(source, call, "the same naive value", edits, zone.needed_names)
        for literal in group.literals:
            added = add_keywords(source, literal, f"tzinfo={zone.text}")
            if isinstance(added, Refusal):
                return self.review(source, literal, added.reason, GUIDANCE)
            edits += added
        together = _together(source, call, group)
        told = "; ".join(dict.fromkeys(group.changes)) or "what is taken of it stays the same"
        made = self.unsafe if group.changes else self.fix
        found = made(source, call, f"aware UTC: {told}{together}", edits, zone.needed_names)
        found = replace(found, together=group.together)
        return self.doubt(source, call, found, group.hints, guidance=NAMED)

    def _with_zone(self, source: Source, call: ast.Call, replacing: ast.Call, zone: str) -> Finding:
        """`utcnow().replace(tzinfo=timezone.utc)` is `now(timezone.utc)` in two steps."""
        shorter = without_replace(source, call, replacing)
        edits = aware_edits(source, call, zone)
        if shorter is None or edits is None or "\n" in zone:
            reason = "it is made aware right away, but its layout hides how"
            return self.review(source, call, reason, "Write `datetime.now(timezone.utc)`.")
        reason = "it is made aware right away: the same value in one step"
        return self.fix(source, call, reason, [*edits, shorter])

    # ------------------------------------------------------------------ references

    def _reference(self, source: Source, node: ast.Attribute) -> Finding:
        """`default=datetime.utcnow`, which is called later."""
        keyword = source.parent(node)
        if not isinstance(keyword, ast.keyword) or keyword.arg not in _DEFAULTS:
            return self.review(source, node, "it is called elsewhere, under another name", GUIDANCE)
        zone = zone_at(source, node, self.options.utc)
        if node.attr != "utcnow" or zone is None:
            return self.review(source, node, "it is called by a library, for a field", GUIDANCE)
        naive = self.options.style == "naive"
        group = None if naive else _group_of_default(source, node)
        if group is not None and (against := _against(node, group)) is not None:
            return self.review(source, node, against, GUIDANCE)
        end = ".replace(tzinfo=None)" if naive else ""
        text = f"lambda: {source.segment(node.value)}.now({zone.text}){end}"
        edits = [source.replace(node, text)]
        if naive:
            return self.fix(source, node, "the same naive value", edits, zone.needed_names)
        told = group.changes if group is not None else []
        together = "" if group is None else _together(source, node, group)
        reason = "the column has a time zone, and gets values that have one"
        if told:
            reason = f"aware UTC: {'; '.join(dict.fromkeys(told))}{together}"
        found = self.unsafe(source, node, reason, edits, zone.needed_names)
        return replace(found, together=() if group is None else group.together)


# ------------------------------------------------------------------------------ judgement


def _against(site: ast.expr, group: Group) -> Evidence | None:
    """Why the sites of a group cannot change together."""
    if group.doubts:
        return group.doubts[0]
    if group.literals and len(group.sites) > 1:
        told = (
            f"it meets a naive value (line {group.literals[0].lineno}): that would be a TypeError"
        )
        return group.home.proof(group.literals[0], told, Reach.FUNCTION)
    for source, other in group.others(site):
        words = source.line_text(other.lineno).partition("#")[2]
        stays = isinstance(other, ast.Call) and aware_edits(source, other, "UTC") is None
        if stays or "noqa" in words or "fixaudit:" in words:
            line = f"line {other.lineno}"
            told = f"{line} of the group is not to be changed: the others would not fit it"
            return source.proof(other, told, Reach.FUNCTION)
    return None


def _together(source: Source, site: ast.expr, group: Group) -> str:
    """The other sites of a group, as the end of a reason."""
    others = group.others(site)
    lines = sorted({other.lineno for where, other in others if where is source})
    places = sorted(
        {f"{where.path}:{other.lineno}" for where, other in others if where is not source}
    )
    told = [f"line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))}"] if lines else []
    return f" (together with {', '.join([*told, *places])})" if told or places else ""


def _group_of_default(source: Source, node: ast.Attribute) -> Group | None:
    """What meets the values of a field that `node` fills; None where it certainly has a time zone."""
    statement = source.statement(node)
    group = Group(source, sites=[(source, node)])
    if has_zone(statement):
        return None
    target = getattr(statement, "target", None) or getattr(statement, "targets", [None])[0]
    owner = source.class_of(node)
    if owner is not None and isinstance(target, ast.Name):
        facts = source.project.class_of(owner, source.project.facts_of_source(source))
        follow(Flow(source, group), node, target.id, facts)
        source.project.facts_of_source(source)
    else:
        reason = (
            "the field or column may hold naive values: aware ones beside them cannot be compared"
        )
        group.doubt(source, node, reason)
    return group


@memoized
def _frozen_by(source: Source) -> str | None:
    """A test that replaces `utcnow` itself, so that a call of `now` would pass it by."""
    tail = source.module.rpartition(".")[2]
    for mention in source.project.mentions(b"utcnow", 2000, tests_only=True):
        replaced = any(word in mention.text for word in ("return_value", "side_effect"))
        if not replaced:
            continue
        content = source.project.read(mention.path)
        if content is not None and tail.encode() in content:
            return f"{mention.path.name}:{mention.line}"
    return None
