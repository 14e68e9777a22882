"""Files beside the Python code that may name something in it: settings, templates, notebooks,
scripts, documents."""

from __future__ import annotations

import os

from fixaudit.files.ignored_dirs import is_never

MOST_BYTES = 1_000_000
"""Larger ones are data."""
_SUFFIXES = (
    *(".toml", ".cfg", ".ini", ".conf", ".env", ".yaml", ".yml", ".json", ".jsonc", ".xml"),
    *(".html", ".htm", ".jinja", ".jinja2", ".j2", ".tpl", ".tmpl", ".mako", ".po"),
    *(".md", ".rst", ".txt", ".adoc"),
    *(".sh", ".bash", ".ps1", ".bat", ".service", ".mk", ".ipynb", ".pyi", ".pyx", ".pxd", ".sql"),
)
_NAMES = frozenset(
    {".flake8", "Dockerfile", "Procfile", "Makefile", "justfile", "Jenkinsfile", ".env"}
)


def text_files(root: str) -> list[str]:
    """Absolute paths of such files below a folder, sorted; not below environments, caches and output."""
    found: list[str] = []
    pending = [root]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(folder) as scan:
                entries = list(scan)
        except OSError:
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if not is_never(entry.path, entry.name):
                    pending.append(entry.path)
            elif _is_text(entry):
                found.append(entry.path)
    return sorted(path.replace(os.sep, "/") for path in found)


def _is_text(entry: os.DirEntry[str]) -> bool:
    if not entry.name.endswith(_SUFFIXES) and entry.name not in _NAMES:
        return False
    try:
        return entry.is_file(follow_symlinks=False) and entry.stat().st_size <= MOST_BYTES
    except OSError:
        return False
