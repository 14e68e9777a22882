"""The nouns of a workspace: a package, and another one that depends on it."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = (
    *("configured", "uv workspace", "poetry", "pyproject", "setup.cfg", "setup.py"),
    *("pants", "bazel", "plain"),
)
"""How a package is found, as `Package.found` says it, in the order in which counts are shown."""


@dataclass(frozen=True, slots=True)
class Package:
    """One package.

    Attributes:
        name: as indexes compare it (`flask-login`); the address of a folder with a BUILD file, and the
            folder's own where nothing names it.
        folder: relative to the root, with `/`; "" is the root.
        found: one of `KINDS`.
        needs: the normalised names that its metadata declares as dependencies.
        file: what makes it a package, relative to the root; "" for one that nothing in it does.
        is_named: False where the folder's name stands for one that cannot be read.
        is_sample: test data, a template or an example that nothing outside of such folders names as a
            part of the workspace. What is outside never means it by a declared name.
        workspace: the folder of the uv workspace that it is a member of; None for no member.
    """

    name: str
    folder: str
    found: str
    needs: frozenset[str] = frozenset()
    file: str = ""
    is_named: bool = True
    is_sample: bool = False
    workspace: str | None = None


@dataclass(frozen=True, slots=True)
class Dependent:
    """A package that depends on another one, directly or by packages between them.

    Attributes:
        how: "declared" or "import": the proof of the last step, from `package` to the one in the
            folder `on`.
        by: what is declared (`acme-core`), or the module that is imported (`acme.core.db`).
        path, line: where that stands; the path relative to the root. The line is None where the
            declaration is in no line that can be told.
        distance: 1 for a direct one.
        on: the folder of the package that this one depends on directly.
    """

    package: Package
    how: str
    by: str
    path: str
    line: int | None
    distance: int
    on: str

    @property
    def why(self) -> str:
        """How the package depends on another one, and where that stands, in one line."""
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        verb = "imports" if self.how == "import" else "needs"
        name = self.package.folder or self.package.name
        return f"{name}, which {verb} `{self.by}` ({place})"


@dataclass(frozen=True, slots=True)
class WorkspaceProblem:
    """What could not be read, or means two things: one line, and which file and line it is about."""

    path: str
    kind: str
    message: str
    line: int | None = None
