"""Where MD5 is what one gets by a name: by a condition around it, or by what the code around is called."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator

from fixaudit import Evidence, Source

_Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
# `hashlib`'s own names, the longest first: `sha3_256` is no `sha3` with a number behind.
_ALGORITHM = re.compile(
    "|".join(sorted((n.replace("_", "") for n in hashlib.algorithms_guaranteed), key=len)[::-1])
)


def is_md5_text(node: ast.AST) -> bool:
    """True for the string constant `"md5"` in any case."""
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.lower() == "md5"
    )


def choice_around(source: Source, node: ast.AST) -> ast.AST | None:
    """The `if`, `case` or `a if b else c` around `node` that asks whether MD5 is wanted."""
    child = node
    for above in source.ancestors(node):
        test: ast.AST | None = None
        if isinstance(above, (ast.If, ast.IfExp)) and above.test is not child:
            test = above.test
        elif isinstance(above, ast.match_case):
            test = above.pattern
        if test is not None and any(_says_md5(entry) for entry in ast.walk(test)):
            return above
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            return None
        child = above
    return None


def _says_md5(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=str() as text):
            return "md5" in text.lower()
        case ast.Name(id=text) | ast.Attribute(attr=text):
            return "md5" in text.lower()
    return False


def option_named_md5(source: Source, call: ast.Call) -> Evidence | None:
    """What says that the function or class around a site is the choice called MD5 among others.

    A text that it is registered or found by is a proof: `name = "md5"` in its class, `{"md5": f}`,
    `@register("md5")`. A name that differs from that of a neighbour by the algorithm alone is a hint.
    """
    for around in source.ancestors(call):
        if not isinstance(around, (_Named, ast.Lambda)):
            continue
        for text in _known_by(source, around):
            if is_md5_text(text):
                return source.proof(text, "the digest is what is chosen by the name `md5`")
        if isinstance(around, ast.Lambda):
            continue
        other = _neighbour(source, around)
        if other is not None:
            told = f"`{around.name}` is called after its algorithm, as `{other.name}` beside it"
            return source.hint(other, told)
    return None


def _known_by(source: Source, around: _Named | ast.Lambda) -> Iterator[ast.expr]:
    """The texts that a function or class is registered or looked up by."""
    name = None if isinstance(around, ast.Lambda) else around.name
    for table in source.nodes(ast.Dict):
        for key, value in zip(table.keys, table.values, strict=True):
            said = getattr(value, "id", None) or getattr(value, "attr", None)
            if key is not None and (value is around or (said is not None and said == name)):
                yield key
    for decorator in getattr(around, "decorator_list", ()):
        if isinstance(decorator, ast.Call):
            yield from (*decorator.args, *(entry.value for entry in decorator.keywords))
    for statement in around.body if isinstance(around, ast.ClassDef) else ():
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
            yield statement.value


def _neighbour(source: Source, around: _Named) -> _Named | None:
    """The definition beside this one whose name says another algorithm where this one says MD5."""
    own = around.name.lower().replace("_", "")
    if "md5" not in own:
        return None
    for other in ast.iter_child_nodes(source.parent(around) or around):
        if isinstance(other, _Named):
            said = other.name.lower().replace("_", "")
            words = _ALGORITHM.findall(said)
            if words and said != own and _ALGORITHM.sub("", said) == _ALGORITHM.sub("", own):
                return other
    return None
