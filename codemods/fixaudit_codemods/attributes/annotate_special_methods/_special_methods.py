"""What Python's data model says about the results of special methods, and what a body gives."""

from __future__ import annotations

import ast

from fixaudit import Source
from fixaudit.authoring import never_passes_end
from fixaudit_codemods.attributes._signatures import Function, is_none, returns_of, says_nothing

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
_TRUE_OF_ALL = (ast.Is, ast.IsNot, ast.In, ast.NotIn)
_BOOL_CALLS = frozenset({f"builtins.{name}" for name in ("isinstance", "issubclass", "hasattr", "callable", "bool", "any", "all")})  # fmt: skip

# What builtins give whose results are of one type, whatever they are called with.
_GIVES = {
    **dict.fromkeys(("builtins.str", "builtins.repr", "builtins.ascii", "builtins.format"), "str"),
    **dict.fromkeys(("builtins.int", "builtins.len", "builtins.hash", "builtins.id"), "int"),
    **{f"builtins.{name}": name for name in ("bytes", "complex", "float")},
}


def may_give_nothing(source: Source, function: Function) -> bool:
    """True where some way through a body that is no mere declaration ends without a value."""
    if _is_declaration(source, function):
        return False
    empty = [item for item in returns_of(function) if item is None or is_none(item)]
    return bool(empty) or not never_passes_end(function.body)


def _is_declaration(source: Source, function: Function) -> bool:
    """A body of docstring, `...` or `pass` alone, where others are to write the real one."""
    if any(not says_nothing(item) for item in function.body):
        return False
    names = [*function.decorator_list, *_bases(source, function)]
    known = {source.qualified_name(item) for item in names}
    return bool(known & _DECLARING) or source.path.endswith(".pyi")


def _bases(source: Source, function: Function) -> list[ast.expr]:
    owner = source.class_of(function)
    bases = [] if owner is None else owner.bases
    return [item.value if isinstance(item, ast.Subscript) else item for item in bases]


def gives_value(source: Source, function: Function) -> bool:
    """True where a method that should give nothing returns something other than None."""
    return any(
        not is_none(value) and not _is_own_call(source, function, value)
        for value in returns_of(function)
        if value is not None
    )


def gives_truth(source: Source, function: Function) -> bool:
    """True where all that the body returns is a bool or `NotImplemented`."""
    values = returns_of(function)
    raises = not values and never_passes_end(function.body)
    return raises or (bool(values) and all(_is_truth(source, item) for item in values))


def gives_plainly(source: Source, function: Function, result: str) -> bool:
    """True where each value that the body returns is of the builtin type `result` by its form."""
    return all(_is_plainly(source, item, result) for item in returns_of(function))


def changing_decorator(source: Source, function: Function) -> str | None:
    """The first decorator that may give the method another result than its body has."""
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if source.qualified_name(called) not in _KEEPING:
            return ast.unparse(called)
    return None


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


def _is_plainly(source: Source, value: ast.expr | None, result: str) -> bool:
    match value:
        case ast.Constant(value=constant):
            return type(constant).__name__ == result
        case ast.JoinedStr():
            return result == "str"
        case ast.BinOp(op=ast.Mod(), left=left):
            return result == "str" and _is_plainly(source, left, "str")
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return all(_is_plainly(source, side, result) for side in (left, right))
        case ast.IfExp(body=body, orelse=orelse):
            return all(_is_plainly(source, side, result) for side in (body, orelse))
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format" | "join")):
            return result == "str"
        case ast.Call(func=func):
            return _GIVES.get(source.qualified_name(func) or "") == result
    return False
