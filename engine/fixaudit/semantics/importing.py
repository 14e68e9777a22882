"""Whether a module may import another one: by a name that is sure to be found, and not in a circle."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from fixaudit.files import file_roles
from fixaudit.semantics.module_facts import ModuleFacts
from fixaudit.semantics.project import Project

# Behind more modules than this a circle is taken for granted.
_MOST_MODULES = 400
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
        and importer not in _run_by_import(project, importer, own, name, added)
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


def _run_by_import(
    project: Project,
    importer: Path,
    own: str,
    name: str,
    added: Mapping[Path, Collection[str]],
) -> set[Path]:
    """The files that run when `importer` imports `name`; its own packages run already.

    With `importer` among them where there are too many to tell.
    """
    running = set(_packages_of(own))
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

    def read(facts: ModuleFacts) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_dotted(project, facts)))

    names = project.derived(path, "modules imported", read) or ()
    return tuple(name for name in names if project.path_of(name, path) is not None)


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
