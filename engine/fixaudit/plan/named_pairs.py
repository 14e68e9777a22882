"""What `--pair ID=CODEMOD` says, checked against the findings and codemods there are."""

from __future__ import annotations

from collections.abc import Sequence

from fixaudit.authoring.codemod import Codemod
from fixaudit.errors import ConfigError
from fixaudit.plan.selection import matching
from fixaudit.text.suggest import did_you_mean

NONE, AUTO = "none", "auto"

Settled = dict[tuple[str, str], tuple[str, ...] | None]
"""Codemods by (report, finding's id): none where nothing is to answer it, None for what words tell."""


def named_pairs(
    given: Sequence[str], known: Sequence[tuple[str, str]], codemods: Sequence[Codemod]
) -> Settled:
    """The pairs of a repeatable option: `F-2=tls-verify`, `AUDIT.md:F-2=FA402,FA403`, `F-2=none`, `F-2=auto`.

    `known` are the (report, id) there are. Raises ConfigError for an id or a codemod nobody knows.
    """
    names = {key.lower(): each.name for each in codemods for key in (each.name, each.code)}
    found: Settled = {}
    for text in given:
        word, equals, said = text.rpartition("=")
        wanted = [part.strip().lower() for part in said.split(",") if part.strip()]
        if not equals or not wanted:
            raise ConfigError(f"--pair {text}: write ID=CODEMOD, such as F-2=tls-verify")
        for name in wanted:
            if name not in (*names, NONE, AUTO):
                near = did_you_mean(name, (*names, NONE, AUTO))
                raise ConfigError(f"--pair {text}: no codemod is called {name}{near}")
        (key,) = matching(known, [word.strip()], "--pair") or {("", "")}
        if {NONE, AUTO} & set(wanted):
            if len(wanted) > 1 or key in found:
                raise ConfigError(f"--pair {text}: {word} is paired with something else as well")
            found[key] = () if wanted == [NONE] else None
            continue
        before = found.get(key, ())
        if key in found and not before:
            raise ConfigError(f"--pair {text}: {word} is paired with something else as well")
        found[key] = tuple(dict.fromkeys((*(before or ()), *(names[name] for name in wanted))))
    return found
