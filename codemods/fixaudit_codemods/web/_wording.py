"""Words that reasons of this family share."""

from __future__ import annotations

from fixaudit import Evidence, Source

_SHOWN = 3
"""Names that a sentence says before it only counts them."""


def they_take(names: list[str]) -> str:
    """`a` takes; `a` and `b` take; `a`, `b`, `c` and 2 more take."""
    return f"{listed(names)} {'takes' if len(names) == 1 else 'take'}"


def listed(names: list[str]) -> str:
    """`a`; `a` and `b`; `a`, `b`, `c` and 2 more."""
    if len(names) <= _SHOWN:
        return listed_plainly(names)
    shown = [f"`{name}`" for name in names[:_SHOWN]]
    return f"{', '.join(shown)} and {len(names) - _SHOWN} more"


def listed_plainly(names: list[str]) -> str:
    """All of them: `a`, `b`, `c` and `d`."""
    shown = [f"`{name}`" for name in names]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def place_of(source: Source, proof: Evidence) -> str:
    """Where a proof stands, in brackets: its line, with the path of another file."""
    own = proof.path == source.path
    return f" (line {proof.line})" if own else f" ({proof.path}:{proof.line})"
