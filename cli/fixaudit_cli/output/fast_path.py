"""Command lines that are answered without the command-line library, whose import takes longer."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from fixaudit_cli.verbs import ABOUT, VERBS

# The width into which the library fits the help.
_WIDTH = 80


def answer(arguments: Sequence[str]) -> int | None:
    """The exit code of a command line that is answered here; None where the library is needed."""
    match list(arguments):
        case ["--version" | "-V"]:
            from fixaudit._version import __version__

            return _say(f"fixaudit {__version__}\n")
        case ["--help" | "-h"] if _columns() >= _WIDTH:
            return _say(help_text())
        case ["list"]:
            from fixaudit_cli.output.codemod_list import show
            from fixaudit_cli.output.exit_codes import guarded

            return guarded(show)
        case _:
            return None


def _say(text: str) -> int:
    from fixaudit_cli.output.exit_codes import EXIT_DONE, guarded
    from fixaudit_cli.output.terminal import write

    def said() -> int:
        write(text)
        return EXIT_DONE

    return guarded(said)


def help_text() -> str:
    """`fixaudit --help`, as the library lays it out in 80 columns or more."""
    width = max(map(len, VERBS))
    verbs = "".join(f"  {name:<{width}}  {line}\n" for name, (_, line) in VERBS.items())
    return (
        f"Usage: fixaudit [OPTIONS] COMMAND [ARGS]...\n\n  {ABOUT}\n\nOptions:\n"
        "  -V, --version  Print the version and exit.\n"
        f"  -h, --help     Show this message and exit.\n\nCommands:\n{verbs}"
    )


def _columns() -> int:
    """The width of the terminal as `shutil.get_terminal_size` gives it, without its imports."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or _WIDTH  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return _WIDTH
