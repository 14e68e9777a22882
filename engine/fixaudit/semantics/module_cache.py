"""The modules of the index that keep their trees: the recently used ones, while there is room."""

from __future__ import annotations

import gc
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from fixaudit.semantics.facts import ModuleFacts

# What trees may weigh, in bytes, together with what is judged: this keeps a process under its
# memory goal, and costs few modules a second parse.
KEPT_TREE_BYTES = 45_000_000
# Nodes, with their dictionaries, lists and places; a text itself is kept in its strings.
_OBJECT_WEIGHS = 185
_BYTE_OF_TEXT_WEIGHS = 40


class Module(NamedTuple):
    """The facts of a file, None where it does not parse, with its digest, and what they weigh."""

    facts: ModuleFacts | None
    fingerprint: str | None
    weight: int = 0


class Weighed:
    """How much is made in the body of `weighing`, in bytes, about."""

    weight = 0


@contextmanager
def weighing() -> Iterator[Weighed]:
    """Weighs what the body makes, by the number of objects, and looks for no garbage meanwhile.

    A tree holds no cycles, and looking for them triples the time of parsing a large file.
    """
    found = Weighed()
    was_enabled = gc.isenabled()
    gc.disable()
    before = gc.get_count()[0]
    try:
        yield found
    finally:
        found.weight = max(gc.get_count()[0] - before, 0) * _OBJECT_WEIGHS
        if was_enabled:
            gc.enable()


class KeptModules:
    """Modules by path; those asked for longest ago go first.

    `released` is told of each that goes.
    """

    def __init__(self, released: Callable[[Path], None]) -> None:
        self._released = released
        self._modules: OrderedDict[Path, Module] = OrderedDict()
        self._weight = 0
        self._room = KEPT_TREE_BYTES

    def __len__(self) -> int:
        return len(self._modules)

    def used(self, path: Path) -> Module | None:
        """The module, which thereby is the one to go last; None where it is not kept."""
        known = self._modules.get(path)
        if known is not None:
            self._modules.move_to_end(path)
        return known

    def peek(self, path: Path) -> Module | None:
        """The module, where it is kept."""
        return self._modules.get(path)

    def keep(self, path: Path, module: Module) -> None:
        """Keep one more; the last one is kept however much it weighs."""
        self._modules[path] = module
        self._weight += module.weight
        self._shrink()

    def forget(self, path: Path) -> None:
        """Drop a module whose file was written."""
        known = self._modules.pop(path, None)
        if known is not None:
            self._weight -= known.weight

    def make_room(self, size: int) -> None:
        """Keep the less, the larger the texts that are looked at beside, `size` bytes together."""
        self._room = max(KEPT_TREE_BYTES - _BYTE_OF_TEXT_WEIGHS * size, KEPT_TREE_BYTES // 4)
        self._shrink()

    def _shrink(self) -> None:
        while self._weight > self._room and len(self._modules) > 1:
            path, (dropped, _, weight) = self._modules.popitem(last=False)
            self._weight -= weight
            self._released(path)
            if dropped is not None:
                dropped.let_go()
