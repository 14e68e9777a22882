"""What one binding of a name gives it: parameter, assignment, loop, `with`, `except`."""

from __future__ import annotations

import ast

from fixaudit.semantics.values import infer_calls, infer_members, outside
from fixaudit.semantics.values.annotations import annotated
from fixaudit.semantics.values.evaluator import Evaluator
from fixaudit.semantics.values.value import (
    Shape,
    assumed,
    holding,
    instance,
    maybe,
    seen_at,
    union,
)
from fixaudit.syntax.namespace import Binding


def shape_of_binding(inference: Evaluator, binding: Binding) -> Shape | None:
    """What the name holds after this binding alone."""
    found = _shape_of_binding(inference, binding)
    line = getattr(binding.node, "lineno", 0)
    return seen_at(found, inference.module.path, line)


def _shape_of_binding(inference: Evaluator, binding: Binding) -> Shape | None:
    match binding.kind:
        case "parameter":
            return _parameter(inference, binding)
        case "assign" if binding.annotation is not None:
            return _declared(inference, binding)
        case "annotation" if isinstance(binding.node, ast.Name):
            return _declared(inference, binding)
        case "assign":
            return inference.shape(binding.value or _unpacked(binding))
        case "loop" | "comprehension":
            loop = binding.statement
            assert isinstance(loop, (ast.For, ast.AsyncFor, ast.comprehension))
            return _drawn(inference, binding.node, loop.target, loop.iter)
        case "with":
            return _entered(inference, binding)
        case "except":
            return _caught(inference, binding.node)
    return None


def _declared(inference: Evaluator, binding: Binding) -> Shape | None:
    found = inference.annotation(binding.annotation, binding.node)
    if found is None:
        return inference.shape(binding.value)
    return maybe(found) if _is_none(binding.value) else found


def _unpacked(binding: Binding) -> ast.expr | None:
    """The value of one name in `a, b = X(), Y()`."""
    match binding.statement:
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
            starred = any(isinstance(item, ast.Starred) for item in [*names, *values])
            if len(names) == len(values) and not starred:
                pairs = zip(names, values, strict=True)
                return next((value for name, value in pairs if name is binding.node), None)
    return None


def _is_none(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _parameter(inference: Evaluator, binding: Binding) -> Shape | None:
    function, argument = binding.statement, binding.node
    if isinstance(function, ast.Lambda) or not isinstance(argument, ast.arg):
        return None
    assert isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
    arguments = function.args
    plain = [*arguments.posonlyargs, *arguments.args]
    default = default_of(arguments, argument)
    if argument.annotation is None:
        first = bool(plain) and plain[0] is argument
        found = _receiver(inference, function) if first else None
        return found or (assumed(inference.shape(default)) if default is not None else None)
    found = inference.annotation(argument.annotation, function)
    if argument is arguments.vararg:
        return holding("sequence", found)
    if argument is arguments.kwarg:
        return holding("mapping", found)
    if found is None:
        return assumed(inference.shape(default)) if default is not None else None
    return maybe(found) if _is_none(default) else found


def default_of(arguments: ast.arguments, argument: ast.AST) -> ast.expr | None:
    """The default of a parameter; None for none."""
    plain = [*arguments.posonlyargs, *arguments.args]
    pairs = zip(reversed(plain), reversed(arguments.defaults), strict=False)
    only = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return next((default for arg, default in (*pairs, *only) if arg is argument), None)


def _receiver(
    inference: Evaluator, function: ast.FunctionDef | ast.AsyncFunctionDef
) -> Shape | None:
    """`self`; `cls` is no instance."""
    owner = inference.view.enclosing_class(function)
    if owner is None or function.name in ("__new__", "__init_subclass__", "__class_getitem__"):
        return None
    first = [*function.args.posonlyargs, *function.args.args][0].arg
    if not all(_keeps_receiver(ast.unparse(item), first) for item in function.decorator_list):
        return None
    return instance(inference.class_of(owner))


def _keeps_receiver(decorator: str, first: str) -> bool:
    """Validators, `declared_attr`, bound tasks and the like put something else in front."""
    name = decorator.partition("(")[0]
    last = name.rpartition(".")[2]
    if last in _KEEPING or name.endswith((".setter", ".getter", ".deleter")):
        return True
    changes = last == "staticmethod" or "class" in last or "task" in last
    return first == "self" and not changes and not last.startswith(("hybrid", "declared"))


_KEEPING = frozenset({"property", "cached_property", "abstractmethod", "override", "final"})


def _drawn(
    inference: Evaluator, name: ast.AST, target: ast.expr, iterable: ast.expr
) -> Shape | None:
    """A loop variable: an element, or the second of the pairs of `items()` and `enumerate()`."""
    held = inference.shape(iterable)
    if held is None:
        return None
    if target is name:
        return held.element if held.container == "sequence" else None
    if held.container == "pairs" and isinstance(target, ast.Tuple) and len(target.elts) == 2:
        return held.element if target.elts[1] is name else None
    return None


def _entered(inference: Evaluator, binding: Binding) -> Shape | None:
    statement = binding.statement
    assert isinstance(statement, (ast.With, ast.AsyncWith))
    item = next((item for item in statement.items if item.optional_vars is binding.node), None)
    held = inference.shape(item.context_expr) if item is not None else None
    if held is None or held.optional:
        return None
    if held.container == "manager":
        return held.element
    if held.outside:
        return outside.entered(held) if not held.classes else None
    name = "__aenter__" if isinstance(statement, ast.AsyncWith) else "__enter__"
    results = [infer_members.result_of_method(inference, cls, name) for cls in held.classes]
    if isinstance(statement, ast.AsyncWith):
        results = [infer_calls.awaited(result) for result in results]
    return union(results)


def _caught(inference: Evaluator, handler: ast.AST) -> Shape | None:
    assert isinstance(handler, ast.ExceptHandler)
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return union(annotated(inference.project, inference.module, kind, handler) for kind in kinds)
