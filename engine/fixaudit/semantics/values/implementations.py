"""Which classes of the project stand behind a protocol: what a port's method runs."""

from __future__ import annotations

from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.known_classes import ClassKind
from fixaudit.semantics.project import Project
from fixaudit.semantics.records import ParameterKind
from fixaudit.semantics.signatures import FunctionFacts

_MANY = 100
_VARIABLE = (ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD)


def implementations(project: Project, protocol: ClassFacts, name: str) -> tuple[FunctionFacts, ...]:
    """The methods `name` of the project's classes that have every method of a protocol.

    Tests are left out, so that a fake of theirs is none. Empty where `protocol` is none, and where more
    lines than can be looked at say the name. An implementation outside of the project is not seen, and
    neither is which one an object is of: good as evidence, not as a proof.
    """
    if protocol.kind is not ClassKind.PROTOCOL or protocol.method(name) is None:
        return ()
    needle = f"def {name}".encode()
    mentions = project.mentions(needle, _MANY)
    if len(mentions) == _MANY:
        return ()
    promised = {each for each in protocol.body.found if protocol.method(each) is not None}
    found: list[FunctionFacts] = []
    paths = dict.fromkeys(each.path for each in mentions if not each.is_test)
    for module in filter(None, map(project.facts_of, paths)):
        for record in module.contents.classes():
            cls = project.class_facts(record, module)
            own = cls.method(name)
            if own is None or cls.kind is ClassKind.PROTOCOL:
                continue
            if all(_fits(cls, protocol.method(one)) for one in promised):
                found.append(own)
    return tuple(found)


def _fits(cls: ClassFacts, promised: FunctionFacts | None) -> bool:
    """True where a class has a method that takes what the protocol's is given, by the names."""
    assert promised is not None
    name = promised.record.name
    own = next((found for each in cls.mro().own if (found := each.method(name))), None)
    if own is None:
        return False
    given = {each.name for each in promised.parameters}
    taken = {each.name for each in own.parameters}
    variable = any(each.kind in _VARIABLE for each in (*own.parameters, *promised.parameters))
    asked = {each.name for each in own.parameters if not each.has_default}
    return variable or (asked <= given and given <= taken)
