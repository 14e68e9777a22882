"""From files to module names and back: source roots are read off the layout, never configured."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from fixaudit.config.declared_dependencies import declared_dependencies, normalised
from fixaudit.semantics.distributions import Homes

MARKERS = ("pyproject.toml", "setup.cfg", "requirements.txt", "Pipfile")
SCRIPT_MARKERS = ("setup.py", "manage.py")
SOURCE_FOLDERS = frozenset({"src", "lib", "libs", "python", "source"})

FileSource = Iterable[Path] | Callable[[], Iterable[Path]] | None


class Layout:
    """Which module name a file has, and which file a module name means. No I/O at construction.

    A folder with `__init__.py` is a package; the first ancestor without one is a source root.
    Where a folder has none, its parents may be namespace packages, up to the nearest folder that
    looks like the root of a distribution.
    """

    def __init__(self, root: Path | None, files: FileSource) -> None:
        self._root = None if root is None else root.as_posix()
        self._given = files
        self._added: set[str] = set()
        self._modules: dict[str, list[str]] | None = None
        self._packages: set[str] = set()
        self._paths: list[str] = []
        self._nowhere: set[str] = set()
        self._marked: dict[str, bool] = {}
        self._dependencies: dict[str, frozenset[str]] = {}
        self.homes = Homes(self._root)

    # ---------------------------------------------------------------- the files

    def add(self, path: Path) -> None:
        """Count a file that need not be on disk yet."""
        key = path.as_posix()
        if key not in self._added:
            self._added.add(key)
            self._nowhere.clear()
            if self._modules is not None and key not in self._paths:
                self._enter(key, self._modules)

    def paths(self) -> list[str]:
        """Every file of the project, absolute, sorted."""
        self._index()
        return self._paths

    def _index(self) -> dict[str, list[str]]:
        if self._modules is None:
            given = self._given() if callable(self._given) else self._given
            if given is None:
                given = walk(self._root)
            modules: dict[str, list[str]] = {}
            for path in sorted({path.as_posix() for path in given} | self._added):
                self._enter(path, modules)
            self._modules = modules
        return self._modules

    def _enter(self, path: str, modules: dict[str, list[str]]) -> None:
        self._paths.append(path)
        folder, _, name = path.rpartition("/")
        if name == "__init__.py":
            self._packages.add(folder)
            name = folder.rpartition("/")[2]
        modules.setdefault(name.removesuffix(".py"), []).append(path)

    # ---------------------------------------------------------------- file to name

    def module_name(self, path: Path) -> str | None:
        """The dotted name; None for a file no `import` statement can name (`run-it.py`)."""
        self._index()
        folder, _, name = path.as_posix().rpartition("/")
        stem = name.removesuffix(".py")
        parts = [] if stem == "__init__" else [stem]
        root = self.source_root(folder)
        inner = folder[len(root) :].strip("/")
        dotted = [*(inner.split("/") if inner else []), *parts]
        if not dotted or not all(part.isidentifier() for part in dotted):
            return stem if stem.isidentifier() and stem != "__init__" else None
        return ".".join(dotted)

    def source_root(self, folder: str) -> str:
        """The folder whose entry on `sys.path` gives the files of `folder` their names."""
        if folder in self._packages:
            while folder in self._packages:
                folder = folder.rpartition("/")[0]
            return folder
        above = folder
        while above and above != self._root:
            if self._is_root(above):
                return above
            above = above.rpartition("/")[0]
        # Outside of the project, a folder without `__init__.py` is taken for what it is.
        return above or folder

    def _is_root(self, folder: str) -> bool:
        """True for a folder that looks like one that installers or tools put on `sys.path`."""
        if folder == self._root or folder.rpartition("/")[2] in SOURCE_FOLDERS:
            return True
        known = self._marked.get(folder)
        if known is None:
            known = any(Path(folder, name).is_file() for name in (*MARKERS, *SCRIPT_MARKERS))
            self._marked[folder] = known
        return known

    # ---------------------------------------------------------------- name to file

    def path_of(self, module: str, near: Path | None) -> Path | None:
        """The file of a module as seen from `near`; None where no file or several may be meant."""
        if module in self._nowhere:
            return None
        if module.startswith("."):
            return self._relative(module, near)
        parts = module.split(".")
        if parts[0] in sys.stdlib_module_names or not all(parts):
            return None
        candidates = self._candidates(parts)
        if not candidates:
            self._nowhere.add(module)
            return None
        folder = near.as_posix().rpartition("/")[0] if near is not None else ""
        chosen = self._choose(candidates, folder)
        if chosen is None or self._is_shadowed(chosen, parts[0], folder):
            return None
        return Path(candidates[chosen])

    def _relative(self, module: str, near: Path | None) -> Path | None:
        """A relative import of a file without a known name: the folders say what is meant."""
        if near is None:
            return None
        rest = module.lstrip(".")
        folder = near.parent
        for _ in range(len(module) - len(rest) - 1):
            folder = folder.parent
        place = folder.joinpath(*rest.split(".")).as_posix() if rest else folder.as_posix()
        for path in (f"{place}/__init__.py", f"{place}.py"):
            if path in self._index().get(place.rpartition("/")[2], ()):
                return Path(path)
        return None

    def _candidates(self, parts: list[str]) -> dict[str, str]:
        """Source root to file, for every root that could give the name."""
        tail = "/" + "/".join(parts)
        found: dict[str, str] = {}
        for path in self._index().get(parts[-1], ()):
            for suffix in (f"{tail}/__init__.py", f"{tail}.py"):
                root = path.removesuffix(suffix)
                # A folder inside a package is no source root, except by a mistake in `sys.path`.
                is_root = root != path and root not in self._packages
                # A package wins over a module of the same name beside it.
                if is_root and (root not in found or suffix.endswith("__init__.py")):
                    found[root] = path
        return found

    def _choose(self, candidates: dict[str, str], folder: str) -> str | None:
        own = self.source_root(folder) if folder else None
        if folder in self._packages and own in candidates:
            return own
        candidates = self._nearest(candidates, folder)
        above = [root for root in candidates if folder == root or folder.startswith(f"{root}/")]
        if above:
            # Several: a script's own folder or the project's; which of them leads is not known.
            return above[0] if len(above) == 1 else None
        roots = [root for root in candidates if self._is_root(root)]
        return roots[0] if len(roots) == 1 else None

    def _nearest(self, candidates: dict[str, str], folder: str) -> dict[str, str]:
        """Those of the file's own distribution, else of those it depends on, else all."""
        if len(candidates) < 2 or not folder:
            return candidates
        homes = {root: self.homes.of(path.rpartition("/")[0]) for root, path in candidates.items()}
        home = self.homes.of(folder)
        for wanted in (home.__eq__, partial(self.homes.declares, home)):
            near = {root: path for root, path in candidates.items() if wanted(homes[root])}
            if near:
                return near
        return candidates

    def _is_shadowed(self, root: str, top: str, folder: str) -> bool:
        """True where an installed distribution may be meant instead of the project's folder.

        A namespace package loses against any installed regular package of the same name.
        """
        if f"{root}/{top}" in self._packages or self._is_module(root, top):
            return False
        for place in dict.fromkeys((root, self._root or root, self.source_root(folder))):
            if place not in self._dependencies:
                self._dependencies[place] = declared_dependencies(Path(place))
            if normalised(top) in self._dependencies[place]:
                return True
        return False

    def _is_module(self, root: str, top: str) -> bool:
        return f"{root}/{top}.py" in self._index().get(top, ())


def walk(root: str | None) -> Iterable[Path]:
    """Python files below `root`, without hidden folders, virtual environments and build output."""
    if root is None:
        return
    skipped = {"node_modules", "__pycache__", "build", "dist", "site-packages", "venv", "env"}
    stack = [Path(root)]
    while stack:
        folder = stack.pop()
        try:
            entries = sorted(folder.iterdir())
        except OSError:
            continue
        for entry in entries:
            if entry.suffix == ".py":
                yield entry
            elif entry.name in skipped or entry.name.startswith("."):
                continue
            elif entry.is_dir() and not entry.is_symlink():
                stack.append(entry)
