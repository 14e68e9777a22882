"""What a run says of settings and code that came with the repository before it looks at files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.config.model import Config
from fixaudit.errors import ConfigError
from fixaudit.model.outcome import Problem

if TYPE_CHECKING:
    from fixaudit.pipeline.runner import Worker


def withheld(worker: Worker, configs: Iterable[Config]) -> list[Problem]:
    """What the selection would run under these configurations and may not: codemods of repositories.

    All folders of codemods are read by then, so that processes forked off later run what was
    looked at here.
    """
    found: dict[str, Problem] = {}
    for config in configs:
        if config.codemod_paths:
            for problem in worker.local.withheld(worker.chosen(config), worker.root):
                found.setdefault(problem.path, problem)
    return list(found.values())


def runs_local_code(worker: Worker, files: Iterable[Path]) -> bool:
    """True where a repository's own codemods look at files such as these."""
    return any(
        entry.is_local and entry.folder is None
        for config in configurations(worker, files)
        if config.codemod_paths
        for entry in worker.chosen(config)
    )


def notes(configs: Iterable[Config]) -> list[str]:
    """What is to be said of settings that are not heeded, each once."""
    return list(dict.fromkeys(note for config in configs for note in config.notes))


def configurations(worker: Worker, files: Iterable[Path]) -> Iterator[Config]:
    """The configurations that count for the files, each once; broken ones are told file by file."""
    seen: set[int] = set()
    for path in files:
        try:
            config = worker.resolver.for_file(str(path))
        except ConfigError:
            continue
        if id(config) not in seen:
            seen.add(id(config))
            yield config
