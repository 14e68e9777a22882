"""Which versions of a distribution a folder's own files take: locks, requirements, metadata.

Read as text, for a lock can have megabytes: what stands in a comment does not count, and a file that
is broken says what its lines say.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fixaudit.files.plain_file import read_regular

Version = tuple[int, ...]

_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock")
_METADATA = ("pyproject.toml", "Pipfile", "setup.cfg", "setup.py")
_BOUND = re.compile(r"(===?|!=|~=|>=|<=|[<>^~=]?)\s*v?(\d[\d.]*)(\.\*)?")
_SPECIFIER = r"(?P<spec>[<>=!~^]{1,3}\s*v?\d[^\"'#;\n]*)"


@dataclass(frozen=True, slots=True)
class DeclaredVersion:
    """The versions that one line takes: `exact` where it pins one, `least` and `below` where it bounds them.

    `path` is the file, `line` from 1, `text` what stands there.
    """

    path: str
    line: int
    text: str
    exact: Version | None = None
    least: Version | None = None
    below: Version | None = None

    def is_at_least(self, version: Version) -> bool:
        """True where every version that is taken is this one or newer."""
        bound = self.exact or self.least
        return bound is not None and _plain(bound) >= _plain(version)

    def is_below(self, version: Version) -> bool:
        """True where every version that is taken is older."""
        if self.exact is not None:
            return _plain(self.exact) < _plain(version)
        return self.below is not None and _plain(self.below) <= _plain(version)


def declared_version(folder: str, name: str) -> DeclaredVersion | None:
    """What a folder says of a distribution: its lock, else a pinned requirement, else any bound.

    None where it names none, or no bound of it.
    """
    found = list(_declared(folder, name))
    pinned = (entry for entry in found if entry.exact is not None)
    return next(pinned, found[0] if found else None)


def is_version_file(name: str) -> bool:
    """True for the name of a file that is read for versions."""
    requirements = name.startswith("requirements") and name.endswith(".txt")
    return requirements or name in (*_LOCKS, "Pipfile.lock", *_METADATA)


def _declared(folder: str, name: str) -> Iterator[DeclaredVersion]:
    word = r"[-_.]+".join(map(re.escape, re.split(r"[-_.]+", name)))
    for kind, pattern in _patterns(word):
        for path in _files(folder, kind):
            try:
                text = read_regular(path).decode("utf-8", "replace")
            except OSError:
                continue
            for hit in re.finditer(pattern, text, re.IGNORECASE | re.MULTILINE):
                found = _bounds(os.fspath(path), text, hit)
                if found is not None:
                    yield found


def _patterns(word: str) -> Iterator[tuple[str, str]]:
    yield "lock", rf"^name = \"{word}\"\r?\nversion = \"(?P<pin>[^\"]+)\""
    yield "Pipfile.lock", rf"\"{word}\": \{{[^{{}}]*?\"version\": \"==(?P<pin>[^\"]+)\""
    yield "requirements", rf"^{word}(?:\[[^\]\n]*\])?\s*\(?{_SPECIFIER}"
    quoted = rf"[\"'\s]{word}(?:\[[^\]\n]*\])?\s*\(?{_SPECIFIER}(?=[\"';\n])"
    table = rf"^{word}\s*=\s*(?:\{{[^}}\n]*?version\s*=\s*)?[\"'](?P<table>[^\"'\n]+)[\"']"
    yield "metadata", rf"{table}|{quoted}"


def _files(folder: str, kind: str) -> list[Path]:
    if kind == "requirements":
        return sorted(Path(folder).glob("requirements*.txt"))
    names = {"metadata": _METADATA, "Pipfile.lock": ("Pipfile.lock",)}.get(kind, _LOCKS)
    return [path for each in names if (path := Path(folder, each)).is_file()]


def _bounds(path: str, text: str, hit: re.Match[str]) -> DeclaredVersion | None:
    start = text.rfind("\n", 0, hit.start() + 1) + 1
    if "#" in text[start : hit.start() + 1]:
        return None
    line = text.count("\n", 0, hit.start() + 1) + 1
    shown = " ".join(hit[0].strip(" \t\r\n\"'").split())
    groups = hit.groupdict()
    if groups.get("pin"):
        return DeclaredVersion(path, line, shown, exact=_version(groups["pin"]))
    exact: Version | None = None
    least: Version | None = None
    below: Version | None = None
    for operator, written, star in _BOUND.findall(groups.get("table") or groups["spec"]):
        version = _version(written)
        if operator in ("==", "===", "", "=") and not star:
            exact = version
        elif operator in ("==", "", "=") or operator in ("^", "~", "~="):
            least, below = version, _next(operator, version, bool(star))
        elif operator in (">=", ">"):
            least = version
        elif operator in ("<", "<="):
            below = version if operator == "<" else (*version, 1)
    if exact is None and least is None and below is None:
        return None
    return DeclaredVersion(path, line, shown, exact, least, below)


def _next(operator: str, version: Version, star: bool) -> Version:
    """The first version that is too new for `^1.2`, `~1.2.3`, `~=1.2` and `==1.2.*`."""
    if star or (operator == "~" and len(version) < 3):
        kept = version[:2] if operator == "~" else version
    elif operator == "^":
        leading = next((i for i, part in enumerate(version) if part), len(version) - 1)
        kept = version[: leading + 1]
    else:
        kept = version[:2] if operator == "~" else version[:-1] or version
    return (*kept[:-1], kept[-1] + 1)


def _version(text: str) -> Version:
    found = re.match(r"\d+(?:\.\d+)*", text)
    return tuple(int(part) for part in found[0].split(".")) if found else (0,)


def _plain(version: Version) -> Version:
    """Without the zeros at its end: 0.100.0 is 0.100."""
    while version and version[-1] == 0:
        version = version[:-1]
    return version
