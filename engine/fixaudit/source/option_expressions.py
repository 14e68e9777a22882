"""Values that a project chooses by an expression in its configuration, such as `settings.timeout`."""

from __future__ import annotations

import ast
import re

from fixaudit.model.finding import NeededImport
from fixaudit.source.name_access import Access, access
from fixaudit.source.source import Source
from fixaudit.syntax.namespace import BUILTINS


def check_expression(option: str, text: str) -> None:
    """Raises ValueError where the option holds no expression."""
    try:
        ast.parse(text or "0", mode="eval")
    except SyntaxError as error:
        raise ValueError(f'"{option}" is no expression: {error.msg}') from error


def configured_expression(
    source: Source, node: ast.AST, text: str, imported: str, whose: str = "configured"
) -> Access | str:
    """How `text` is written at `node`; in words, why it cannot be.

    `imported` is the dotted name by which what the expression begins with is imported, or empty;
    `whose` says in words which expression it is.
    """
    needed_names: tuple[NeededImport, ...] = ()
    module, _, name = imported.rpartition(".")
    if name:
        reached = access(source, node, module, name) if module else access(source, node, name)
        if reached is None:
            return f"`{name}` means something else here"
        text = re.sub(rf"(?<![\w.]){re.escape(name)}\b", lambda _: reached.text, text)
        needed_names = reached.needed_names
    bound = {needed.bound for needed in needed_names}
    for part in ast.walk(ast.parse(text, mode="eval")):
        if not isinstance(part, ast.Name) or part.id in bound | BUILTINS:
            continue
        if source.scopes.lookup(part.id, node)[0] is None:
            return f"`{part.id}` of the {whose} expression is not known here"
    return Access(text, needed_names)
