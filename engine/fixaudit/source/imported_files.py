"""Which files of the project a file imports, itself or by others."""

from __future__ import annotations

from pathlib import Path

from fixaudit.source.memo import memoized
from fixaudit.source.source import Source

_DEPTH = 3
_MANY = 200


@memoized
def imports_file(source: Source, path: Path) -> bool:
    """True where the file imports another one at its top level, at most three files away.

    False says that no such chain was found: an import inside a function, or by a name that is made up
    at run time, is not seen. Costs the reading of the files on the way.
    """
    project = source.project
    start = project.facts_of_source(source).path
    seen, edge = {start}, [start]
    for _ in range(_DEPTH):
        ahead: list[Path] = []
        for each in edge:
            facts = project.facts_of(each)
            for entry in facts.imports if facts is not None else ():
                for name in (f"{entry.module}.{entry.name}", entry.module):
                    found = project.path_of(name, each)
                    if found == path:
                        return True
                    if found is not None and found not in seen:
                        seen.add(found)
                        ahead.append(found)
        edge = ahead[:_MANY]
    return False
