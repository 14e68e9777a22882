"""`fixaudit campaign plan`: show the batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from fixaudit_cli.commands.campaign import shared
from fixaudit_cli.options import options
from fixaudit_cli.options.panels import OUTPUT, option

if TYPE_CHECKING:
    from fixaudit.campaigns.campaign import Campaign

Diff = Annotated[bool, typer.Option("--diff", help="Print the patch of the batches.")]
Verbose = Annotated[
    bool,
    option(OUTPUT, "--verbose", "-v", help="Show all batches, a line each, not only the first."),
]
Anew = Annotated[bool, typer.Option("--anew", help="Plan again, though nothing has changed.")]


def command(
    name: shared.Name,
    root: shared.Root = None,
    at: shared.At = None,
    batch: shared.Batches = None,
    anew: Anew = False,
    diff: Diff = False,
    local_code: options.LocalCode = None,
    jobs: options.Jobs = None,
    no_cache: options.NoCache = False,
    cache_dir: options.CacheDir = None,
    verbose: Verbose = False,
    output_format: options.TextOrJson = "text",
) -> int:
    """Show the batches: what each one changes, and whom it concerns. Nothing of the project is run."""
    given = locals()  # before there are other names
    from dataclasses import replace

    from fixaudit.campaigns.running import named_batches
    from fixaudit_cli.campaigns.plan_text import plan_data, plan_lines
    from fixaudit_cli.output.terminal import note, write, write_bytes, write_document

    options.check_format(output_format)
    speed = options.speed(options.of(options.SpeedOptions, given))
    campaign = shared.opened(name, root, local_code, speed)
    found: list[dict[str, Any]] = []
    problems: list[str] = []

    def act(one: Campaign) -> None:
        plan = one.plan(at, anew=anew)
        shown = named_batches(plan, shared.names(batch))
        problems.extend(plan.problems)
        if output_format == "json":
            found.append(plan_data(plan))
        elif diff:
            for each in shown:
                write_bytes(each.patch)
        else:
            shown_plan = replace(plan, batches=tuple(shown))
            lines = plan_lines(shown_plan, verbose=verbose or bool(batch))
            write("".join(f"{line}\n" for line in lines))

    code = shared.all_done(campaign, act)
    if output_format == "json":
        import json

        content = found[0] if len(found) == 1 else {"version": 1, "repositories": found}
        write_document(json.dumps(content, indent=2) + "\n")
    for problem in problems:
        note(problem)
    return 2 if problems else code
