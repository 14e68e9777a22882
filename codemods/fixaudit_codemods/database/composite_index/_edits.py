"""The edits that give a table an index: in its own `__table_args__`, or as a statement of the module."""

from __future__ import annotations

import ast

from fixaudit import Edit, NeededName, Source, access, rewriting
from fixaudit.authoring import CallEditor, MappedTable, Refusal, module_indexes

Made = tuple[list[Edit], tuple[NeededName, ...]]


def index_edits(
    source: Source, table: MappedTable, name: str, columns: tuple[str, ...]
) -> Made | Refusal:
    """What adds `Index(name, *columns)`; columns are attributes of the class."""
    made = access(source, table.node, "sqlalchemy", "Index")
    if made is None:
        return Refusal("`Index` means something else here")
    if table.arguments is not None:
        text = ", ".join(f'"{table.columns.get(column, column)}"' for column in columns)
        edit = _in_arguments(source, table.arguments, f'{made.text}("{name}", {text})')
    else:
        text = ", ".join(f"{table.node.name}.{column}" for column in columns)
        edit = _in_module(source, table, f'{made.text}("{name}", {text})')
    return edit if isinstance(edit, Refusal) else (edit, made.needed_names)


def _in_arguments(source: Source, value: ast.expr, text: str) -> list[Edit] | Refusal:
    """A dict stays last: SQLAlchemy reads it as the table's options."""
    if isinstance(value, ast.Dict):
        return [source.replace(value, f"({text}, {source.segment(value)})")]
    if not isinstance(value, ast.Tuple):
        return Refusal("its `__table_args__` is no tuple or dict that is written out")
    if any(isinstance(each, ast.Starred) for each in value.elts):
        return Refusal("its `__table_args__` unpacks another one")
    at = len(value.elts) - (bool(value.elts) and isinstance(value.elts[-1], ast.Dict))
    if not value.elts:
        return [source.replace(value, f"({text},)")]
    if source.segment(value)[:1] != "(":
        return Refusal("its `__table_args__` stands in no parentheses")
    change = CallEditor(source, value).add(text, at).change()
    return change if isinstance(change, Refusal) else list(change)


def _in_module(source: Source, table: MappedTable, text: str) -> list[Edit] | Refusal:
    """Below the module's last `Index(…)` where that stands below the class, else below the class.

    A `__table_args__` of its own would hide the one that the class may inherit.
    """
    below = [each for each in module_indexes(source) if each.lineno > table.node.lineno]
    if source.parent(table.node) is not source.tree:
        return Refusal("the class stands in no module's top level")
    anchor: ast.stmt = below[-1] if below else table.node
    edit = rewriting.insert_after(source, anchor, text if below else f"\n\n{text}")
    return Refusal("its line holds another statement") if edit is None else [edit]
