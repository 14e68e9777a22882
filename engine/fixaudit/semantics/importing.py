"""Whether a module may import another one: by a name that is sure to be found, and not in a circle."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from fixaudit.files import file_roles
from fixaudit.semantics.module_facts import ModuleFacts
from fixaudit.semantics.project import Project

# Behind more modules than this a circle is taken for granted.
_MOST_MODULES = 400
# A call at the top of a module, for what it does.
_CALL = re.compile(rb"^[A-Za-z_][\w.]*\(", re.MULTILINE)
_GUARD = re.compile(rb"^if\b.*__name__", re.MULTILINE)
_APART = (
    file_roles.test_path_known_by,
    file_roles.script_path_known_by,
    file_roles.example_path_known_by,
    file_roles.migration_path_known_by,
    file_roles.vendored_path_known_by,
)
_NO_IMPORTS: Mapping[Path, Collection[str]] = {}


def may_import(
    project: Project,
    importer: Path,
    imported: Path,
    added: Mapping[Path, Collection[str]] = _NO_IMPORTS,
) -> bool:
    """True where `importer` may begin to import the file `imported` at its top.

    They lie in the same distribution and package or folder, or the one imports from the package of
    the other already; what the import runs does not import `importer`, and the module is no program
    (one with a `__main__` guard would run a second time), test, script, example or migration. `added` are the dotted names that files are
    about to import.
    """
    name, own = project.module_name(imported), project.module_name(importer)
    if (
        name is None
        or own is None
        or importer == imported
        or not _is_near(project, importer, imported)
    ):
        return False
    if imported.name == "__main__.py" or project.path_of(name, importer) != imported:
        return False
    content = project.read(imported)
    return (
        content is not None
        and not _is_apart(imported.relative_to(project.distribution(imported)).as_posix())
        and _GUARD.search(content) is None
        and importer not in _run_by_import(project, importer, name, added)
    )


def _is_apart(path: str) -> bool:
    """True for a file whose part in the distribution is another one than to be imported."""
    return any(plays(path) is not None for plays in _APART)


def _is_near(project: Project, importer: Path, imported: Path) -> bool:
    if project.distribution(importer) != project.distribution(imported):
        return False
    name, own = project.module_name(imported) or "", project.module_name(importer) or ""
    top = name.partition(".")[0]
    if importer.parent == imported.parent or ("." in own and own.partition(".")[0] == top):
        return True
    return any(each.partition(".")[0] == top for each in project_imports(project, importer))


def is_light(project: Project, importer: Path, imported: Path) -> bool:
    """True where importing `imported` loads no package from outside that `importer` does without, and
    calls nothing: what has to be installed, and when what is set up, stays as it is."""
    known = _loaded_by(project, importer)
    new = _run_by_import(project, importer, project.module_name(imported) or "", {}) - known
    outside = {top for path in (importer, *known) for top in _outside(project, path)}
    return importer not in new and all(
        _outside(project, path) <= outside and _CALL.search(project.read(path) or b"") is None
        for path in new
    )


def is_at_hand(project: Project, importer: Path, imported: Path) -> bool:
    """True where `importer` loads the file already, or where it lies beside it or is for all by its
    name: who reads the import is not surprised."""
    is_near = importer.parent == imported.parent or file_roles.is_for_all(imported.as_posix())
    return is_near or imported in _loaded_by(project, importer)


def _loaded_by(project: Project, importer: Path) -> set[Path]:
    """The files that run when `importer` is imported, itself left out."""
    own = project.module_name(importer) or ""
    names = [*_packages_of(own), *project_imports(project, importer)]
    found: set[Path] = set()
    for name in names:
        found |= _run_by_import(project, importer, name, {})
    return found - {importer}


def _outside(project: Project, path: Path) -> frozenset[str]:
    """The packages from outside of the project and of Python that a file imports when it runs."""
    tops = {name.partition(".")[0] for name in _imported(project, path)}
    return frozenset(
        top
        for top in tops
        if top and top not in sys.stdlib_module_names and project.path_of(top, path) is None
    )


def _run_by_import(
    project: Project, importer: Path, name: str, added: Mapping[Path, Collection[str]]
) -> set[Path]:
    """The files that run when `importer` imports `name`; its own packages run already.

    With `importer` among them where there are too many to tell.
    """
    running = set(_packages_of(project.module_name(importer) or ""))
    found: set[Path] = set()
    todo = [(name, importer)]
    while todo:
        wanted, near = todo.pop()
        for each in (*_packages_of(wanted), wanted):
            path = None if each in running else project.path_of(each, near)
            if path is None or path in found:
                continue
            found.add(path)
            if path == importer or len(found) > _MOST_MODULES:
                return {*found, importer}
            more = (*project_imports(project, path), *added.get(path, ()))
            todo += [(dotted, path) for dotted in more]
    return found


def _packages_of(name: str) -> list[str]:
    """`a` and `a.b` for `a.b.c`."""
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts)) if parts[0]]


def project_imports(project: Project, path: Path) -> tuple[str, ...]:
    """The modules of the project that a file imports when it runs, as dotted names."""
    names = _imported(project, path)
    return tuple(name for name in names if project.path_of(name, path) is not None)


def _imported(project: Project, path: Path) -> tuple[str, ...]:
    def read(facts: ModuleFacts) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_dotted(project, facts)))

    return project.derived(path, "modules imported", read) or ()


def _dotted(project: Project, facts: ModuleFacts) -> Iterator[str]:
    for item in facts.imports:
        if item.typing_only:
            continue
        yield item.module
        if item.name is None:
            yield from _whole_names(project, facts, item.line)
        elif item.name != "*":
            yield (
                f"{item.module}.{item.name}" if item.module.strip(".") else item.module + item.name
            )


def _whole_names(project: Project, facts: ModuleFacts, line: int) -> Iterable[str]:
    """The dotted names of an `import a.b, c.d`, of which the facts hold what they bind."""
    lines = (project.read(facts.path) or b"").splitlines()
    text = lines[line - 1].decode("utf-8", "replace") if 0 < line <= len(lines) else ""
    return re.findall(r"(?:\bimport|,)\s*([\w.]+)", text.partition("#")[0])
