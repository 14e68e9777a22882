"""Finding codemods: built in, installed by other packages, or kept in a repository."""

from __future__ import annotations

import importlib
import inspect
import os
import pkgutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from fixaudit.authoring.codemod import Codemod
from fixaudit.errors import CodemodError
from fixaudit.registry.entry_points import ENTRY_POINT_GROUP as ENTRY_POINT_GROUP
from fixaudit.registry.entry_points import entry_points
from fixaudit.registry.local_folder import LocalFolder, read_local_folder
from fixaudit.registry.user_interrupt import INTERRUPT, ends_the_work

BUILT_IN = "fixaudit"


def installed_codemods() -> list[type[Codemod]]:
    """The codemod classes of every package that offers the entry-point group, sorted by code.

    An entry point names a module, or a package: each `name.py`, `family/name.py` and
    `family/name/codemod.py` below it holds codemods. Codemods of
    other distributions than fixaudit itself are namespaced: `vendor/name`, after the entry point.

    Raises:
        CodemodError: a module does not import, holds no codemod, or two share a name or code.
    """
    found: list[type[Codemod]] = []
    for name, value in entry_points():
        classes = list(_of_entry_point(name, value))
        if name != BUILT_IN:
            for codemod in classes:
                codemod.name = f"{name}/{codemod.name.removeprefix(f'{name}/')}"
        found += classes
    return checked(found)


def loaded(module: str, attribute: str, name: str) -> type[Codemod]:
    """The codemod class that goes by `name` and stands in an installed module.

    Raises:
        CodemodError: the module does not import, or holds no such codemod.
    """
    value = getattr(_import_module(module, module), attribute, None)
    if not isinstance(value, type) or not issubclass(value, Codemod):
        raise CodemodError(f"{module}: holds no codemod {attribute}")
    value.name = name
    return value


def local_codemods(folders: Iterable[Path]) -> list[type[Codemod]]:
    """The codemod classes of the modules in folders that the caller trusts.

    Raises:
        CodemodError: a folder does not exist, or as in `installed_codemods`.
    """
    return [codemod for folder in folders for codemod in codemods_of(read_local_folder(folder))]


def codemods_of(folder: LocalFolder) -> list[type[Codemod]]:
    """The codemod classes of a folder that is trusted. Raises CodemodError as `installed_codemods`."""
    from fixaudit.registry.local_loader import import_local

    found: list[type[Codemod]] = []
    for name in folder.modules:
        path = os.path.join(folder.path, f"{name}.py")
        with _no_bytecode(), _told(f"{path}: does not import"):
            module = import_local(folder, name)
        found += _defined_in(module, path)
    return found


def checked(codemods: Iterable[type[Codemod]]) -> list[type[Codemod]]:
    """The codemods sorted by code.

    Raises:
        CodemodError: two share a name or a code; the message names both places.
    """
    result = sorted(codemods, key=lambda codemod: (codemod.code, codemod.name))
    names: dict[str, type[Codemod]] = {}
    for codemod in result:
        for word in (codemod.name, codemod.code):
            other = names.setdefault(word, codemod)
            if other is not codemod:
                message = f"two codemods are called {word}: {_place(other)} and {_place(codemod)}; rename one"
                raise CodemodError(message)
    return result


def _place(codemod: type[Codemod]) -> str:
    module = sys.modules.get(codemod.__module__)
    return getattr(module, "__file__", None) or codemod.__module__


def _of_entry_point(name: str, value: str) -> Iterator[type[Codemod]]:
    module = _import_module(value.partition(":")[0], f"entry point {name}")
    if not hasattr(module, "__path__"):
        yield from _defined_in(module, module.__name__)
        return
    for found in _modules_with_codemods(module):
        yield from _defined_in(_import_module(found, found), found)


def _modules_with_codemods(package: ModuleType) -> Iterator[str]:
    """`name.py`, `family/name.py` and `family/name/codemod.py`; what starts with `_` is a part."""
    for info in _public_modules(package):
        if not info.ispkg:
            yield info.name
            continue
        family = _import_module(info.name, info.name)
        for inner in _public_modules(family):
            yield f"{inner.name}.codemod" if inner.ispkg else inner.name


def _public_modules(package: ModuleType) -> Iterator[pkgutil.ModuleInfo]:
    for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if not info.name.rpartition(".")[2].startswith("_"):
            yield info


def _import_module(name: str, what: str) -> ModuleType:
    with _told(f"{what}: {name} does not import"):
        return importlib.import_module(name)


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Raises CodemodError for whatever the body raises, but for what ends the work on a file."""
    with INTERRUPT.listening():
        try:
            yield
        except BaseException as error:
            if ends_the_work(error):
                raise
            raise CodemodError(f"{what}: {_one_line(error)}") from error


@contextmanager
def _no_bytecode() -> Iterator[None]:
    """Leaves no `__pycache__` in the repository that the codemods of the `with` body stand in."""
    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


def _one_line(error: BaseException) -> str:
    place = f" (line {error.lineno})" if isinstance(error, SyntaxError) else ""
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}{place}"


def _defined_in(module: ModuleType, where: str) -> list[type[Codemod]]:
    classes = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Codemod)
        and not inspect.isabstract(value)
        and value.__module__ == module.__name__
    ]
    if not classes:
        raise CodemodError(
            f"{where}: holds no codemod; a module there defines one subclass of fixaudit.Codemod"
        )
    for codemod in classes:
        missing = [
            word for word in ("name", "code", "triggers", "visits") if not hasattr(codemod, word)
        ]
        if missing:
            raise CodemodError(f"{where}: {codemod.__name__} lacks {', '.join(missing)}")
    return classes
