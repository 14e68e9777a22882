"""Who may do what: each permission by name, none by pattern."""

from __future__ import annotations

HIKER = frozenset({"read:content", "write:content"})
EDITOR = HIKER | {"admin:harvest.logs"}
OPERATOR = EDITOR | {"admin:harvest.run"}

ROLES: dict[str, frozenset[str]] = {"hiker": HIKER, "editor": EDITOR, "operator": OPERATOR}


def permissions_of(role: str) -> frozenset[str]:
    return ROLES.get(role, frozenset())
