"""The options of codemods that a finding calls for, as lines of a `fixaudit.toml`."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

from fixaudit.authoring.codemod import Codemod
from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding
from fixaudit.reports.model import ReportFinding

_NUMBERS = {
    word: number
    for number, words in (
        (1, "one eins"),
        (2, "two zwei deux dos"),
        (3, "three drei trois tres"),
        (4, "four vier quatre cuatro"),
        (5, "five fünf cinq cinco"),
        (6, "six sechs seis"),
        (8, "eight acht huit ocho"),
        (10, "ten zehn dix diez"),
        (20, "twenty zwanzig vingt veinte"),
        (50, "fifty fünfzig cinquante cincuenta"),
        (100, "hundred hundert cent cien"),
    )
    for word in words.split()
}

_TEXT = r"""["']([^"']+)["']"""
_LIST = re.compile(rf"\s*{_TEXT}(?:\s*,\s*{_TEXT})*,?\s*")
"""Texts with commas between them."""
_PADDING = re.compile(r"(?<=[(\[])\s+|\s+(?=[)\]])")
"""What stands within brackets where a line of code ended."""


def settings(
    finding: ReportFinding, codemods: Sequence[Codemod], here: Sequence[LocatedFinding]
) -> Iterator[str]:
    """A table for each paired codemod: what the report itself says, and what its sites ask for.

    A value that is set already is not said again. What a site asks for and the report does not
    say stands there as a comment, with what the option means.
    """
    text, today = _text(finding), _quoted(finding)
    for codemod in codemods:
        said = _of_these_sites(dict(_said(text, today, codemod)), codemod, here)
        said |= {n: v for n, v in _advised(codemod, here) if n not in said}
        tables = codemod.report_match.keyed
        known = {*said, *(each for each, table in tables.items() if table in said)}
        asked = [name for name in _asked(codemod, here) if name not in known]
        lines = [f"{_key(name)} = {value}" for name, value in said.items()]
        lines += [f"# {_key(name)} = …  ({codemod.options_help.get(name, '')})" for name in asked]
        if lines:
            yield f"[codemods.{codemod.name}]"
            yield from lines


def _text(finding: ReportFinding) -> str:
    advice = (snippet.code for snippet in finding.snippets if snippet.role == "recommended")
    words = (finding.title, finding.problem, finding.recommendation, *advice)
    return " ".join("\n".join(words).split())


def _quoted(finding: ReportFinding) -> str:
    return "".join(f"\n{entry.code}" for entry in finding.snippets if entry.role == "offending")


def _said(text: str, today: str, codemod: Codemod) -> Iterator[tuple[str, str]]:
    """Options with the value that the report gives them, written as in TOML; `today` is the code that it
    objects to."""
    match, lower = codemod.report_match, text.lower()
    for name, patterns in match.options.items():
        set_to = getattr(codemod.options, name)
        words, flags = (text, re.IGNORECASE) if name in match.as_written else (lower, 0)
        words += today if name in match.quoted else ""
        hits = [hit for pattern in patterns for hit in re.finditer(pattern, words, flags)]
        between = "." if name.endswith("_import") else ": "
        if isinstance(set_to, dict):
            value: Any = _pairs([(hit[1], hit[2]) for hit in hits])
        else:
            found = [_PADDING.sub("", between.join(filter(None, hit.groups()))) for hit in hits]
            value = _value(found, set_to)
        if value is None or value == set_to:
            continue
        try:
            replace(codemod.options, **{name: value})
        except ValueError:  # such as a limit of 0: the options would refuse it
            continue
        yield name, _toml(value)


def _of_these_sites(
    said: dict[str, str], codemod: Codemod, here: Sequence[LocatedFinding]
) -> dict[str, str]:
    """The options said, with a value for all sites as one for the keys of those at hand only: the report
    gives it for what it cites."""
    found = dict(said)
    for each, table in codemod.report_match.keyed.items():
        keys = _keys(codemod, table, here)
        if each in said and table not in said and keys:
            pairs = (f"{json.dumps(key)} = {said[each]}" for key in keys)
            found = {
                (table if name == each else name): (
                    f"{{ {', '.join(pairs)} }}" if name == each else value
                )
                for name, value in found.items()
            }
    return found


def _keys(codemod: Codemod, table: str, here: Sequence[LocatedFinding]) -> list[str]:
    """The keys of an option's table as sites for review write it out: `` `table = {key = "…"}` ``."""
    keys: list[str] = []
    for site in here:
        if site.finding.codemod == codemod.name and site.finding.verdict is Verdict.REVIEW:
            for hit in re.finditer(rf"`{_key(table)} = (\{{.*?\}})`", site.finding.guidance or ""):
                keys += tomllib.loads(f"x = {hit[1]}")["x"]
    return list(dict.fromkeys(keys))


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key)} = {json.dumps(each)}" for key, each in value.items())
        return f"{{ {', '.join(pairs)} }}"
    return json.dumps(list(value) if isinstance(value, tuple) else value)


def _pairs(found: Sequence[tuple[str, str]]) -> dict[str, str] | None:
    """What each of some keys gets; None for nothing, or where one gets two values."""
    pairs = dict(found)
    return pairs if pairs and len(pairs) == len(dict.fromkeys(found)) else None


def _value(found: Sequence[str], like: Any) -> Any:
    """What was found as a value of an option's type; None for nothing, or where it is two."""
    if isinstance(like, tuple):
        items = (
            re.findall(_TEXT, word) if _LIST.fullmatch(word) else [_unquoted(word)]
            for word in found
        )
        return tuple(dict.fromkeys(item for several in items for item in several)) or None
    values: list[Any] = [_unquoted(word) for word in found]
    if isinstance(like, int | float):
        values = [number for word in found if (number := _number(word)) is not None]
    values = list(dict.fromkeys(values))
    return values[0] if len(values) == 1 else None


def _unquoted(word: str) -> str:
    """A name that the report's code quotes is written without its quotes: `Index("ix_a", …)`."""
    return re.sub(r"\A([\"'])(\w+)\1", r"\2", word)


def _number(word: str) -> int | float | None:
    try:
        number = float(word)
    except ValueError:
        return _NUMBERS.get(word)
    return int(number) if number.is_integer() else number


def _advised(codemod: Codemod, here: Sequence[LocatedFinding]) -> Iterator[tuple[str, str]]:
    """Options with the value that sites for review give them in a whole table, as in TOML."""
    for site in here:
        advice = site.finding.guidance or ""
        _, table, after = advice.partition(f"[codemods.{codemod.name}]")
        if not table or site.finding.verdict is not Verdict.REVIEW:
            continue
        for entry in fields(codemod.options):
            line = rf"""(?<![\w-]){_key(entry.name)} = ("[^"…]*"|'[^'…]*'|\d+)(?=\s|\Z)"""
            if (hit := re.search(line, after)) is not None:
                yield entry.name, hit[1]


def _asked(codemod: Codemod, here: Sequence[LocatedFinding]) -> Iterator[str]:
    """Options that the sites for review name in what they advise."""
    advice = " ".join(
        site.finding.guidance or ""
        for site in here
        if site.finding.codemod == codemod.name and site.finding.verdict is Verdict.REVIEW
    )
    for entry in fields(codemod.options):
        if f"`{_key(entry.name)}`" in advice:
            yield entry.name


def _key(name: str) -> str:
    return name.replace("_", "-")
