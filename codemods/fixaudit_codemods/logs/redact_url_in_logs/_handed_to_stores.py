"""URLs whose names tell of no store, which the project hands to one: `RedisQueue(settings.queue_url)`."""

from __future__ import annotations

import ast
import re

from fixaudit import Evidence, Reach, Source, memoized

STORES = (
    "redis|valkey|db|database|sqlalchemy|postgres|postgresql|pg|mysql|mariadb|mongo|mongodb|amqp"
    "|rabbit|rabbitmq|broker|celery|clickhouse|neo4j|cassandra|oracle|mssql|sqlserver|sentinel"
)
_NAME = re.compile(r"\w+_(?:url|uri)")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_OPENING = frozenset({"create_engine", "create_async_engine", "engine_from_config"})


def handed_to_store(source: Source, node: ast.Name | ast.Attribute) -> Evidence | None:
    """The call to which the project hands what has this name; None where it is none of a store."""
    name = node.id if isinstance(node, ast.Name) else node.attr
    return _handed(source, name) if _NAME.fullmatch(name) else None


@memoized
def _handed(source: Source, name: str) -> Evidence | None:
    given = re.compile(rf"([\w.]+)\(\s*(?:\w+\s*=\s*)?(?:\w+\.)*{name}\b(?!\s*[.(\[])")
    for mention in source.project.mentions(name.encode(), 200):
        found = None if mention.is_test else given.search(mention.text)
        if found is not None and _is_store(found[1]):
            text = f"`{name}` goes to `{found[1]}`, a store's by its name"
            return source.hint_at(mention.path, mention.line, text, Reach.DISTRIBUTION)
    return None


def _is_store(called: str) -> bool:
    last = called.rpartition(".")[2]
    words = {word.lower() for part in called.split(".") for word in _WORD.findall(part)}
    return last in _OPENING or bool(words & set(STORES.split("|")))
