"""The command line with a fault in it: `faulty_run.py POINT FAULT ARGUMENT…`.

What POINT names raises FAULT while the file `bad.py` is worked on, and works otherwise. The fault
`kill` kills the whole process group at the first call of a POINT that is none of the list's.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn


class _UnprintableError(Exception):
    def __str__(self) -> str:
        raise ValueError("no text to be had")


class _Outlandish(BaseException):
    pass


def _deep() -> NoReturn:
    _deep()


def _raise(error: BaseException) -> Callable[[], NoReturn]:
    def raising() -> NoReturn:
        raise error

    return raising


FAULTS: dict[str, Callable[[], NoReturn]] = {
    "value": _raise(ValueError("first line\nsecond line")),
    "exit": _raise(SystemExit(0)),
    "exit-1": _raise(SystemExit("goodbye")),
    "recursion": _deep,
    "memory": _raise(MemoryError()),
    "unprintable": _raise(_UnprintableError()),
    "outlandish": _raise(_Outlandish("no Exception")),
    "generator-exit": _raise(GeneratorExit()),
    "stop": _raise(StopIteration()),
    "group": _raise(BaseExceptionGroup("several", [KeyError("a"), SystemExit(3)])),
    "os": _raise(OSError(5, "Input/output error")),
}
_INTERRUPT = {"interrupt": _raise(KeyboardInterrupt())}
_P = "fixaudit_codemods.logs.print_to_logger.codemod:PrintToLogger"
POINTS = {
    "read": "fixaudit.pipeline.file_task:read_source",
    "config": "fixaudit.config.resolve:ConfigResolver.for_file",
    "prefilter": "fixaudit.registry.prefilter:Prefilter.matching",
    "load": "fixaudit.registry.manifest:ManifestEntry.load",
    "make": f"{_P}.__init__",
    "judge": f"{_P}.judge",
    "scope": f"{_P}.in_scope",
    "decode": "fixaudit.syntax.module_text:decode",
    "parse": "fixaudit.syntax.module:parse",
    "index": "fixaudit.syntax.module:TreeIndex",
    "place": "fixaudit.pipeline.judged:place",
    "suppress": "fixaudit.suppress.suppressions:Suppressions.of",
    "compose": "fixaudit.pipeline.passes:compose",
    "apply": "fixaudit.pipeline.passes:apply_edits",
    "settle": "fixaudit.pipeline.passes:settle",
    "verify": "fixaudit.pipeline.passes:verify",
    "map": "fixaudit.text.source_map:SourceMap.add",
    "format": "fixaudit.edits.black_lines:format_touched",
    "finish": "fixaudit.pipeline.passes:in_file_bytes",
}
"""Raise while `bad.py` is worked on."""
CACHE_POINTS = {
    "cache-entries": "fixaudit.cache.store:Cache.entries",
    "cache-store": "fixaudit.cache.store:Cache.store",
    "cache-outcome": "fixaudit.cache.store:Cache.outcome",
    "cache-finish": "fixaudit.cache.store:Cache.finish",
    "cache-close": "fixaudit.cache.store:Cache.close",
    "facts": "fixaudit.cache.facts_store:SqliteFacts.facts",
    "keep-facts": "fixaudit.cache.facts_store:SqliteFacts.keep_facts",
    "facts-write": "fixaudit.cache.facts_store:SqliteFacts.write",
    "facts-close": "fixaudit.cache.facts_store:SqliteFacts.close",
}
"""Raise at every call."""
_at_work: list[str] = []


def _is_bad() -> bool:
    return bool(_at_work) and _at_work[-1].endswith("bad.py")


def _patch(place: str, fault: Callable[[], NoReturn], when: Callable[[], bool]) -> None:
    module, _, path = place.partition(":")
    *outer, name = path.split(".")
    holder: Any = importlib.import_module(module)
    for part in outer:
        holder = getattr(holder, part)
    real = (
        vars(holder)[name]
        if isinstance(holder, type) and name in vars(holder)
        else getattr(holder, name)
    )
    call = real.__func__ if isinstance(real, classmethod) else real

    def replaced(*given: Any, **named: Any) -> Any:
        if when():
            fault()
        return call(*given, **named)

    setattr(holder, name, classmethod(replaced) if isinstance(real, classmethod) else replaced)


def _watch(place: str) -> None:
    """Note which file is worked on."""
    module, _, path = place.partition(":")
    owner, _, name = path.rpartition(".")
    found: Any = importlib.import_module(module)
    holder = getattr(found, owner) if owner else found
    real = getattr(holder, name)

    def watched(self: Any, path: Path, *given: Any, **named: Any) -> Any:
        _at_work.append(str(path))
        try:
            return real(self, path, *given, **named)
        finally:
            _at_work.pop()

    setattr(holder, name, watched)


def _kill_group() -> NoReturn:
    os.killpg(0, signal.SIGKILL)
    raise AssertionError("not killed")


def main() -> None:
    point, fault, *arguments = sys.argv[1:]
    _watch("fixaudit.pipeline.runner:Worker.outcome_of")
    _watch("fixaudit.pipeline.file_task:_computed")
    if point in POINTS:
        _patch(POINTS[point], {**FAULTS, **_INTERRUPT}[fault], _is_bad)
    elif point in CACHE_POINTS:
        _patch(CACHE_POINTS[point], FAULTS[fault], lambda: True)
    else:
        _patch(point, _kill_group if fault == "kill" else FAULTS[fault], lambda: True)
    from fixaudit_cli.__main__ import main as run

    sys.argv[1:] = arguments
    run()


if __name__ == "__main__":
    main()
