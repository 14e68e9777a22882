"""The Typer application: which verbs there are, and how errors become exit codes."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from fixaudit_cli.lazy_verbs import SETTINGS, LazyVerbs
from fixaudit_cli.output.exit_codes import EXIT_DONE, EXIT_ERROR, EXIT_INTERRUPTED, guarded
from fixaudit_cli.verbs import ABOUT

app = typer.Typer(
    name="fixaudit",
    cls=LazyVerbs,
    help=ABOUT,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    **SETTINGS,
)


@app.callback(invoke_without_command=True)
def _root(
    version: bool = typer.Option(False, "--version", "-V", help="Print the version and exit."),
) -> None:
    if version:
        from fixaudit._version import __version__

        typer.echo(f"fixaudit {__version__}")
        raise typer.Exit()


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; only a defect raises an exception."""
    return guarded(lambda: _run(list(arguments)))


def _run(arguments: list[str]) -> int:
    try:
        result = app(arguments, prog_name="fixaudit", standalone_mode=False, obj=arguments)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except typer.Exit as error:
        return error.exit_code
    except Exception as error:
        # Usage errors: Typer has carried its own copy of Click's classes since 0.20, older ones not.
        show = getattr(error, "show", None)
        if show is None:
            raise
        show()
        return EXIT_ERROR
    if result == EXIT_INTERRUPTED:
        raise KeyboardInterrupt  # newer versions of the library turn it into an exit code
    return result if isinstance(result, int) else EXIT_DONE
