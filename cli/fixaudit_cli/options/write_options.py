"""How a run is to be written: the options of `apply` that speak of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from fixaudit.errors import ConfigError

Per = Literal["codemod", "finding", "package"]


@dataclass(frozen=True, slots=True)
class Job:
    """How to write: see the options of `apply` of the same names.

    `verify` None stands for the configured commands, an empty tuple for none. `wait` and `timeout`
    are seconds. `audit_ids` gives a finding's ids in an audit report, by fingerprint.
    """

    argv: tuple[str, ...] = ()
    allow_dirty: bool = False
    wait: float = 0.0
    verify: tuple[str, ...] | None = None
    timeout: float | None = 600.0
    commit: Per | None = None
    blame_ignore: bool = False
    audit_ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def parse_per(word: str) -> Per:
    """The value of `--commit-per`. Raises ConfigError."""
    for known in get_args(Per):
        if word == known:
            return known  # type: ignore[no-any-return]
    raise ConfigError(f"--commit-per {word}: choose one of {', '.join(get_args(Per))}")
