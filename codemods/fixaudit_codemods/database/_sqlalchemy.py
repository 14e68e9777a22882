"""SQLAlchemy in a file: who imports it, and the functions that make an engine, by its own documentation
and SQLModel's."""

from __future__ import annotations

from fixaudit import Source, memoized
from fixaudit.authoring import ClassFacts

LIBRARIES = ("sqlalchemy", "sqlmodel", "flask_sqlalchemy", "sqlalchemy_utils")

ENGINE_FACTORIES = frozenset(
    {
        "sqlalchemy.create_engine",
        "sqlalchemy.engine.create_engine",
        "sqlalchemy.engine.create.create_engine",
        "sqlalchemy.ext.asyncio.create_async_engine",
        "sqlalchemy.ext.asyncio.engine.create_async_engine",
        "sqlmodel.create_engine",
    }
)
ENGINE_NAMES = frozenset({"create_engine", "create_async_engine"})


@memoized
def uses_sqlalchemy(source: Source) -> bool:
    """True where the module imports SQLAlchemy or a library built on it."""
    targets = [
        binding.target or ""
        for scope in source.scopes.scopes()
        for bindings in scope.bindings.values()
        for binding in bindings
        if binding.kind == "import"
    ]
    return any(target.partition(".")[0] in LIBRARIES for target in targets)


def type_decorator_bases(cls: ClassFacts) -> list[str]:
    """The bases by which a class is a `TypeDecorator`, with what stands in brackets as written."""
    found = []
    for each in cls.mro().own:
        for base in each.record.bases:
            head, bracket, inner = base.partition("[")
            name = each.module.qualify(head)
            if _is_decorator(name):
                found.append(f"{name}{bracket}{inner}")
    return found


def _is_decorator(name: str) -> bool:
    root, _, last = name.rpartition(".")
    package = root.partition(".")[0]
    if package == "sqlalchemy_utils":
        return last.endswith("Type")
    return package == "sqlalchemy" and last == "TypeDecorator"
