"""What the code around a site says about an object besides its annotation."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, takewhile

from fixaudit import Evidence, Reach, Source, memoized
from fixaudit.authoring import (
    ROW_KINDS,
    Inference,
    Shown,
    TypeFacts,
    dotted_name,
    shown_at,
    static_type,
)

_EXPLAINS = re.compile(
    r"\b(?:(?:un)?pickl\w*|(?:backwards?|compat)\w*|older?|legacy|mock\w*|fake\w*|stubs?|tests?|duck"
    r"|missing|absent|absence|not (?:all|every|always|yet|set|have|defined?|initiali[sz]ed)"
    r"|may (?:not|be|lack)|maybe|might|subclass\w*|plug-?ins?|third[- ]party|some|if (?:it|they)"
    r"|hasattr|getattr|attribute\w*|AttributeError|before|partially|versions?|during|race|defensive\w*"
    r"|proxy|wrapp\w*|guard\w*|exists?)\b",
    re.IGNORECASE,
)

_UNFINISHED = re.compile(
    r"half[- ]|partial(?:ly)?[- ](?:init|constr|built|set)|pickl|mock|duck|backwards?\b"
    r"|legacy|older (?:version|release|object)|not (?:yet )?(?:been )?(?:set|initiali[sz]ed|there)\b"
    r"|may (?:not have|lack|be missing)|AttributeError|already[- ](?:destroyed|closed)",
    re.IGNORECASE,
)
_PARTS = (ast.BoolOp, ast.IfExp, ast.Compare, ast.UnaryOp, ast.keyword)
_IS_MISSING = r"(?:(?:is|was|are|be)\s+)?(?:missing|absent|unset|not\s+(?:there|present|defined))\b"
_EXTENSION = re.compile(r"Plug-?[Ii]n|Add-?[Oo]n|Extension|Hooks?(?![a-z])")


def doubt(source: Source, site: ast.expr, owner: ast.expr, found: TypeFacts) -> Evidence | None:
    """Why the code around does not believe the annotation; None where it does."""
    if not isinstance(owner, (ast.Name, ast.Attribute)):
        return None
    text = ast.unparse(owner)
    shown = _shown(source, owner, text)
    if any(item.classes for item in shown):
        # No annotation: `isinstance` shows the class, whatever is asked of the others elsewhere.
        return None
    for node in _nodes_about(source, site, owner, text):
        reason = None if node is site else _test(node, text, shown, found)
        if reason is not None:
            text = f"line {source.lines_of(node)[0]} {reason}: its type is doubtful"
            return source.proof(node, text, Reach.FUNCTION)
    return None


def for_others(source: Source, owner: ast.expr, found: TypeFacts) -> Evidence | None:
    """The class's name says that others extend it, and no test has shown the class."""
    extension = next((cls for cls in found.members if _EXTENSION.search(cls.name)), None)
    if extension is None or class_is_tested(source, owner) or ast.unparse(owner) == "self":
        return None
    text = f"`{extension.name}` is for others to extend: their objects need not inherit from it"
    return source.hint_at(extension.path, extension.line, text, Reach.CLASS)


def _shown(source: Source, owner: ast.expr, text: str) -> list[Shown]:
    view = source.project.view(source.project.facts_of_source(source))
    return list(shown_at(view, owner, text))


def class_is_tested(source: Source, owner: ast.expr) -> bool:
    """True where `isinstance` or an `except` clause has shown the class, not an annotation."""
    if isinstance(owner, ast.Name):
        bindings = source.lookup(owner.id, owner)
        if bindings and all(binding.kind == "except" for binding in bindings):
            return True
    if not isinstance(owner, (ast.Name, ast.Attribute)):
        return False
    return any(item.classes for item in _shown(source, owner, ast.unparse(owner)))


