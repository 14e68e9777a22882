"""Objects from outside of the project: what names, calls, attributes and `with` make of them."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.semantics.classes import Found
from fixaudit.semantics.values import known_objects
from fixaudit.semantics.values.bound_places import BoundPlaces
from fixaudit.semantics.values.value import Shape
from fixaudit.syntax.namespace import BUILTINS, Scope

if TYPE_CHECKING:
    from fixaudit.semantics.project import Project

# Longer expressions are not followed: `a().b().c()…`.
_LONGEST = 160
# Their annotations say what a value can do, not what it is.
_NO_CLASSES = ("typing.", "collections.abc.", "builtins.object", "types.NoneType")


def named(name: str) -> Shape:
    """What a dotted name outside of the project means itself: a module, class, function, object."""
    return Shape(outside=(name,))


def instance_of(name: str) -> Shape | None:
    """An instance of the class of that name, as an annotation says it."""
    full = name if "." in name else f"builtins.{name}"
    return None if full.startswith(_NO_CLASSES) else Shape(outside=(f"{full}()",))


def attribute(shape: Shape, name: str) -> Shape | None:
    """`….name` of the things from outside."""
    return _extended(shape, f".{name}")


def called(shape: Shape | None) -> Shape | None:
    """What a call of the things from outside gives."""
    if shape is None or shape.classes:
        return None
    return _extended(shape, "()")


def entered(shape: Shape) -> Shape | None:
    """What `with … as name` gives; the things from outside must be known to enter as themselves."""
    if not shape.outside or not all(map(known_objects.enters_itself, shape.outside)):
        return None
    return shape


def awaited(shape: Shape | None) -> Shape | None:
    """`await asyncpg.connect()` is written like the call itself."""
    if shape is None or shape.classes or not shape.outside:
        return None
    return replace(shape, optional=False)


def _extended(shape: Shape, text: str) -> Shape | None:
    outside = tuple(f"{origin}{text}" for origin in shape.outside)
    if not outside or any(len(origin) > _LONGEST for origin in outside):
        return None
    return replace(shape, classes=(), optional=False, outside=outside)


# ----------------------------------------------------------------------------- imports


def imported(project: Project, places: BoundPlaces, near: Path) -> str | None:
    """The one dotted name outside of the project that all imports of a name bring.

    `try: import x / except ImportError: x = None` counts as an import of `x`.
    """
    target = places.target
    if target is None or target.startswith(".") or not is_outside(project, target, near):
        return None
    return target


def builtin(scope: Scope | None, name: str, has_stars: bool) -> str | None:
    """The builtin that a name means where nothing binds it, as the file itself sees it."""
    return f"builtins.{name}" if scope is None and not has_stars and name in BUILTINS else None


def imported_if_there(project: Project, places: BoundPlaces, written: str, near: Path) -> Found:
    """What `written` means where all of its imports bring the same."""
    target = places.target
    if target is None:
        return None
    _, dot, rest = written.partition(".")
    name = target + dot + rest
    found = project.definition(name, near)
    if found is None and not target.startswith(".") and is_outside(project, target, near):
        return name
    return found


def is_outside(project: Project, name: str, near: Path) -> bool:
    """True where no part of a dotted name, as imported from the file `near`, is in the project."""
    parts = name.split(".")
    if parts[0] in sys.stdlib_module_names:
        return True
    prefixes = accumulate(parts, "{}.{}".format)
    return all(project.path_of(prefix, near) is None for prefix in prefixes)
