"""Which of the roles that a codemod leaves alone a file plays."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fixaudit.files.file_roles import Role, is_local_settings_path
from fixaudit.source.source import Source

_PLAYED: dict[Role, Callable[[Source], bool]] = {
    Role.TEST: lambda source: source.is_test,
    Role.SCRIPT: lambda source: source.is_script,
    Role.EXAMPLE: lambda source: source.is_example,
    Role.MIGRATION: lambda source: source.is_migration,
    Role.NOTEBOOK: lambda source: source.is_notebook,
    Role.GENERATED: lambda source: source.is_generated,
    Role.LOCAL_SETTINGS: lambda source: is_local_settings_path(source.role_path),
}


def first_role(source: Source, roles: Iterable[Role]) -> Role | None:
    """The first of `roles` that the file plays; None where it plays none of them."""
    return next((role for role in roles if _PLAYED[role](source)), None)
