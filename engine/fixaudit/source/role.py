"""Which of the roles that a codemod leaves alone a file plays, and by what that is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fixaudit.files import file_roles
from fixaudit.files.file_roles import Role
from fixaudit.model.evidence import Evidence, Reach, Strength
from fixaudit.source.memo import memoized
from fixaudit.source.source import Source

OVERRIDABLE = frozenset({Role.SCRIPT, Role.EXAMPLE})
"""Roles that a person's report overrides which names a site."""


@dataclass(frozen=True, slots=True)
class Played:
    """A role, and by what the file is known to play it, as a phrase."""

    role: Role
    known_by: str


def first_role(source: Source, roles: Iterable[Role]) -> Played | None:
    """The first of `roles` that the file plays; None where it plays none of them."""
    for role in roles:
        known_by = _known_by(source, role)
        if known_by is not None:
            return Played(role, known_by)
    return None


@memoized
def _known_by(source: Source, role: Role) -> str | None:
    """Asked by every codemod with findings in the file."""
    return _KNOWN_BY[role](source)


def role_evidence(source: Source, played: Played, reason: str) -> Evidence:
    """The evidence that a role gives, with the reason of the codemod that leaves such files."""
    text = f"{reason} ({played.known_by})"
    return Evidence(Strength.ROLE, Reach.MODULE, source.path, 1, text)


def _test(source: Source) -> str | None:
    known_by = file_roles.test_path_known_by(source.role_path)
    if known_by is None and file_roles.defines_fixtures(source.text):
        return "its functions are fixtures of pytest"
    return known_by


def _by_path(known_by: Callable[[str], str | None]) -> Callable[[Source], str | None]:
    return lambda source: known_by(source.role_path)


def _notebook(source: Source) -> str | None:
    return "its comments mark the cells of a notebook" if source.is_notebook else None


def _generated(source: Source) -> str | None:
    return "its head says that a program wrote it" if source.is_generated else None


def _local_settings(source: Source) -> str | None:
    if not file_roles.is_local_settings_path(source.role_path):
        return None
    return f"it is named `{source.role_path.rpartition('/')[2]}`"


_KNOWN_BY: dict[Role, Callable[[Source], str | None]] = {
    Role.TEST: _test,
    Role.SCRIPT: _by_path(file_roles.script_path_known_by),
    Role.EXAMPLE: _by_path(file_roles.example_path_known_by),
    Role.MIGRATION: _by_path(file_roles.migration_path_known_by),
    Role.NOTEBOOK: _notebook,
    Role.GENERATED: _generated,
    Role.LOCAL_SETTINGS: _local_settings,
    Role.VENDORED: _by_path(file_roles.vendored_path_known_by),
}
