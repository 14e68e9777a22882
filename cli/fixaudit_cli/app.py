"""The Typer application: which verbs there are, and how errors become exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer

from fixaudit.errors import FixauditError
from fixaudit_cli.commands import (
    apply,
    check,
    explain,
    listing,
    new,
    plan,
    resume,
    runs,
    test,
    undo,
)

EXIT_DONE, EXIT_FINDINGS, EXIT_ERROR, EXIT_INTERRUPTED = 0, 1, 2, 130

app = typer.Typer(
    name="fixaudit",
    help="Turns audit findings into reviewed, reversible edits of Python code.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("apply")(apply.command)
app.command("check")(check.command)
app.command("plan")(plan.command)
app.command("list")(listing.command)
app.command("explain")(explain.command)
app.command("undo")(undo.command)
app.command("new")(new.command)
app.command("test")(test.command)
app.command("resume")(resume.command)
app.command("runs")(runs.command)


@app.callback(invoke_without_command=True)
def _root(
    version: bool = typer.Option(False, "--version", "-V", help="Print the version and exit."),
) -> None:
    if version:
        from fixaudit import __version__

        typer.echo(f"fixaudit {__version__}")
        raise typer.Exit()


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; no exception leaves it but a defect's."""
    try:
        result = app(
            list(arguments), prog_name="fixaudit", standalone_mode=False, obj=list(arguments)
        )
    except typer.Abort:
        return EXIT_INTERRUPTED
    except typer.Exit as error:
        return error.exit_code
    except FixauditError as error:
        print(f"fixaudit: error: {error}", file=sys.stderr)
        return EXIT_ERROR
    except KeyboardInterrupt:
        print("fixaudit: interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader (`head`, a pager) went away: nothing to say, and nowhere to say it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_DONE
    except Exception as error:
        # Usage errors: Typer has carried its own copy of Click's classes since 0.20, older ones not.
        show = getattr(error, "show", None)
        if show is None:
            raise
        show()
        return EXIT_ERROR
    return result if isinstance(result, int) else EXIT_DONE