def _nodes_about(source: Source, site: ast.expr, owner: ast.expr, text: str) -> Iterator[ast.AST]:
    """What is done with the object and what is asked of it, around the site, in source order."""
    home = _home(source, site, owner)
    nodes = _by_subject(source).get(text, [])
    if home is source.tree:
        yield from nodes
        return
    # They are in the order of the text: those of a function or class stand together.
    first = bisect_left(nodes, _place(home), key=_place)
    for node in islice(nodes, first, None):
        if _place(node) >= _end(home):
            return
        yield node


def _home(source: Source, site: ast.expr, owner: ast.expr) -> ast.AST:
    """The outermost function for a name, the class for an attribute of `self`."""
    home: ast.AST = source.tree
    for above in source.ancestors(site):
        is_function = isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef))
        if isinstance(above, ast.ClassDef) and isinstance(owner, ast.Attribute):
            return above
        if is_function:
            home = above
        elif isinstance(above, ast.ClassDef) and home is not source.tree:
            break
    return home


@memoized
def _by_subject(source: Source) -> dict[str, list[ast.AST]]:
    """The tests, calls, attributes and subscripts of a file, by the text of what they are about."""
    found: dict[str, list[ast.AST]] = {}
    for kind in _ABOUT:
        for node in source.nodes(kind):
            for text in _subjects(node):
                known = found.setdefault(text, [])
                if not known or known[-1] is not node:
                    known.append(node)
    for nodes in found.values():
        nodes.sort(key=_place)
    return found


_ABOUT = (
    ast.Call, ast.Attribute, ast.Subscript, ast.If, ast.IfExp, ast.BoolOp, ast.Assert, ast.While,
)  # fmt: skip
_ASKING = frozenset(
    {"isinstance", "issubclass", "hasattr", "callable", "type", "vars", "dir", "len"}
)


