"""A failure as it is printed: the fixture's path, what is wrong, and a unified diff."""

from __future__ import annotations

from collections.abc import Iterable

from fixaudit.testing.cases import Case, Specimen
from fixaudit.testing.checks import check_case
from fixaudit.testing.results import Trouble
from fixaudit.testing.variant_checks import check_variant
from fixaudit.testing.variants import Variant
from fixaudit.text.unified_diff import unified

_VISIBLE = str.maketrans({"\r": "\\r", "\f": "\\f", "\ufeff": "\\ufeff"})


def identity(case: Case, variant: Variant | None = None) -> str:
    """`fixtures/before/<codemod>/<case>.py`, with `[variant]` behind it."""
    return case.label if variant is None else f"{case.label}[{variant.name}]"


def report(case: Case, variant: Variant | None = None) -> str | None:
    """What is wrong with a fixture or one of its variants; None where nothing is."""
    found = check_case(case) if variant is None else check_variant(case, variant)
    parts = [_part(specimen, trouble) for specimen, trouble in found]
    if not parts:
        return None
    return "\n".join([identity(case, variant), *dict.fromkeys(parts)])


def _part(specimen: Specimen | None, trouble: Trouble) -> str:
    place = "" if specimen is None or specimen.relative == "." else f"{specimen.relative}: "
    lines = [f"  {place}{trouble.message}"]
    if trouble.expected is not None and trouble.got is not None:
        lines.append(difference(trouble.expected, trouble.got).rstrip("\n"))
    return "\n".join(lines)


def difference(
    expected: bytes, got: bytes, names: tuple[str, str] = ("expected", "what the codemod gives")
) -> str:
    """A unified diff to be read: what cannot be seen is escaped."""
    lines = [f"--- {names[0]}\n", f"+++ {names[1]}\n"]
    for hunk in unified("", expected, got).hunks:
        lines += [_text([hunk.header]), _text(hunk.lines)]
    return "".join(lines)


def _text(lines: Iterable[bytes]) -> str:
    return b"".join(lines).decode("utf-8", "backslashreplace").translate(_VISIBLE)
