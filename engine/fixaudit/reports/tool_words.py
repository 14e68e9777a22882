"""What stands beside the place on a tool's line: its severity, its rules, and the message itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fixaudit.reports.model import Severity
from fixaudit.reports.severity import severity_in

_TOOL_LEVELS: dict[str, Severity] = {
    "fatal": "critical",
    "notice": "low",
    "convention": "low",
    "refactor": "low",
    "style": "low",
    "hint": "info",
}
"""Words of tools alone: in prose they say nothing about how bad a thing is."""
_PYLINT = {"F": "fatal", "E": "error", "W": "warning", "R": "refactor", "C": "convention"}
_LEVEL = (
    "fatal|critical|blocker|error|err|high|major|warning|warn|medium|moderate|minor|low|note|notice"
    "|information|info|hint|convention|refactor|style"
)
CODE = r"(?!(?:HTTP|SHA|UTF|RFC|PEP|ISO|MD|AES|CVE|CWE)[-_]?\d)[A-Z]{1,8}(?:[-_][A-Z]{1,4})?[-_]?\d{1,5}"
"""A rule as a code: `F401`, `DUO130`, `W0611`, `PYL-W0611`."""
_NAME = r"[a-z][a-z0-9_]*(?:[-.][A-Za-z0-9_]+)+|report[A-Z]\w+"
_FRONT = (
    re.compile(r"\[\*\]\s*|[^\w\s\[(`'\"<{*@./$#-]+\s+"),
    re.compile(r"(?P<level>ERROR|WARNING|WARN|INFO)\s+"),
    re.compile(rf"[-–]?\s*(?P<level>{_LEVEL})(?:\s*:\s*|\s+[-–]\s+|\s{{2,}}|\s*(?=[(\[]))", re.I),
    re.compile(rf"[\[(](?P<level>{_LEVEL})[\])]:?\s*", re.I),
    re.compile(rf"(?P<level>[FEWCRI]):(?=(?:{CODE}|{_NAME}):)"),
    re.compile(r"[\[(](?P<inside>[^\[\]]{1,120}?)[\])](?::\s*|\s+)"),
    re.compile(rf"(?P<rule>{CODE})(?:\[\w+\]|\((?P<name>[\w.-]+)\))?(?::\s*|\s+)(?:\[\*\]\s*)?"),
    re.compile(rf"(?P<rule>{_NAME})(?:\(\w+\))?:\s*"),
    re.compile(rf"(?:[\w.]+:\s)?\w+(?:\s-|:)\s(?P<rule>{_NAME}|{CODE})(?:\s/\s+|\Z)"),
)
_TAIL = (
    re.compile(rf"\s+[\[(](?P<rule>{_NAME}|{CODE})[\])]\Z"),
    re.compile(r"\s+\[(?P<word>[a-z]+)\]\Z"),
    re.compile(r"\s{2,}(?P<rule>[a-z]+(?:-[a-z]+)+)\Z"),
)
_COLUMN = re.compile(r"\s+\(col(?:umn)? \d+\)\Z")
_TOKEN = re.compile(rf"{CODE}|{_NAME}")


@dataclass(frozen=True, slots=True)
class Words:
    """A message with its severity in the tool's own word, "" without one, and the rules named around it."""

    text: str
    severity: str
    rules: tuple[str, ...]


def words_of(text: str) -> Words:
    """Severity and rules off both ends of what a tool says about one place."""
    severity = ""
    rules: list[str] = []
    text = text.strip()
    for _ in range(6):
        for shape in _FRONT:
            found = shape.match(text)
            if found is None:
                continue
            said = found.groupdict()
            named = _named(said)
            if said.get("inside") and not named:
                continue
            if (said.get("level") and severity) or (said.get("rule") and rules):
                continue
            level = said.get("level") or ""
            severity = severity or _PYLINT.get(level, level)
            rules += named
            text = text[found.end() :]
            break
        else:
            break
    text = _COLUMN.sub("", text)
    for shape in _TAIL:
        found = shape.search(text[-120:])
        if found:  # after a rule, one more word is only the tool's name
            rules += [] if rules and "word" in found.groupdict() else [found[1]]
            text = text[: len(text) - len(found.group())]
            break
    return Words(text.strip(), severity or level_of(rules), tuple(dict.fromkeys(rules)))


def level_of(rules: Sequence[str]) -> str:
    """What pylint's codes say by their letter, "" for other rules."""
    return next((_PYLINT[rule[0]] for rule in rules if re.fullmatch(r"[FEWRC]\d{4}", rule)), "")


def _named(said: dict[str, str | None]) -> list[str]:
    inside = (said.get("inside") or "").partition(",")[0]  # "[W0102(dangerous-default), name]"
    found = [said.get("rule"), said.get("name"), *re.split(r"[():\s]+", inside)]
    return [rule for rule in found if rule and _TOKEN.fullmatch(rule)]


def tool_severity(word: str) -> Severity | None:
    """The severity of a tool's own word for it."""
    return _TOOL_LEVELS.get(word.lower()) or severity_in(word)


def rule_forms(rule: str) -> tuple[str, ...]:
    """A rule with the name it ends in: `python:S7502` is `S7502` as well."""
    last = re.split(r"[:/.]", rule)[-1]
    return (rule, last) if last != rule and _TOKEN.fullmatch(last) else (rule,)


_RULE = re.compile(r"\b(?:CWE-\d{1,5}|(?:[A-Z]{1,4}\d{3,4}))\b")
_NOT_RULES = re.compile(r"(?:HTTP|SHA|UTF|RFC|PEP|ISO|MD|AES|P|E)\d+\Z|[A-Z]+20\d\d\Z")


def rules_in(text: str) -> tuple[str, ...]:
    """Rule and weakness ids such as `S324`, `ANN101`, `CWE-327`."""
    found = (m.group() for m in _RULE.finditer(text))
    return tuple(dict.fromkeys(rule for rule in found if not _NOT_RULES.match(rule)))
