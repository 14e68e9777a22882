"""What a name holds at its place: its bindings, what lies between, and what tests have shown."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from fixaudit.semantics.values import bindings as bound
from fixaudit.semantics.values.annotations import annotated
from fixaudit.semantics.values.bound_places import end, places_of, start
from fixaudit.semantics.values.evaluator import Evaluator
from fixaudit.semantics.values.narrowing import Shown, loops_between, shown_at
from fixaudit.semantics.values.value import Shape, surely, union
from fixaudit.syntax.namespace import Binding, Scope

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def shape_of_name(inference: Evaluator, node: ast.Name) -> Shape | None:
    """The value of a name where it is read."""
    scope, bindings = inference.view.lookup(node.id, node)
    shape: Shape | None
    kinds = places_of(inference.view, bindings).kinds
    if scope is None or kinds <= {"import"}:
        shape = inference.import_name(node, bindings)
        if bindings and (shape is None or not shape.optional):
            return shape
    elif not kinds.isdisjoint(("import", "class", "function")):
        shape = inference.from_outside(bindings)
    elif _is_rebound_elsewhere(inference, scope, bindings):
        shape = _alike(bound.shape_of_binding(inference, item) for item in bindings)
    else:
        shape = _from_bindings(inference, node, scope, bindings)
    return narrowed_by_class(inference, node, bindings, shape)


def _is_rebound_elsewhere(inference: Evaluator, scope: Scope, bindings: list[Binding]) -> bool:
    """True where a nested function rebinds the name through `global` or `nonlocal`."""
    scope_of = inference.view.scopes.scope_of
    for item in bindings:
        place = item.node if item.kind != "parameter" else None
        if place is None or isinstance(place, ast.alias):
            continue
        home = scope_of(place)
        while isinstance(home.node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            if home is scope or home.parent is None:
                break
            home = home.parent
        if home is not scope:
            return True
    return False


def _from_bindings(
    inference: Evaluator, node: ast.Name, scope: Scope, bindings: list[Binding]
) -> Shape | None:
    leader = _leading(inference, node, scope, bindings)
    if leader is not None:
        shape = bound.shape_of_binding(inference, leader)
        if shape is None or shape.outside or shape.assumed:
            return _declared(inference, bindings) or shape
        return shape
    reaching = [item for item in bindings if _may_reach(inference, node, scope, item)]
    return _alike(bound.shape_of_binding(inference, item) for item in reaching)


def _declared(inference: Evaluator, bindings: list[Binding]) -> Shape | None:
    """`found: Item` above, then `found = load()`: the annotation speaks for the assignment."""
    bare = [item for item in bindings if item.kind == "annotation"]
    return bound.shape_of_binding(inference, bare[0]) if len(bare) == 1 else None


def _may_reach(inference: Evaluator, node: ast.Name, scope: Scope, item: Binding) -> bool:
    """False for a binding that only takes effect after `node` was read, in no common loop."""
    if item.kind == "parameter" or _home(inference, node) is not scope.node:
        return True
    effect = end(item.statement) if item.kind == "assign" else start(item.node)
    if effect <= (node.lineno, node.col_offset):
        return True
    if isinstance(scope.node, _COMPREHENSIONS):
        return True
    return any(_holds(loop, item.node, inference) for loop in _loops_around(inference, node))


def _loops_around(inference: Evaluator, node: ast.AST) -> list[ast.AST]:
    return [parent for _, parent in inference.view.ancestors(node) if isinstance(parent, _LOOPS)]


def _alike(answers: Iterable[Shape | None]) -> Shape | None:
    """One class for all bindings: a name that changes its type is not followed."""
    shapes: list[Shape] = []
    for shape in answers:
        if shape is None:
            return None
        shapes.append(shape)
    merged = union(shapes)
    if merged is None:
        return None
    solid = [shape for shape in shapes if not shape.is_nothing]
    widest = max(len(shape.classes) for shape in solid) if solid else 0
    return merged if len(merged.classes) == widest else None


def _leading(
    inference: Evaluator, node: ast.Name, scope: Scope, bindings: list[Binding]
) -> Binding | None:
    """The one assignment that every way to `node` passes last; None where it is not certain.

    It stands in a block around `node`, before it, with no other binding between the two, and none
    in a loop that leads back to `node` without passing it.
    """
    if _home(inference, node) is not scope.node:
        return None
    places = places_of(inference.view, bindings)
    leader = places.last_assignment(inference.view, node)
    if leader is None or places.is_bound_between(end(leader.statement), start(node)):
        return None
    loops = loops_between(inference.view, node, leader.statement)
    return None if any(map(places.is_bound_in, loops)) else leader


def _home(inference: Evaluator, node: ast.AST) -> ast.AST:
    """The function, class or module a node runs in; comprehensions run where they stand."""
    scope = inference.view.scopes.scope_of(node)
    while isinstance(scope.node, (ast.ListComp, ast.SetComp, ast.DictComp)) and scope.parent:
        scope = scope.parent
    return scope.node


def _holds(loop: ast.AST, node: ast.AST, inference: Evaluator) -> bool:
    return any(parent is loop for _, parent in inference.view.ancestors(node))


# -------------------------------------------------------------------- what tests have shown


def narrowed_by_class(
    inference: Evaluator, node: ast.Name, bindings: list[Binding], shape: Shape | None
) -> Shape | None:
    """The shape with what the tests before `node` prove of the name."""
    for shown in shown_at(inference.view, node, node.id):
        if not _still_true(inference, node, bindings, shown):
            continue
        shape = _apply(inference, node, shown, shape)
        if shown.classes is not None and shape is not None:
            return shape
    if shape is not None and shape.optional and _filled(inference, node, bindings):
        return surely(shape)
    return shape


def narrowed(inference: Evaluator, node: ast.Attribute, shape: Shape | None) -> Shape | None:
    """The same for `self.client`: any call in between may change it, so only tests at hand count."""
    if shape is None or not shape.optional:
        return shape
    if any(shown.near for shown in shown_at(inference.view, node, ast.unparse(node))):
        return surely(shape)
    return shape


def _apply(inference: Evaluator, node: ast.Name, shown: Shown, shape: Shape | None) -> Shape | None:
    if shown.classes is None:
        return surely(shape)
    found = union(
        annotated(inference.project, inference.module, item, node) for item in shown.classes
    )
    if found is None or (found.outside and shape is not None and not shape.outside):
        # `isinstance(x, list)` says less than what is known of the elements already.
        return surely(shape)
    return found


def _still_true(
    inference: Evaluator, node: ast.Name, bindings: list[Binding], shown: Shown
) -> bool:
    """No binding between the test and the use, and none in a loop around the use."""
    if shown.near and len(bindings) <= 1:
        return True
    places = places_of(inference.view, bindings)
    if places.kinds <= {"parameter"}:
        return True
    scope = inference.view.lookup(node.id, node)[0]
    if scope is None or _home(inference, node) is not scope.node:
        return shown.near
    line, column = shown.end
    if places.is_bound_between((line, column + 1), start(node)):
        return False
    around = (parent for parent in _loops_around(inference, node) if start(parent) > shown.end)
    return not any(map(places.is_bound_in, around))


def _filled(inference: Evaluator, node: ast.Name, bindings: list[Binding]) -> bool:
    """True after `if x is None: x = Client()`, with nothing bound since."""
    for child, parent in inference.view.ancestors(node):
        if not isinstance(child, ast.stmt):
            continue
        inference.view.complete(parent, child)
        statements = getattr(parent, "body", None)
        if not isinstance(statements, list):
            continue
        block = inference.view.block(statements)
        place = block.place(child)
        for _, before in block.tests_before(place) if place is not None else ():
            if (
                isinstance(before, ast.If)
                and not before.orelse
                and _fills(inference, before, node.id)
            ):
                shown = Shown(node.id, None, end(before), near=False)
                return _still_true(inference, node, bindings, shown)
    return False


def _fills(inference: Evaluator, guard: ast.If, name: str) -> bool:
    match guard.test:
        case ast.Compare(
            left=ast.Name(id=tested), ops=[ast.Is()], comparators=[ast.Constant(value=None)]
        ):
            pass
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=tested)):
            pass
        case _:
            return False
    last = guard.body[-1]
    if tested != name or not isinstance(last, ast.Assign):
        return False
    targets = [item.id for item in last.targets if isinstance(item, ast.Name)]
    found = inference.shape(last.value)
    return name in targets and found is not None and not found.optional
