"""`acme.OldClient` is retired: its calls become `acme.Client`.

The old client stops working with the next release of the library.

Left alone: classes of the same name from elsewhere.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixaudit import Codemod, Finding, Source


class OldClient(Codemod):
    """One site is one use of the retired class."""

    name = "old-client"
    code = "ACME001"
    triggers = (b"OldClient",)
    visits = (ast.Attribute,)
    tags = frozenset({"acme"})

    def judge(self, node: ast.Attribute, source: Source) -> Iterator[Finding]:
        if node.attr != "OldClient":
            return
        if source.qualified_name(node) != "acme.OldClient":
            yield self.leave(source, node, "another class of the same name")
            return
        end = source.span(node).end
        edit = source.edit(end - len("OldClient"), end, "Client")
        yield self.fix(source, node, "`acme.OldClient` is retired", [edit])
