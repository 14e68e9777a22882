"""The method resolution order over classes of the project and known classes outside."""

from __future__ import annotations

import ast

from fixaudit.semantics.classes import ClassFacts, Linearisation
from fixaudit.semantics.known_classes import KnownClass, known_class
from fixaudit.semantics.model_fields import outside_name
from fixaudit.semantics.module_facts import dotted_name
from fixaudit.semantics.signatures import plain_typing

Entry = ClassFacts | KnownClass


def resolve_base(owner: ClassFacts, base: ast.expr) -> Entry | None:
    """The class a base expression means; `Generic[T]` and `Repo[Item]` lose their arguments."""
    if isinstance(base, ast.Subscript):
        base = base.value
    written = dotted_name(base)
    if written is None:
        return None
    found = owner.project.resolve_for(owner, written)
    if isinstance(found, ClassFacts):
        return found
    name = found if isinstance(found, str) else outside_name(owner, written)
    return None if name is None else known_class(plain_typing(name))


def linearise(cls: ClassFacts) -> Linearisation:
    """C3 as Python computes it; an order Python would refuse counts as unknown."""
    under_way = cls.project.linearising
    if cls.key in under_way:
        itself = (f"{cls.name}, which inherits from itself",)
        return Linearisation((cls,), itself, itself)
    under_way.add(cls.key)
    try:
        return _linearise(cls)
    finally:
        under_way.discard(cls.key)


def _linearise(cls: ClassFacts) -> Linearisation:
    unknown = list(cls.unknown_makers())
    makers = [*unknown]
    bases: list[Entry] = []
    for base in cls.bases:
        found = resolve_base(cls, base)
        if found is None:
            unknown.append(f"base {ast.unparse(base)}")
        else:
            bases.append(found)
    chains: list[list[Entry]] = []
    for entry in bases:
        if isinstance(entry, KnownClass):
            chains.append([entry])
        else:
            order = entry.mro()
            chains.append(list(order.classes))
            unknown.extend(order.unknown)
            makers.extend(order.makers)
    merged = chains[0] if len(chains) == 1 else _merge([*chains, bases])
    if merged is None:
        unknown.append(f"the order of the bases of {cls.name}")
        makers.append(unknown[-1])
        merged = [entry for chain in chains for entry in chain]
    entries = (entry for entry in merged if entry.qualified_name != "object")
    return Linearisation((cls, *entries), _once(unknown), _once(makers))


def _once(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _key(entry: Entry) -> object:
    return entry.key if isinstance(entry, ClassFacts) else entry.qualified_name


def _merge(chains: list[list[Entry]]) -> list[Entry] | None:
    chains = [list(chain) for chain in chains if chain]
    merged: list[Entry] = []
    while chains:
        tails = {_key(entry) for chain in chains for entry in chain[1:]}
        head = next((chain[0] for chain in chains if _key(chain[0]) not in tails), None)
        if head is None:
            return None
        merged.append(head)
        chains = [[entry for entry in chain if _key(entry) != _key(head)] for chain in chains]
        chains = [chain for chain in chains if chain]
    return merged
