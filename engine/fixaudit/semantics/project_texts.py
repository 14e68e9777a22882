"""The texts of a project: files and what stands for them, searches, and what answers depend on."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from fixaudit.files.nearest_ancestor import NearestAncestor
from fixaudit.files.plain_file import read_source
from fixaudit.semantics.distributions import Borders
from fixaudit.semantics.header_index import Headers
from fixaudit.semantics.module_finder import Layout
from fixaudit.semantics.query_log import Dependencies, digest
from fixaudit.semantics.text_search import Mention, Search, Texts, starting_with

_WIDER = 25
_ASYNC = re.compile(r"\basync\s+def\s+(\w+)")


class ProjectTexts:
    """What can be asked of a project's files without parsing one; see `Project`."""

    def __init__(
        self, root: Path | None, files: Iterable[Path] | Callable[[], Iterable[Path]] | None = None
    ) -> None:
        self.root = root
        self._layout = Layout(root, files)
        self._overlays: dict[Path, bytes] = {}
        self._found: dict[tuple[str, str], Path | None] = {}
        self._nearest: dict[str, NearestAncestor[bytes]] = {}
        self._texts = Texts(self._layout.paths, self._read_named, root)
        self._borders = Borders(
            self._layout.homes, self._layout.paths, self._texts.text, self._layout.module_name
        )
        self._told: set[Search] = set()
        self._answers: dict[Search, tuple[str, tuple[str, ...]]] = {}
        self._recordings: list[Dependencies] = []
        self._async_names: tuple[tuple[Mention, ...], frozenset[str]] | None = None
        self.remembered: dict[Hashable, Any] = {}

    # ---------------------------------------------------------------- files

    def overlay(self, path: Path, content: str | bytes) -> None:
        """Let `content` stand for the file `path`: an edited buffer, not yet written."""
        self._overlays[path] = content.encode() if isinstance(content, str) else content
        self._layout.add(path)
        self.forget(path)

    def forget(self, path: Path) -> None:
        """Drop what is known of a file, because it was written or removed."""
        self._found.clear()
        self._nearest.clear()
        self._answers.clear()
        self.remembered.clear()
        self._texts.forget(path.as_posix())
        self._borders.forget(path.as_posix())

    def read(self, path: Path) -> bytes | None:
        """The bytes of a file, or of what stands for it; None where it cannot be read."""
        if path in self._overlays:
            return self._overlays[path]
        return _bytes_of(str(path))

    def inner(self, path: Path) -> Path:
        """A path from the project's root; the path itself where it does not lie below."""
        root = self.root
        return path.relative_to(root) if root is not None and path.is_relative_to(root) else path

    def nearest(self, name: str, folder: Path) -> bytes | None:
        """The content of the nearest file of that name, in a folder or above it within the root."""
        if name not in self._nearest:

            def content(of: str) -> bytes | None:
                return self.read(Path(of, name))

            self._nearest[name] = NearestAncestor(content, str(self.root).__eq__)
        return self._nearest[name].of(str(folder))

    def importable_from(self, folder: Path) -> frozenset[str]:
        """The top-level names that an import finds in a folder of the project which is on `sys.path`."""
        below = folder.as_posix()
        inner = "" if folder == self.root else self._below_root(below)
        self._asked(Search("folder", inner.encode("utf-8", "surrogateescape")))
        return self._names_in(below)

    def _names_in(self, folder: str) -> frozenset[str]:
        paths = (path[len(folder) + 1 :] for path in self._layout.paths() if path.startswith(f"{folder}/"))  # fmt: skip
        names = (path.partition("/")[0].removesuffix(".py") for path in paths)
        return frozenset(name for name in names if name.isidentifier())

    def _read_named(self, name: str) -> bytes | None:
        return self.read(Path(name)) if self._overlays else _bytes_of(name)

    def module_name(self, path: Path) -> str | None:
        """The dotted name other files import `path` by; None for a file none can import."""
        return self._layout.module_name(path)

    def path_of(self, module: str, near: Path | None = None) -> Path | None:
        """The file of a module as imported from the file `near`; None for none, or several."""
        folder = near.as_posix().rpartition("/")[0] if near is not None else ""
        key = (module, folder)
        if key not in self._found:
            self._found[key] = self._layout.path_of(module, near)
        found = self._found[key]
        for recording in self._recordings:
            recording.lookups[(module, near)] = found
        return found

    def distribution(self, path: Path) -> Path:
        """The folder of the distribution that a file belongs to; the root's where there is none."""
        return Path(self._layout.homes.of(path.as_posix().rpartition("/")[0]))

    in_run: frozenset[Path] | None = None
    """The files that a run judges; None where that is not known."""

    def is_in_run(self, path: Path) -> bool:
        """True for a file that this run judges, and may write, and where that is not known."""
        self._asked(Search("run", self._below_root(path.as_posix()).encode("utf-8", "replace")))
        return self.in_run is None or path in self.in_run

    # ---------------------------------------------------------------- text

    def mentions(
        self,
        needle: bytes,
        cap: int = 50,
        *,
        tests_only: bool = False,
        along: Iterable[bytes] = (),
        about: Path | None = None,
        everywhere: bool = False,
    ) -> tuple[Mention, ...]:
        """The first `cap` lines of the project that hold `needle`, in the order of the paths.
        `along` are needles that will be asked for with the same cap: one reading finds them all.
        `about` is the file that the lines are to be evidence for, by default the one being judged:
        those of distributions that do not depend on its own are left out, but where `everywhere` is set.
        """
        kind: Literal["tests", "text"] = "tests" if tests_only else "text"
        most = cap
        while True:
            search = Search(kind, needle, most)
            found = self._texts.mentions(search, *(Search(kind, each, most) for each in along))
            self._asked(search)
            speaks = self._speaking(about) if found and not everywhere else None
            if speaks is None:
                return found
            told = tuple(item for item in found if speaks(str(item.path)))
            if len(told) >= cap or len(found) < most:
                return told[:cap]
            most *= _WIDER  # the first lines were of other distributions

    def mentions_beside(self, needle: bytes, cap: int = 50) -> tuple[Mention, ...]:
        """The first `cap` lines that hold `needle` in files that are no Python: settings, templates,
        notebooks, scripts, documents. Large ones are data, and not read."""
        search = Search("beside", needle, cap)
        found = self._texts.mentions(search)
        self._asked(search)
        return found

    def naming_as_base(self, name: str, about: Path | None = None) -> tuple[Path, ...]:
        """The files with a class header that names `name` among the bases, under any alias.

        `about` as for `mentions`.
        """
        search = Search("subclasses", name.encode())
        self._asked(search)
        speaks = self._speaking(about)
        paths = self._texts.subclasses(search)
        return tuple(Path(path) for path in paths if speaks is None or speaks(path))

    judged: Path | None = None
    """The file that is judged, whether or not a codemod has asked for its facts."""

    @property
    def own_path(self) -> Path | None:
        """The file a codemod looks at, as soon as its facts were asked for."""
        return None

    def _speaking(self, about: Path | None) -> Callable[[str], bool] | None:
        """Whether a file may speak for another one; None where all may."""
        about = about or self.own_path or self.judged
        if about is None:
            return None
        name = about.as_posix()
        self._asked(Search("borders", self._below_root(name).encode("utf-8", "surrogateescape")))
        return self._borders.reach(name)

    def _below_root(self, name: str) -> str:
        return name if self.root is None else name.removeprefix(f"{self.root.as_posix()}/")

    def users(self, name: str, modules: Iterable[str]) -> tuple[Mention, ...]:
        """The lines that hold a name as a word, where imports name it or one of some modules; not in tests.

        `modules` are last parts of dotted names. A file that reaches the name through another module
        that passes it on is found by that module's name.
        """
        words = " ".join((name, *sorted({*modules} - {name})))
        search = Search("users", words.encode("utf-8", "replace"))
        self._asked(search)
        return self._texts.users(search)

    def headers(self, name: str, cap: int = 0) -> Headers:
        """The `def` and `class` headers of that name in all files, read without parsing them.

        With a `cap` none of them where there are more, which is known without reading any.
        """
        search = Search("headers", name.encode("utf-8", "replace"), cap)
        self._asked(search)
        return self._texts.headers(search)

    def renamed(self, path: Path, name: str) -> frozenset[str]:
        """What imports of a file call `name`: `Model` for `from orm import Base as Model`."""
        content = self._texts.text(path.as_posix()) or b""
        pattern = starting_with(name) + rb"\s+as\s+(\w+)"
        return frozenset(item.decode("utf-8", "replace") for item in re.findall(pattern, content))

    def text_of(self, path: Path) -> bytes:
        """The text of a file as searches see it; empty where it cannot be read."""
        return self._texts.text(path.as_posix()) or b""

    def lacks_word(self, path: Path, word: str) -> bool:
        """True where nothing in the file on the disk can mean an identifier.

        An identifier can be written in more ways than one where the text is not plain ASCII.
        """
        content = self._texts.text(path.as_posix())
        return content is not None and word.encode() not in content and content.isascii()

    def answer(self, search: Search) -> tuple[str, tuple[str, ...]]:
        """The fingerprint of the answer to a search, and the files it comes from."""
        if search.kind == "borders":
            about = search.needle.decode("utf-8", "surrogateescape")
            name = about if self.root is None else f"{self.root.as_posix()}/{about}"
            return digest(self._borders.state(name).encode()), ()
        if search.kind == "folder":
            folder = search.needle.decode("utf-8", "surrogateescape")
            root = "" if self.root is None else self.root.as_posix()
            place = f"{root}/{folder}".rstrip("/") if root else folder
            return digest(" ".join(sorted(self._names_in(place))).encode()), ()
        if search.kind == "run":
            path = Path(self.root or "", search.needle.decode("utf-8", "replace"))
            return str(self.in_run is None or path in self.in_run), ()
        if search not in self._answers:
            self._answers[search] = self._texts.answer(search)
        return self._answers[search]

    def first_told(self, searches: Iterable[Search]) -> dict[Search, tuple[str, ...]]:
        """The files that answer those of the searches that were never given to this before."""
        new = [search for search in searches if search not in self._told]
        self._told.update(new)
        return {search: self.answer(search)[1] for search in new}

    def _asked(self, search: Search) -> None:
        if self._recordings:
            fingerprint, _ = self.answer(search)
            for recording in self._recordings:
                recording.searches[search] = fingerprint

    def async_names(self) -> frozenset[str]:
        """The names of all `async def` functions and methods of the project's files.

        One search for all of them: a call of another name need not be resolved to know that it
        makes no coroutine.
        """
        found = self.mentions(b"async def", cap=1_000_000)
        if self._async_names is None or self._async_names[0] is not found:
            names = (match[1] for item in found for match in _ASYNC.finditer(item.text))
            self._async_names = found, frozenset(names)
        return self._async_names[1]

    # ---------------------------------------------------------------- what an answer depends on

    @contextmanager
    def recording(self) -> Iterator[Dependencies]:
        """Collects what every question asked in the `with` body looked at; may be nested."""
        recording = Dependencies()
        self._recordings.append(recording)
        try:
            yield recording
        finally:
            self._recordings = [item for item in self._recordings if item is not recording]

    def replay(self, dependencies: Dependencies) -> None:
        """Count an answer that was kept as asked again."""
        for recording in self._recordings:
            recording.update(dependencies)

    def still_holds(self, dependencies: Dependencies) -> bool:
        """True where asking again would look at the same files with the same contents."""
        for (module, near), path in dependencies.lookups.items():
            if self.path_of(module, near) != path:
                return False
        for path, fingerprint in dependencies.files.items():
            content = self.read(path)
            if (None if content is None else digest(content)) != fingerprint:
                return False
        return all(
            self.answer(search)[0] == fingerprint
            for search, fingerprint in dependencies.searches.items()
        )


def _bytes_of(name: str) -> bytes | None:
    try:
        return read_source(name)
    except OSError:
        return None
