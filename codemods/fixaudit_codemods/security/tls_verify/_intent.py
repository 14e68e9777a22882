"""What shows that a connection is meant not to be verified: proofs where code compares, hints by names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from fixaudit import Evidence, Reach, Source
from fixaudit_codemods.security._development import for_development

_SAYS_SO = re.compile(r"insecure|unverified|no_?verify|without_verification", re.IGNORECASE)
_ASKS = re.compile(r"verif|validat|insecure|cert_reqs|CERT_NONE|skip_tls", re.IGNORECASE)
_ASKED = "only where somebody asked for no verification"


def hints(source: Source, node: ast.AST) -> list[Evidence]:
    """Names that say that it is meant: of what a branch asks for, of a function, of what is made."""
    asked = asked_for(source, node)
    found = for_development(source, node) or (asked if asked and asked.is_hint else None)
    if found is not None:
        return [found]
    for above in source.ancestors(node):
        named = ""
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            named = above.name
        elif isinstance(above, ast.Assign):
            named = ast.unparse(above.targets[0])
        if _SAYS_SO.search(named):
            return [source.hint(above, "its name says that it verifies nothing")]
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            break
    return []


def asked_for(source: Source, node: ast.AST) -> Evidence | None:
    """The `if` around `node` that asks whether to verify: a proof where it compares with `CERT_NONE`."""
    hint: Evidence | None = None
    for above in source.ancestors(node):
        if isinstance(above, (ast.If, ast.IfExp)):
            if any(is_no_certificate(source, part) for part in _compared(above.test)):
                return source.proof(above.test, _ASKED, Reach.STATEMENT)
            if hint is None and _ASKS.search(ast.unparse(above.test)):
                hint = source.hint(above.test, _ASKED, Reach.STATEMENT)
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            break
    return hint


def _compared(test: ast.expr) -> Iterator[ast.expr]:
    for part in ast.walk(test):
        if isinstance(part, ast.Compare):
            yield from (part.left, *part.comparators)


def is_no_certificate(source: Source, node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return node.value in ("none", "CERT_NONE")
    if isinstance(node, (ast.Name, ast.Attribute)):
        return source.qualified_name(node) == "ssl.CERT_NONE"
    return False
