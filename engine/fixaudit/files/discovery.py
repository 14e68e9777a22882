"""Which files a run looks at: what git knows below the given folders, and every file named.

A folder inside a repository is listed by `git ls-files`; elsewhere, or where git is absent or
refuses, it is walked and its `.gitignore` files are obeyed. A file is handled once, whatever links
lead to it.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fixaudit.files.git_listing import list_folder
from fixaudit.files.ignored_dirs import is_told
from fixaudit.files.listing import Listing
from fixaudit.text.visible import visible

_MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class FileProblem:
    """A file that could not be processed: `kind` for programs, `message` for people.

    Kinds given here: `missing`, `loop`, `unreadable`, `not-a-file`.
    """

    path: Path
    kind: str
    message: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Discovery:
    """`files` are absolute, sorted by their text and without repetition.

    `inner` are tops of repositories inside of the one that owns the folder that was named: their
    files are among `files` until `outer` takes them out. `skipped` are folders that were passed
    over by their name or as environments, and might hold sources. `excluded` are files that a
    configuration leaves out, each with by what it does.
    """

    files: list[Path] = field(default_factory=list)
    problems: list[FileProblem] = field(default_factory=list)
    inner: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    excluded: Mapping[Path, str] = field(default_factory=dict)

    def outer(self, named: Iterable[str], recurse: bool = False) -> Discovery:
        """What remains without the files of inner repositories, `inner` being those that had any.

        What is named (absolute paths) in an inner repository remains, and with `recurse` all does.
        """
        if recurse or not self.inner:
            return replace(self, inner=())
        prefixes = tuple(os.path.join(top, "") for top in self.inner)
        inside = tuple(path for path in named if os.path.join(path, "").startswith(prefixes))
        below = tuple(os.path.join(path, "") for path in inside)
        kept, left = [], set[str]()
        for path in self.files:
            text = str(path)
            if text.startswith(prefixes) and text not in inside and not text.startswith(below):
                left.add(max((p for p in prefixes if text.startswith(p)), key=len).rstrip(os.sep))
            else:
                kept.append(path)
        return replace(self, files=kept, inner=tuple(sorted(left)))

    def left_alone(self, relative: Callable[[Path], str]) -> Iterator[str]:
        """Lines for people: what a run does not look into, its places as `relative` names them."""
        if self.inner:
            names = _some(map(relative, map(Path, self.inner)))
            what = "repositories" if len(self.inner) > 1 else "repository"
            yield (
                f"{len(self.inner)} {what} inside of this one left alone ({names});"
                " --recurse looks into them"
            )
        if self.skipped:
            names = _some(map(relative, map(Path, self.skipped)))
            what = "folders" if len(self.skipped) > 1 else "folder"
            yield (
                f"{len(self.skipped)} {what} of build output, environments or dependencies passed"
                f" over ({names}); name one to look into it"
            )


def _some(names: Iterable[str]) -> str:
    shown = [visible(name) for name in names]
    more = f", and {len(shown) - _MOST_NAMES} more" if len(shown) > _MOST_NAMES else ""
    return ", ".join(shown[:_MOST_NAMES]) + more


def discover(paths: Sequence[Path], *, exclude: Sequence[str] = (), root: Path) -> Discovery:
    """The Python files at and below `paths`.

    A file that is named is always there, whatever its suffix and however ignored or excluded; a
    folder that is named is looked into even where its own name or a `.gitignore` would hide it.

    Args:
        exclude: patterns as in `.gitignore`, relative to `root`.
        root: the project's folder. Symbolic links to files are followed only to targets inside it.
    """
    found = _Found(os.path.abspath(root), excluder(exclude, root))
    for path in paths:
        found.add(os.path.abspath(path), path)
    return found.result()


@dataclass(frozen=True, slots=True)
class FolderListing:
    """What is below one folder, as `Discovery` says it, but with the paths as texts."""

    files: list[str]
    named: list[str]
    problems: list[FileProblem]
    inner: tuple[str, ...]


def discover_below(
    folder: Path, *, exclude: Sequence[str], root: Path, names: Collection[str], recurse: bool
) -> FolderListing:
    """As `discover` of one folder, for who only asks where files stand: no object is made for each.

    `named` are the files with one of `names` (`pyproject.toml`) that are no Python files. Without
    `recurse` the files of repositories inside of the one that owns the folder are left out.
    """
    found = _Found(os.path.abspath(root), excluder(exclude, root), names)
    found.add(os.path.abspath(folder), folder)
    files, named, inner = found.texts(), sorted(set(found.named)), tuple(sorted(found.inner))
    if inner and not recurse:
        prefixes = tuple(os.path.join(top, "") for top in inner)
        files = [path for path in files if not path.startswith(prefixes)]
        named = [path for path in named if not path.startswith(prefixes)]
    return FolderListing(files, named, found.problems, inner)


def excluder(patterns: Sequence[str], root: Path) -> Callable[[str], bool]:
    """A test of absolute paths against gitignore-style patterns relative to `root`."""
    if not patterns:
        return lambda path: False
    from pathspec import GitIgnoreSpec

    matches = GitIgnoreSpec.from_lines(patterns).match_file
    prefix = os.path.join(os.path.abspath(root), "")

    def excluded(path: str) -> bool:
        return path.startswith(prefix) and matches(path[len(prefix) :].replace(os.sep, "/"))

    return excluded


class _Found:
    """Collects files by their real path, so that each is handled once."""

    def __init__(
        self, root: str, excluded: Callable[[str], bool], names: Collection[str] = ()
    ) -> None:
        self.names = names
        self.named: list[str] = []
        self.root = os.path.join(os.path.realpath(root), "")
        self.top = os.path.abspath(root)
        self.excluded = excluded
        self.by_real: dict[str, str] = {}
        self.links: list[tuple[str, bool]] = []
        self.problems: list[FileProblem] = []
        self.inner: set[str] = set()
        self.skipped: set[str] = set()

    def add(self, path: str, given: Path) -> None:
        try:
            mode = os.stat(path).st_mode
        except OSError as error:
            self.problems.append(_problem(given, error))
            return
        if stat.S_ISDIR(mode):
            self._add_folder(path, given)
        elif not stat.S_ISREG(mode):
            self.problems.append(FileProblem(given, "not-a-file", "is neither a file nor a folder"))
        elif os.path.islink(path):
            self.links.append((path, True))
        else:
            self.by_real.setdefault(os.path.realpath(path), path)

    def _add_folder(self, folder: str, given: Path) -> None:
        real = os.path.realpath(folder)
        if os.path.islink(folder) and f"{folder}/".startswith(os.path.join(real, "")):
            self.problems.append(
                FileProblem(given, "loop", "is a symbolic link to a folder it lies in")
            )
            return
        listing = list_folder(folder, self.top, self.names)
        self.named += [path for path in listing.named if not self.excluded(path)]
        self.problems += [
            FileProblem(Path(path), "unreadable", f"folder cannot be read: {reason}")
            for path, reason in listing.unreadable
        ]
        self.inner.update(listing.inner)
        self.skipped.update(
            path
            for path in listing.skipped
            if is_told(os.path.basename(path)) and not self.excluded(os.path.join(path, ""))
        )
        for path, is_link in _present(listing):
            if self.excluded(path):
                continue
            if is_link:
                self.links.append((path, False))
            else:
                self.by_real.setdefault(real + path[len(folder) :], path)

    def texts(self) -> list[str]:
        """The paths of the files, sorted."""
        # Links come last: a target that is listed by its own name is handled under that name.
        for path, named in self.links:
            target = os.path.realpath(path)
            if target not in self.by_real and (named or self._followed(target)):
                self.by_real[target] = path
        return sorted(self.by_real.values())

    def result(self) -> Discovery:
        files = [Path(path) for path in self.texts()]
        return Discovery(
            files, self.problems, tuple(sorted(self.inner)), tuple(sorted(self.skipped))
        )

    def _followed(self, target: str) -> bool:
        return target.startswith(self.root) and os.path.isfile(target)


def _present(listing: Listing) -> Iterator[tuple[str, bool]]:
    """Path and is-a-link of the listed files that exist."""
    for path in listing.paths:
        try:
            mode = os.lstat(path).st_mode
        except OSError:
            continue  # deleted, and still in git's index
        if stat.S_ISREG(mode):
            yield path, False
        elif stat.S_ISLNK(mode):
            yield path, True


def _problem(given: Path, error: OSError) -> FileProblem:
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        if os.path.islink(given):
            return FileProblem(
                given, "missing", "is a symbolic link to something that does not exist"
            )
        return FileProblem(given, "missing", "does not exist")
    if error.errno == errno.ELOOP:
        return FileProblem(given, "loop", "is a symbolic link that leads back to itself")
    return FileProblem(given, "unreadable", f"cannot be read: {error.strerror or error}")
