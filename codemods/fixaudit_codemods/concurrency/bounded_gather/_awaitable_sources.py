"""Where the awaitables of a gather come from, and whether their number depends on data."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from fixaudit import Evidence, Source
from fixaudit_codemods.concurrency.bounded_gather._awaitables import (
    STARTED_TYPES,
    doubt_about,
    doubt_about_call,
    is_placeholder,
)
from fixaudit_codemods.concurrency.bounded_gather._bounds import (
    look_at_wrapper,
)
from fixaudit_codemods.concurrency.bounded_gather._collection_sizes import (
    COPIES,
    PAIRING,
    is_fixed,
    is_range,
    look_at_iterables,
    reaching,
    uses,
)
from fixaudit_codemods.concurrency.bounded_gather._stops import (
    HintedError,
    RefusedError,
    StartedError,
    last_name,
    leave,
    review,
    short,
    started,
)
from fixaudit_codemods.concurrency.bounded_gather._upper_bounds import FEW, range_bound

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp)
Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
FIXED = "a fixed number of awaitables: there is nothing to bound"


@dataclass
class Feed:
    """What is known so far: is the number open, whose calls are they, and what is not sure.

    `bounds` say why a number is not open; `hints` what names say against a limit; `running` are the
    awaitables that have been started.
    """

    many: bool = False
    callees: list[ast.expr] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    bounds: list[Evidence] = field(default_factory=list)
    hints: list[Evidence] = field(default_factory=list)
    running: list[StartedError] = field(default_factory=list)


def feed_of(source: Source, gather: ast.Call, value: ast.expr) -> Feed:
    """The feed of `gather(*value)`.

    Raises:
        RefusedError: these awaitables are not to be bounded here.
    """
    reader = _Reader(source, gather)
    reader.read(value, 0)
    feed = reader.feed
    if not feed.callees and feed.running:
        raise feed.running[0]
    if not feed.many:
        raise leave([source.proof(gather, FIXED), *feed.bounds])
    return feed


@dataclass
class _Reader:
    source: Source
    gather: ast.Call
    feed: Feed = field(default_factory=Feed)

    # ---------------------------------------------------------------- expressions

    def read(self, value: ast.expr, depth: int) -> None:
        match value:
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                self.comprehension(value, value.elt, depth)
            case ast.List() | ast.Tuple() | ast.Set():
                for item in value.elts:
                    if isinstance(item, ast.Starred):
                        self.read(item.value, depth)
                    else:
                        self.element(item)
            case ast.BinOp(op=ast.Add()):
                self.read(value.left, depth)
                self.read(value.right, depth)
            case ast.Call():
                self.call(value, depth)
            case ast.Name():
                self.name(value, depth)
            case ast.Subscript(slice=ast.Slice()):
                raise leave(f"`{short(value)}` is a slice: what is gathered at a time is bounded")
            case _:
                self.made_elsewhere(value)

    def element(self, element: ast.expr) -> None:
        if is_placeholder(self.source, element):
            return
        try:
            doubt = self.heard(doubt_about, element)
        except StartedError as running:
            self.feed.running.append(running)
            return
        if isinstance(element, ast.IfExp):
            element = element.body
        while isinstance(element, ast.Call) and last_name(element.func) == "wait_for":
            element = element.args[0] if element.args else element.func
        self.callee(element.func if isinstance(element, ast.Call) else element, doubt)

    def heard(self, ask: Callable[..., str | None], *about: object) -> str | None:
        """What is not known of a call; what names say of it is put aside."""
        try:
            return ask(self.source, *about)
        except HintedError as hinted:
            self.feed.hints += hinted.hints
            return hinted.doubt

    def callee(self, func: ast.expr, doubt: str | None) -> None:
        self.feed.callees.append(func)
        if doubt is not None:
            self.feed.doubts.append(doubt)

    def call(self, call: ast.Call, depth: int) -> None:
        qualified = self.source.qualified_name(call.func) or ""
        name = qualified.removeprefix("builtins.")
        if name in ("map", "itertools.starmap") and len(call.args) > 1:
            self.mapped(call)
        elif name in COPIES and len(call.args) == 1:
            self.read(call.args[0], depth)
        elif name in ("itertools.chain",):
            for item in call.args:
                self.read(item.value if isinstance(item, ast.Starred) else item, depth)
        elif name in ("asyncio.all_tasks", "asyncio.wait"):
            raise started(f"what `{short(call.func)}` gives")
        elif isinstance(call.func, ast.Attribute) and call.func.attr == "values" and not call.args:
            self.values(call.func.value, depth)
        elif (hint := look_at_wrapper(self.source, call)) is not None:
            self.feed.hints.append(hint)
            self.feed.many = True
            self.callee(call.func, f"`{short(call.func)}` is not known here")
        else:
            self.made_elsewhere(call)

    def values(self, owner: ast.expr, depth: int) -> None:
        if isinstance(owner, ast.DictComp):
            self.comprehension(owner, owner.value, depth)
        elif isinstance(owner, ast.Name):
            self.name(owner, depth, mapping=True)
        else:
            self.made_elsewhere(owner)

    def mapped(self, call: ast.Call) -> None:
        func, sources = call.args[0], call.args[1:]
        self.feed.hints += look_at_iterables(self.source, self.gather, sources)
        arguments: list[ast.expr] = []
        if isinstance(func, ast.Call) and last_name(func.func) == "partial" and func.args:
            arguments = [*func.args[1:], *(word.value for word in func.keywords)]
            func = func.args[0]
        if isinstance(func, ast.Lambda):
            self.element(func.body)
        else:
            self.callee(func, self.heard(doubt_about_call, func, arguments))
        self.feed.many |= not any(self.is_fixed(item) for item in sources)

    # ---------------------------------------------------------------- comprehensions

    def comprehension(self, node: Comprehension, element: ast.expr, depth: int) -> None:
        targets = _names_in([part.target for part in node.generators])
        if isinstance(element, ast.Name) and element.id in targets:
            first = node.generators[0].iter
            if isinstance(first, (ast.Name, ast.Call, *COMPREHENSIONS)) and depth < 3:
                self.read(first, depth + 1)
                return
        iterables = [part.iter for part in node.generators]
        self.feed.hints += look_at_iterables(self.source, self.gather, iterables)
        self.element(element)
        fixed = [self.is_fixed(part.iter) for part in node.generators]
        if all(fixed):
            return
        if len(node.generators) == 1:
            _look_for_pool(node.generators[0].iter, targets, [element])
        self.feed.many = True

    def is_fixed(self, iterable: ast.expr) -> bool:
        """True where the code says how many things it gives, itself or by what all callers say."""
        if is_fixed(self.source, iterable):
            return True
        if isinstance(iterable, ast.Name):
            bindings = self.source.lookup(iterable.id, iterable)
            value = bindings[0].value if len(bindings) == 1 else None
            iterable = iterable if value is None else value
        function = self.source.function(iterable)
        if not is_range(iterable) or isinstance(function, ast.Lambda):
            return False
        assert isinstance(iterable, ast.Call)
        bound = range_bound(self.source, iterable, function)
        if bound is None or bound.most > FEW:
            return False
        self.feed.bounds += bound.evidence
        return True

    # ---------------------------------------------------------------- names

    def name(self, name: ast.Name, depth: int, mapping: bool = False) -> None:
        scope, bindings = self.source.scopes.lookup(name.id, name)
        if scope is None or not bindings or depth > 3:
            raise review(f"what `{name.id}` holds is not known here")
        for binding in bindings:
            annotation = "" if binding.annotation is None else ast.unparse(binding.annotation)
            if STARTED_TYPES.search(annotation):
                raise started(f"what `{name.id}` holds")
            if binding.kind == "parameter":
                self.made_elsewhere(name, f"`{name.id}` comes from the caller")
        if scope.node is not self.source.function(self.gather):
            self.made_elsewhere(name, f"`{name.id}` is filled outside of this function")
        holding = reaching(self.source, name, bindings)
        for binding in holding:
            statement = binding.statement
            if binding.kind == "assign" and binding.value is not None:
                self.first_value(binding.value, depth, mapping)
            elif binding.kind == "augmented" and isinstance(statement, ast.AugAssign):
                self.read(statement.value, depth + 1)
            elif binding.kind != "annotation":
                self.unpacked(name, statement)
        last = None if len(holding) == len(bindings) else holding[0].statement
        self.read_uses(name, depth, mapping, last)

    def first_value(self, value: ast.expr, depth: int, mapping: bool) -> None:
        is_empty = isinstance(value, ast.Call) and not value.args and not value.keywords
        made = last_name(value.func) if isinstance(value, ast.Call) else ""
        is_mapping = isinstance(value, (ast.Dict, ast.DictComp)) or made in ("dict", "defaultdict")
        if is_mapping != mapping:
            raise review(f"`{short(value)}` gives other things than what is gathered")
        if is_empty and made in ("list", "set", "dict", "deque"):
            return
        if isinstance(value, ast.Dict):
            for item in value.values:
                self.element(item)
        elif isinstance(value, ast.DictComp):
            self.comprehension(value, value.value, depth + 1)
        else:
            self.read(value, depth + 1)

    def unpacked(self, name: ast.Name, statement: ast.AST) -> None:
        value = getattr(statement, "value", None)
        inner = value.value if isinstance(value, ast.Await) else None
        if isinstance(inner, ast.Call) and last_name(inner.func) == "wait":
            raise started(f"what `{name.id}` holds")
        self.made_elsewhere(name)

    def read_uses(self, name: ast.Name, depth: int, mapping: bool, last: ast.AST | None) -> None:
        """What else is done with the variable since `last` bound it, where that is known."""
        inside = {id(node) for node in ast.walk(self.gather)}
        start = 0 if last is None else self.source.span(last).end
        for use in uses(self.source, name):
            if id(use) not in inside and self.source.span(use).start >= start:
                self.read_use(use, depth, mapping)

    def read_use(self, use: ast.Name, depth: int, mapping: bool) -> None:
        above = self.source.parent(use)
        around = None if above is None else self.source.parent(above)
        match above, around:
            case ast.Attribute(attr="append" | "add" | "appendleft"), ast.Call(args=[item]):
                self.appended(item, around)
            case ast.Attribute(attr="insert"), ast.Call(args=[_, item]):
                self.appended(item, around)
            case ast.Attribute(attr="extend" | "update"), ast.Call(args=[items]):
                self.feed.many |= self.repeats(around)
                self.read(items, depth + 1)
            case ast.Attribute(attr="clear"), _:
                raise leave(f"`{use.id}` is emptied again: it is gathered in batches")
            case ast.Attribute(attr="keys"), _:
                return
            case (ast.Call(func=ast.Name(id=reading)), _) if mapping and reading in PAIRING:
                return  # the keys, not what they stand for
            case ast.Subscript(ctx=ast.Store()), ast.Assign(value=item):
                self.appended(item, above)
            case ast.Call(func=ast.Name(id="len")), ast.Compare() if not _with_zero(around):
                raise leave(f"`{use.id}` is gathered as soon as it has some length: in batches")
            case ast.Starred(), ast.Call() if last_name(around.func) == "gather":
                if len(self.source.lookup(use.id, use)) > 1:
                    raise leave(f"`{use.id}` is gathered and begun again: in batches")
                return  # another branch gathers the same list; that site is judged by itself
            case ast.Call(func=ast.Name(id="len" | "bool")), _:
                return
            case ast.For(iter=iterable), _ if iterable is use:
                raise self.walked(use, above)
            case (
                ast.If() | ast.IfExp() | ast.While() | ast.UnaryOp(op=ast.Not()) | ast.BoolOp()
            ), _:
                return
            case _:
                raise review(f"`{use.id}` is used in line {use.lineno} too, not only gathered")

    def walked(self, use: ast.Name, loop: ast.For) -> RefusedError:
        if _cancels(loop):
            return leave(f"`{use.id}` is cancelled first: this only waits for the end")
        return review(f"`{use.id}` is used in line {use.lineno} too, not only gathered")

    def appended(self, item: ast.expr, place: ast.AST) -> None:
        for made in self.made_here(item):
            self.element(made)
        if not self.repeats(place):
            return
        nearest = self.source.loop(place)
        if isinstance(nearest, (ast.For, ast.AsyncFor)):
            if self.is_fixed(nearest.iter):
                return
            _look_for_pool(nearest.iter, _names_in([nearest.target]), nearest.body)
        self.feed.many = True

    def made_here(self, item: ast.expr) -> list[ast.expr]:
        """The calls behind `task = fetch(url)` where each turn makes a new one, only to append it."""
        if not isinstance(item, ast.Name) or any(True for _ in uses(self.source, item)):
            return [item]
        turn = self.source.loop(item)
        calls: list[ast.expr] = []
        for binding in self.source.lookup(item.id, item):
            fresh = self.source.loop(binding.statement) is turn
            if binding.kind != "assign" or not isinstance(binding.value, ast.Call) or not fresh:
                return [item]
            calls.append(binding.value)
        return calls or [item]

    def repeats(self, place: ast.AST) -> bool:
        """True in a loop that the gather itself does not stand in."""
        around = {id(node) for node in self.source.ancestors(self.gather)}
        loop = self.source.loop(place)
        while loop is not None:
            if id(loop) not in around:
                return True
            loop = self.source.loop(loop)
        return False

    # ---------------------------------------------------------------- what is not seen

    def made_elsewhere(self, value: ast.expr, why: str | None = None) -> None:
        function = self.source.function(self.gather)
        before = self.gather.lineno
        if function is not None and any(
            isinstance(node, ast.Attribute) and node.attr == "cancel" and node.lineno < before
            for node in ast.walk(function)
        ):
            raise leave("it waits for what was cancelled before: there is nothing to bound")
        why = why or f"`{short(value)}` is made elsewhere"
        raise review(f"{why}: whether these run already is not known here")


def _look_for_pool(turns: ast.expr, targets: set[str], work: Sequence[ast.AST]) -> None:
    """Stops at what is done in each turn of a `range(…)` without a look at which one it is."""
    if is_range(turns) and not targets & _names_in(work):
        raise review(f"`{short(turns)}` equal calls: a pool of workers whose number is its bound")


def _names_in(nodes: Sequence[ast.AST]) -> set[str]:
    return {name.id for node in nodes for name in ast.walk(node) if isinstance(name, ast.Name)}


def _with_zero(compare: ast.AST | None) -> bool:
    assert isinstance(compare, ast.Compare)
    others = [compare.left, *compare.comparators]
    return any(isinstance(item, ast.Constant) and item.value in (0, 1) for item in others)


def _cancels(loop: ast.For) -> bool:
    return any(
        isinstance(node, ast.Attribute) and node.attr == "cancel"
        for part in loop.body
        for node in ast.walk(part)
    )
