"""Where a policy that is read from elsewhere gets `*` by default: the environment, options, constants."""

from __future__ import annotations

import ast

from fixaudit import Evidence, Reach, Source
from fixaudit.authoring import definition_of
from fixaudit_codemods.security.cors_wildcard._policy_sites import holds_wildcard

_SPLITTING = frozenset({"split", "strip", "rsplit", "splitlines", "lower"})
_DEPTH = 4


def open_default(source: Source, node: ast.expr, depth: int = 0) -> Evidence | None:
    """The place where the value of `node` is `*` unless something else is configured; None for none.

    Fields of settings classes are not among them: they are sites of their own.
    """
    node = _split(node)
    if depth >= _DEPTH:
        return None
    if _reads_with_wildcard(node):
        return source.proof(node, "without a setting it is `*`", Reach.MODULE)
    if isinstance(node, ast.Attribute):
        return _of_option(source, node)
    if not isinstance(node, ast.Name):
        return None
    for binding in source.lookup(node.id, node):
        if binding.kind == "import":
            return _imported(source, node)
        if binding.value is not None:
            if holds_wildcard(binding.value):
                text = f"line {binding.value.lineno} gives `{node.id}` the wildcard"
                return source.proof(binding.value, text, Reach.MODULE)
            found = open_default(source, binding.value, depth + 1)
            if found is not None:
                return found
    return None


def _split(node: ast.expr) -> ast.expr:
    """What is cut into a list: `x` of `x.split(",")` and of `[each.strip() for each in x.split(",")]`."""
    while True:
        match node:
            case ast.Call(func=ast.Attribute(value=value, attr=method)) if method in _SPLITTING:
                node = value
            case ast.ListComp(generators=[ast.comprehension(iter=value)]):
                node = value
            case ast.Call(func=ast.Name(id="list" | "tuple" | "set"), args=[value], keywords=[]):
                node = value
            case _:
                return node


def _reads_with_wildcard(node: ast.expr) -> bool:
    """True for `os.getenv(…, "*")`, `config.get("origins", ["*"])`, `env.list("X", default=["*"])`, and
    for `… or "*"`."""
    match node:
        case ast.Call(args=args, keywords=words):
            named = [word.value for word in words if word.arg in ("default", "cast_default")]
            return any(map(holds_wildcard, [*args[1:], *named]))
        case ast.BoolOp(op=ast.Or(), values=[*_, last]):
            return holds_wildcard(last)
    return False


def _imported(source: Source, node: ast.Name) -> Evidence | None:
    """The same for a constant of another module of the project."""
    found = definition_of(source, node)
    value = None if found is None else getattr(found, "value", None)
    if found is None or not isinstance(value, ast.expr) or not _is_open(value):
        return None
    text = f"without a setting `{node.id}` is `*`"
    return source.proof_at(found.path, getattr(found, "line", 1), text, Reach.MODULE)


def _is_open(value: ast.expr) -> bool:
    value = _split(value)
    return _reads_with_wildcard(value) or holds_wildcard(value)


def _of_option(source: Source, node: ast.Attribute) -> Evidence | None:
    """The option of a command line that `args.allowed_origins` is, where its default is `*`."""
    for call in source.named(ast.Call, frozenset({"add_argument"})):
        names = [str(item.value) for item in call.args if isinstance(item, ast.Constant)]
        spoken = {name.lstrip("-").replace("-", "_") for name in names}
        if node.attr in spoken and any(
            word.arg == "default" and holds_wildcard(word.value) for word in call.keywords
        ):
            text = f"the default of the option `{names[0]}` is `*`"
            return source.proof(call, text, Reach.MODULE)
    return None
