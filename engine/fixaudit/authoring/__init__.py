"""What a codemod is written with: the questions it may ask, besides the names of `fixaudit` itself.

Each name is imported from its module at its first use; `__init__.pyi` says the same to type checkers.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "AIOHTTP_SESSION": "semantics.values.known_objects",
    "ASYNCPG": "semantics.values.known_objects",
    "AttributeFacts": "semantics.attributes",
    "Binding": "syntax.namespace",
    "CallEditor": "edits.calls",
    "CallFit": "semantics.signatures",
    "ClassFacts": "semantics.classes",
    "ClassKind": "semantics.known_classes",
    "DBAPI": "semantics.values.known_objects",
    "Declaration": "semantics.classes",
    "Fate": "source.tasks",
    "Framework": "semantics.values.known_objects",
    "Function": "source.source",
    "FunctionFacts": "semantics.signatures",
    "FunctionNode": "semantics.module_facts",
    "HOLE": "edits.phrase_removal",
    "HTTPX_CLIENT": "semantics.values.known_objects",
    "Header": "semantics.headers",
    "Inference": "semantics.values.infer",
    "Leaf": "edits.string_literals",
    "MISPLACED": "edits.call_fragment",
    "Made": "source.tasks",
    "Mention": "semantics.text_search",
    "ModuleFacts": "semantics.module_facts",
    "OTHER": "edits.phrase_removal",
    "Outline": "semantics.headers",
    "Parameter": "semantics.module_facts",
    "ParameterKind": "semantics.module_facts",
    "RECEIVERS": "semantics.headers",
    "REQUESTS_SESSION": "semantics.values.known_objects",
    "Reader": "edits.string_literals",
    "Refusal": "edits.calls",
    "SQLALCHEMY_STATEMENT": "semantics.values.known_objects",
    "SQLITE": "semantics.values.known_objects",
    "Shown": "semantics.values.narrowing",
    "Style": "edits.string_literals",
    "TypeFacts": "source.static_type",
    "Unit": "edits.string_literals",
    "UnreadableError": "edits.string_literals",
    "Where": "semantics.attributes",
    "add_keywords": "edits.calls",
    "catcher_around": "source.expected_exceptions",
    "check_expression": "source.option_expressions",
    "comma_behind": "edits.calls",
    "comments": "text.comments",
    "configured_expression": "source.option_expressions",
    "phrase_to_remove": "edits.phrase_removal",
    "definition_of": "source.static_type",
    "did_you_mean": "text.suggest",
    "dotted_name": "semantics.module_facts",
    "drop_arguments": "edits.calls",
    "names_written": "source.uses",
    "never_passes_end": "semantics.values.narrowing",
    "expected_by": "source.expected_exceptions",
    "task_fate": "source.tasks",
    "first_statement": "edits.module_header",
    "call_fit": "semantics.signatures",
    "header_end": "edits.module_header",
    "is_in_default": "source.coroutines",
    "is_made_here": "source.values",
    "is_outside": "source.static_type",
    "is_test_path": "files.file_roles",
    "keyword": "edits.calls",
    "line_span": "edits.statements",
    "assigned_literal": "source.origins",
    "task_made_by": "source.tasks",
    "may_hide": "semantics.star_hiding",
    "obsolete_import_of": "source.coroutines",
    "origin_match": "source.origins",
    "other_runner": "source.coroutines",
    "outer_parentheses": "edits.statements",
    "own_nodes": "semantics.signatures",
    "rename_callee": "edits.calls",
    "callee_renamed": "source.coroutines",
    "render_literal": "edits.string_literals",
    "replacing_test": "source.coroutines",
    "router_framework": "semantics.values.known_objects",
    "runs_before": "source.name_access",
    "shown_at": "semantics.values.narrowing",
    "orphans": "edits.statements",
    "stands_alone": "edits.statements",
    "is_placed_right": "edits.call_fragment",
    "starting_with": "semantics.text_search",
    "static_type": "source.static_type",
    "rule_switched_off": "suppress.linter_settings",
    "unpacks": "edits.calls",
    "variable_uses": "source.uses",
    "value_of": "source.values",
    "value_of_binding": "source.values",
    "children": "syntax.tree",
    "walk": "syntax.tree",
}

__all__ = [*_HOME]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'fixaudit.authoring' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"fixaudit.{_HOME[name]}"), name)
    globals()[name] = value
    return value
