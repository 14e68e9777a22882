"""Where the project's code refers to a class of this file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.module_facts import ModuleFacts
from fixaudit.semantics.values.infer import Inference
from fixaudit.source.source import Source

_MANY = 400


@dataclass(frozen=True, slots=True)
class ClassReference:
    """One place that names the class; `above` are the nodes around it, the nearest first.

    The nodes are good until the next one is asked for.
    """

    node: ast.Name | ast.Attribute
    above: tuple[ast.AST, ...]
    module: ModuleFacts


def class_references(source: Source, cls: ast.ClassDef) -> Iterator[ClassReference]:
    """The places that certainly mean the class, in code that is no test: this file's first.

    Of a class that very many lines name only the first few hundred are looked at: what is not among
    them may still be there. Costs a search of the project for the name, and the reading of what is
    around each place.
    """
    own = source.project.facts_of_source(source)
    target = (own.path, cls.lineno)
    mentions = source.project.mentions(cls.name.encode(), _MANY)
    paths = dict.fromkeys([own.path, *(each.path for each in mentions if not each.is_test)])
    for path in paths:
        module = source.project.facts_of(path)
        if module is None:
            continue
        inference = Inference(source.project, module)
        for node in inference.view.loads(frozenset({cls.name})):
            meant = inference.definition(node)
            if isinstance(meant, ClassFacts) and (meant.path, meant.line) == target:
                above = tuple(parent for _, parent in inference.view.ancestors(node))
                yield ClassReference(node, above, module)
