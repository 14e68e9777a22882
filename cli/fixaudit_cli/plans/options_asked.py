"""What `apply --report` says of the options that a report asks for and that are set to something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fixaudit.plan.model import Planned
from fixaudit_cli.output.terminal import note


def say_of_options(planned: Iterable[Planned]) -> None:
    """Say once for each option what findings whose sites use it ask for, and how to set it."""
    findings: dict[tuple[str, str, str], list[str]] = {}
    for entry in planned:
        for asked in _asked(entry.settings):
            findings.setdefault(asked, []).append(entry.finding.id)
    for (codemod, key, value), ids in findings.items():
        one = len(ids) == 1
        note(
            f"finding{'' if one else 's'} {', '.join(ids)} ask{'s' if one else ''} for {key} = {value}:"
            f" `--config 'codemods.{codemod}.{key}={value}'`"
        )


def _asked(settings: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Codemod, option and value of the lines of a `fixaudit.toml`; what a person has to fill in is none."""
    codemod = ""
    for line in settings:
        if line.startswith("[codemods."):
            codemod = line.removeprefix("[codemods.").removesuffix("]")
        elif not line.startswith("#"):
            key, _, value = line.partition(" = ")
            yield codemod, key, value
