"""What Python's data model says about the results of special methods, and what a body gives."""

from __future__ import annotations

import ast
import re
from collections import Counter

from fixaudit import Source, memoized
from fixaudit.authoring import never_passes_end, own_nodes, untyped_bodies_checked, walk

Function = ast.FunctionDef | ast.AsyncFunctionDef

# Python drops what these give, or fails on anything but None.
NOTHING = frozenset({"__init__", "__post_init__", "__attrs_post_init__", "__init_subclass__", "__set_name__", "__del__", "__setattr__", "__delattr__", "__setitem__", "__delitem__", "__set__", "__delete__", "__setstate__"})  # fmt: skip
# Python itself raises TypeError on another type, whoever calls the method by its operator.
ENFORCED = {
    **dict.fromkeys(("__str__", "__repr__", "__format__"), "str"),
    **dict.fromkeys(("__len__", "__hash__", "__index__", "__int__", "__sizeof__"), "int"),
    "__bool__": "bool",
    "__float__": "float",
    "__complex__": "complex",
    "__bytes__": "bytes",
}
# These may give what they like: the body has to show that it is a bool.
TRUTHS = frozenset({"__contains__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__instancecheck__", "__subclasscheck__"})  # fmt: skip
EXITS = frozenset({"__exit__", "__aexit__"})

NAMES = NOTHING | ENFORCED.keys() | TRUTHS | EXITS

_KEEPING = frozenset({"abc.abstractmethod", "abstractmethod", "typing.override", "typing.final", "typing.no_type_check", "typing.overload", "typing_extensions.override", "typing_extensions.final", "typing_extensions.overload", "reprlib.recursive_repr", "functools.lru_cache", "functools.cache", "builtins.classmethod", "builtins.staticmethod"})  # fmt: skip
_DECLARING = frozenset({"abc.abstractmethod", "typing.overload", "typing.Protocol", "typing_extensions.Protocol"})  # fmt: skip
_TYPE_COMMENT = re.compile(r"#\s*type:\s*(?!ignore\b)\S")
_TRUE_OF_ALL = (ast.Is, ast.IsNot, ast.In, ast.NotIn)
_BOOL_CALLS = frozenset({f"builtins.{name}" for name in ("isinstance", "issubclass", "hasattr", "callable", "bool", "any", "all")})  # fmt: skip


def returns_of(function: Function) -> list[ast.expr | None]:
    """The value of each `return` statement of the function's own body."""
    return [node.value for node in own_nodes(function) if isinstance(node, ast.Return)]


def is_generator(function: Function) -> bool:
    """True where the function's own body yields: what it gives is something else then."""
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in own_nodes(function))


def may_give_nothing(source: Source, function: Function) -> bool:
    """True where some way through a body that is no mere declaration ends without a value."""
    if _is_declaration(source, function):
        return False
    empty = [item for item in returns_of(function) if item is None or _is_none(item)]
    return bool(empty) or not never_passes_end(function.body)


def _is_declaration(source: Source, function: Function) -> bool:
    """A body of docstring, `...` or `pass` alone, where others are to write the real one."""
    if any(not _says_nothing(item) for item in function.body):
        return False
    names = [*function.decorator_list, *_bases(source, function)]
    known = {source.qualified_name(item) for item in names}
    return bool(known & _DECLARING) or source.path.endswith(".pyi")


def _says_nothing(statement: ast.stmt) -> bool:
    constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return constant or isinstance(statement, ast.Pass)


def _bases(source: Source, function: Function) -> list[ast.expr]:
    owner = source.class_of(function)
    bases = [] if owner is None else owner.bases
    return [item.value if isinstance(item, ast.Subscript) else item for item in bases]


def gives_value(source: Source, function: Function) -> bool:
    """True where a method that should give nothing returns something other than None."""
    return any(
        not _is_none(value) and not _is_own_call(source, function, value)
        for value in returns_of(function)
        if value is not None
    )


