"""An exception while one file is worked on: which ones may end the run, and how the others are told."""

from __future__ import annotations

from fixaudit.model.outcome import Failed, Problem
from fixaudit.pipeline.progress import WATCH
from fixaudit.registry.user_interrupt import ends_the_work as ends_the_work

_LONGEST = 300


def described(error: BaseException) -> str:
    """An exception in one line: its type, and its text where that can be had."""
    try:
        text = str(error).strip().partition("\n")[0][:_LONGEST]
    except BaseException as another:
        if ends_the_work(another):
            raise
        text = ""
    kind = type(error).__name__
    return f"{kind}: {text}" if text else kind


def failed_by(path: str, error: BaseException) -> Failed:
    """The outcome of a file that an exception was raised for; names the step or codemod at work."""
    step = WATCH.at or "reading it"
    if isinstance(error, MemoryError):
        message = f"{step} needs more memory than there is"
    elif isinstance(error, RecursionError):
        message = f"{step} recurses too deeply"
    else:
        message = f"{step} failed with {described(error)}; the file stays as it is"
    return Failed(path, Problem(path, "worker", message))
