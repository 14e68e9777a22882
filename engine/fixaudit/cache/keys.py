"""What an outcome depends on besides its file: the tool, the codemods, the options, the settings."""

from __future__ import annotations

import os
from hashlib import blake2b

from fixaudit.cache.place import Place
from fixaudit.config.declared_versions import is_version_file
from fixaudit.config.request import Request
from fixaudit.files.plain_file import read_regular
from fixaudit.registry.code_hash import code_hash

# Files whose content codemods, the index or the formatter ask for: all of a folder's count.
_SETTINGS = frozenset(
    {"pyproject.toml", "setup.cfg", "setup.py", "tox.ini", "fixaudit.toml", "ruff.toml", ".ruff.toml"}
    | {".flake8", ".pylintrc", "pylintrc", "mypy.ini", ".mypy.ini", "manage.py", "__init__.py"}
)  # fmt: skip
_PRESENCE_ONLY = frozenset({"__init__.py", "manage.py"})


def run_key(request: Request, local_code: str) -> str:
    """The key of all outcomes of a request: equal keys and equal files give equal outcomes.

    `local_code` tells the repository's own codemods apart (`LocalCode.state`). The place of the
    tree is no part of the key.
    """
    place = Place(request.base)
    asked = (
        request.select,
        request.extend_select,
        request.ignore,
        request.unsafe,
        request.format,
        request.write,
        request.isolated,
        place.without(repr(request.config)),
        local_code,
    )
    return code_hash(said=repr(asked))


class Contexts:
    """The settings that count for the files of a folder, as a fingerprint; each folder is read once.

    Folders go by their place seen from the top of the tree, so that checkouts at two places agree.
    """

    def __init__(self, place: Place) -> None:
        self._known: dict[str, str] = {}
        self._place = place

    def of(self, folder: str) -> str:
        known = self._known.get(folder)
        if known is None:
            above = os.path.dirname(folder)
            outer = "" if above == folder else self.of(above)
            own = self._settings(folder)
            known = blake2b((outer + repr(own)).encode(), digest_size=12).hexdigest() if own or not outer else outer  # fmt: skip
            self._known[folder] = known
        return known

    def _settings(self, folder: str) -> list[tuple[object, ...]]:
        try:
            present = os.listdir(folder)
        except OSError:
            return []
        names = sorted(name for name in present if name in _SETTINGS or is_version_file(name))
        if not names:
            return []
        where = self._place.relative(folder)
        found: list[tuple[object, ...]] = []
        if where[:1] == "." and "__init__.py" in names:
            # A package that the whole tree is in: its modules' names begin with this one.
            found.append(("package", os.path.basename(folder)))
        for name in names:
            path = os.path.join(folder, name)
            if name in _PRESENCE_ONLY:
                found.append((where, name))
                continue
            try:
                digest = blake2b(read_regular(path), digest_size=12).hexdigest()
                found.append((where, name, digest))
            except OSError:
                found.append((where, name, None))
        return found