def gives_truth(source: Source, function: Function) -> bool:
    """True where all that the body returns is a bool or `NotImplemented`."""
    values = returns_of(function)
    raises = not values and never_passes_end(function.body)
    return raises or (bool(values) and all(_is_truth(source, item) for item in values))


def changing_decorator(source: Source, function: Function) -> str | None:
    """The first decorator that may give the method another result than its body has."""
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if source.qualified_name(called) not in _KEEPING:
            return ast.unparse(called)
    return None


def has_type_comment(source: Source, function: Function) -> bool:
    """True where a comment above the body holds the signature's types already."""
    first = min(function.body[0].lineno, (function.end_lineno or function.lineno))
    lines = (source.line_text(line) for line in range(function.lineno, first + 1))
    return any(_TYPE_COMMENT.search(text) for text in lines)


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _is_own_call(source: Source, function: Function, value: ast.expr) -> bool:
    """`return super().__setattr__(…)` and its like give what this method gives: nothing."""
    if not isinstance(value, ast.Call):
        return False
    func = value.func
    if isinstance(func, ast.Attribute):
        return func.attr == function.name
    return source.qualified_name(func) in ("builtins.setattr", "builtins.delattr")


def _is_truth(source: Source, value: ast.expr | None) -> bool:
    match value:
        case ast.Constant(value=constant):
            return isinstance(constant, bool)
        case ast.Name(id="NotImplemented"):
            return source.qualified_name(value) == "builtins.NotImplemented"
        case ast.UnaryOp(op=ast.Not()):
            return True
        case ast.Compare(ops=ops):
            return all(isinstance(item, _TRUE_OF_ALL) for item in ops)
        case ast.BoolOp(values=values):
            return all(_is_truth(source, item) for item in values)
        case ast.IfExp(body=body, orelse=orelse):
            return _is_truth(source, body) and _is_truth(source, orelse)
        case ast.Call(func=func):
            return source.qualified_name(func) in _BOOL_CALLS
    return False


def unchecked_body(source: Source, function: Function) -> str | None:
    """Why a return annotation may bring a type checker's errors; None where it cannot.

    mypy passes over the bodies of functions without any annotation.
    """
    if _has_annotation(function) or untyped_bodies_checked(source) is not None:
        return None
    if all(_is_beyond_objection(source, function, item) for item in function.body):
        return None
    return "it is the first annotation here, and has mypy check the body from now on"


def _has_annotation(function: Function) -> bool:
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    extra = [entry for entry in (arguments.vararg, arguments.kwarg) if entry is not None]
    return any(entry.annotation is not None for entry in [*every, *extra])


def _is_beyond_objection(source: Source, function: Function, statement: ast.stmt) -> bool:
    match statement:
        case ast.Raise(
            exc=ast.Name() | ast.Call(func=ast.Name(), keywords=[]) as error, cause=None
        ):
            values = error.args if isinstance(error, ast.Call) else []
            func = error.func if isinstance(error, ast.Call) else error
            known = (source.qualified_name(func) or "").startswith("builtins.")
            return known and all(isinstance(item, ast.Constant) for item in values)
        case ast.Return(value=None | ast.Constant()):
            return True
        case ast.Assign(
            targets=[ast.Attribute(value=ast.Name()) as target], value=ast.Constant(value=value)
        ):
            # Of `None` alone a checker infers no type that a later value would fit.
            return value is not None and not _is_set_elsewhere(source, target)
    return _says_nothing(statement)


def _is_set_elsewhere(source: Source, target: ast.Attribute) -> bool:
    """True where another value, of a type of its own, may go into an attribute of that name."""
    return _stores(source)[target.attr] > 1


@memoized
def _stores(source: Source) -> Counter[str]:
    """How often the file assigns to attributes of each name."""
    nodes = (node for node in walk(source.tree) if isinstance(node, ast.Attribute))
    return Counter(node.attr for node in nodes if isinstance(node.ctx, ast.Store))
