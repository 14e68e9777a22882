"""What the bases and the overrides of a method, in the project, give back."""

from __future__ import annotations

from collections.abc import Iterator

from fixaudit import Evidence, Reach, Source
from fixaudit.authoring import ClassFacts, FunctionFacts, result_type
from fixaudit_codemods.attributes._init_order import TooManyError, subclasses
from fixaudit_codemods.attributes._signatures import is_generator, is_none, returns_of

# Bases of the standard library that promise nothing of a method they do not have.
_PLAIN = frozenset({"object", "abc.ABC", "typing.Generic", "typing.Protocol", "Exception"})
_NOTHING = frozenset({"None", "typing.Any", "typing.NoReturn", "typing.Never"})


def overriding_value(
    source: Source, cls: ClassFacts, name: str, *, is_async: bool
) -> Evidence | None:
    """A subclass of the project whose method of that name gives a value; None for none.

    A coroutine is one where the method itself is no coroutine function.
    """
    try:
        for sub in subclasses(source, cls):
            method = None if sub.lacks(name) else sub.method(name)
            if method is None:
                continue
            text = _otherwise_awaited(f"{sub.name}.{name}", method, is_async)
            if text is None and _gives_value(source, method):
                text = f"`{sub.name}.{name}` gives a value in its place"
            if text is not None:
                return source.proof_at(sub.path, method.line, text, Reach.CLASS)
    except TooManyError:
        text = f"`{cls.name}` has too many subclasses to look at"
        return source.proof_at(cls.path, cls.line, text, Reach.CLASS)
    return None


def _gives_value(source: Source, method: FunctionFacts) -> bool:
    if method.returns is not None:
        return result_type(source, method) not in _NOTHING
    node = method.node
    return any(not is_none(value) for value in returns_of(node)) or is_generator(node)


def _otherwise_awaited(name: str, method: FunctionFacts, is_async: bool) -> str | None:
    """That one of two methods, of which one overrides the other, gives a coroutine, the other none."""
    if method.is_async == is_async:
        return None
    return f"`{name}` is {'a' if method.is_async else 'no'} coroutine function, and this is {'one' if is_async else 'none'}"


def promised_by_base(
    source: Source, cls: ClassFacts, name: str, *, is_async: bool
) -> Evidence | None:
    """A base of the project that annotates its method of that name with a value, or gives a coroutine
    where this gives none."""
    for base in cls.mro().own[1:]:
        if base.lacks(name):
            continue
        method = base.method(name)
        if method is None:
            continue
        text = _otherwise_awaited(f"{base.name}.{name}", method, is_async)
        if text is None and method.returns is not None and _gives_value(source, method):
            text = f"`{base.name}.{name}` promises a value"
        if text is not None:
            return source.proof_at(base.path, method.line, text, Reach.CLASS)
        return None
    return None


def full_base_names(cls: ClassFacts) -> Iterator[str]:
    """All bases and theirs by their full names, without type arguments, in Python's order."""
    for each in cls.mro().own:
        for base in each.record.bases:
            yield each.module.qualify(base.partition("[")[0])


def unknown_base(cls: ClassFacts, name: str) -> str | None:
    """A base from outside of the project that may have a method of that name, as it is written.

    None where there is none: bases of the project and those whose attributes are known do not count.
    """
    order = cls.mro()
    own = {entry.qualified_name for entry in order.own}
    known = {entry.qualified_name for entry in order.classes if name not in entry.attributes}
    for written in full_base_names(cls):
        plain = written.removeprefix("builtins.").replace("typing_extensions.", "typing.")
        if plain not in own | known | _PLAIN:
            return plain
    return None
