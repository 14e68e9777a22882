"""The cross-file index: modules, classes, functions and static types across the project's files."""

from __future__ import annotations

from fixaudit.project.attributes import AttributeFacts, Where
from fixaudit.project.classes import ClassFacts, Declaration, Linearisation
from fixaudit.project.dependencies import Dependencies
from fixaudit.project.facts import Binding, ImportFacts, ModuleFacts, VariableFacts
from fixaudit.project.functions import CallFit, FunctionFacts, Parameter, ParameterKind
from fixaudit.project.index import Project
from fixaudit.project.known import ClassKind, KnownClass
from fixaudit.project.mentions import Mention
from fixaudit.project.resolver import Definition

__all__ = [
    "AttributeFacts",
    "Binding",
    "CallFit",
    "ClassFacts",
    "ClassKind",
    "Declaration",
    "Definition",
    "Dependencies",
    "FunctionFacts",
    "ImportFacts",
    "KnownClass",
    "Linearisation",
    "Mention",
    "ModuleFacts",
    "Parameter",
    "ParameterKind",
    "Project",
    "VariableFacts",
    "Where",
]