def _place(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _end(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "end_lineno", 0), getattr(node, "end_col_offset", 0)


def _subjects(node: ast.AST) -> Iterator[str]:
    """The texts that `_test` may ask a node about."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=[subject, *_]):
            if name in _ASKING:
                yield from _text(subject)
        case ast.Attribute(value=subject) | ast.Subscript(value=subject):
            yield from _text(subject)
        case (
            ast.If(test=test) | ast.IfExp(test=test) | ast.Assert(test=test) | ast.While(test=test)
        ):
            yield from _tested(test)
        case ast.BoolOp(op=ast.And(), values=values):
            for value in values:
                yield from _tested(value)


def _tested(test: ast.expr) -> Iterator[str]:
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _tested(operand)
        case ast.BoolOp(values=values):
            for value in values:
                yield from _tested(value)
        case ast.Compare(left=left, ops=[_], comparators=[ast.Constant(value=None)]):
            yield from _text(left)
        case _:
            yield from _text(test)


def _text(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield dotted_name(node) or ast.unparse(node)


def _test(node: ast.AST, text: str, shown: list[Shown], found: TypeFacts) -> str | None:
    match node:
        case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[subject, *_]):
            if _is(subject, text) and not any(item.classes for item in shown):
                return "tests which class it is"
        case ast.Call(func=ast.Name(id="hasattr"), args=[subject, ast.Constant(value=str(name))]):
            if _is(subject, text) and not _declared(found, name):
                return f"tests whether it has `{name}`, which its class does not declare"
        case ast.Call(
            func=ast.Name(id="callable" | "type" | "vars" | "dir" | "len"), args=[subject]
        ):
            if _is(subject, text):
                return "asks what it is"
        case ast.Attribute(value=subject, attr="__class__" | "__dict__", ctx=ast.Store()):
            if _is(subject, text):
                return "makes another object of it"
        case ast.Subscript(value=subject):
            if _is(subject, text) and not _declared(found, "__getitem__"):
                return "takes an item out of it, which its class does not provide"
        case ast.Attribute(value=subject, attr=name, ctx=ast.Load()):
            if _is(subject, text) and not _declared(found, name) and not name.startswith("__"):
                return f"reads `{name}`, which its class does not declare"
        case ast.If() | ast.IfExp() | ast.BoolOp() | ast.Assert() | ast.While():
            if not shown and _tests_for_none(node, text):
                return "tests it for None"
    return None


def _is(node: ast.expr, text: str) -> bool:
    return isinstance(node, (ast.Name, ast.Attribute)) and ast.unparse(node) == text


def _declared(found: TypeFacts, name: str) -> bool:
    """True where every class has the name, or has bases that may have it."""
    return all(
        declared is not None or not cls.mro().complete or cls.kind in ROW_KINDS
        for cls, declared in zip(found.members, found.declares(name), strict=True)
    )


def _tests_for_none(node: ast.AST, text: str) -> bool:
    match node:
        case ast.If(test=test, body=body):
            return _none_test(test, text) and not _fills(body[-1], text)
        case ast.IfExp(test=test) | ast.Assert(test=test) | ast.While(test=test):
            return _none_test(test, text)
        case ast.BoolOp(op=ast.And(), values=values):
            return any(_none_test(value, text) for value in values)
    return False


def _none_test(test: ast.expr, text: str) -> bool:
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _none_test(operand, text)
        case ast.BoolOp(values=values):
            return any(_none_test(value, text) for value in values)
        case ast.Compare(left=left, ops=[_], comparators=[ast.Constant(value=None)]):
            return _is(left, text)
    return isinstance(test, ast.expr) and _is(test, text)


def _fills(statement: ast.stmt, text: str) -> bool:
    """`if x is None: x = Settings()`."""
    return isinstance(statement, ast.Assign) and any(_is(item, text) for item in statement.targets)


def only_claimed(source: Source, owner: ast.expr) -> bool:
    """True where the class is that of an annotation, and nothing is known of the value under it."""
    project = source.project
    module = project.facts_of_source(source)
    if isinstance(owner, ast.Name):
        for binding in source.lookup(owner.id, owner):
            annotated = binding.kind == "assign" and binding.annotation is not None
            if annotated and not _is_known(Inference(project, module), binding.value):
                return True
        return False
    if not isinstance(owner, ast.Attribute):
        return False
    holder = static_type(source, owner.value)
    for cls in holder.members if holder is not None else ():
        for entry in cls.mro().own:
            for item in entry.body.found.get(owner.attr, ()):
                if item.function is None or item.annotation_at is None or item.where == "property":
                    continue
                if not _is_known(Inference(project, entry.module), item.value):
                    return True
    return False


def _is_known(inference: Inference, value: ast.expr | None) -> bool:
    """Containers are written out or filled later: nobody expects a class of an empty one."""
    if value is None or isinstance(value, (ast.List, ast.Dict, ast.Set, ast.Tuple, ast.Constant)):
        return True
    shape = inference.shape(value)
    return shape is not None and shape.is_proof


def commented(source: Source, site: ast.expr, name: str) -> Evidence | None:
    """A comment at the site or above its argument, or the function's docstring, that may explain it."""
    above = [site, *takewhile(lambda node: isinstance(node, _PARTS), source.ancestors(site))]
    first = min(source.lines_of(node)[0] for node in above)
    for line in range(max(1, first - 2), (site.end_lineno or site.lineno) + 1):
        text = source.line_text(line)
        if line < site.lineno and not text.lstrip().startswith("#"):
            continue
        comment = text.partition("#")[2]
        if comment and _EXPLAINS.search(comment):
            text = f"the comment in line {line} may say why the attribute can be missing"
            return replace(source.hint(site, text, Reach.STATEMENT), line=line)
    function = source.function(site)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    told = ast.get_docstring(function, clean=False) or ""
    if _UNFINISHED.search(told) or re.search(rf"\b{name}\b[`'\"*]*\s+{_IS_MISSING}", told):
        text = f"the docstring of `{function.name}` may say why the attribute can be missing"
        return source.hint(function.body[0], text, Reach.FUNCTION)
    return None
