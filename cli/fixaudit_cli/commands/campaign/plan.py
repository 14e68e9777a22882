"""`fixaudit campaign plan`: show the batches."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fixaudit_cli.commands.campaign import shared
from fixaudit_cli.options import options
from fixaudit_cli.options.panels import OUTPUT, option

if TYPE_CHECKING:
    from fixaudit.campaigns.batch import CampaignPlan
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
    options.check_format(output_format)
    speed = options.speed(options.of(options.SpeedOptions, given))
    campaign = shared.opened(name, root, local_code, speed)
    shown = _Shown("diff" if diff else output_format, shared.names(batch), verbose)

    def act(one: Campaign) -> None:
        shown.take(one.plan(at, anew=anew))

    code = shared.all_done(campaign, act)
    shown.close()
    return 2 if shown.has_problems else code


class _Shown:
    """Shows plans: their lines or patches as they come, or all of them as JSON."""

    def __init__(self, form: str, names: tuple[str, ...], verbose: bool) -> None:
        self._form = form
        self._names = names
        self._verbose = verbose or bool(names)
        self._rows: list[dict[str, Any]] = []
        self._problems: list[str] = []

    @property
    def has_problems(self) -> bool:
        return bool(self._problems)

    def take(self, plan: CampaignPlan) -> None:
        from fixaudit.campaigns.batch_states import named_batches
        from fixaudit_cli.campaigns.plan_text import plan_data, plan_lines
        from fixaudit_cli.output.terminal import write, write_bytes

        shown = replace(plan, batches=tuple(named_batches(plan, self._names)))
        self._problems += plan.problems
        if self._form == "json":
            self._rows.append(plan_data(plan))
        elif self._form == "diff":
            for each in shown.batches:
                write_bytes(each.patch)
        else:
            lines = plan_lines(shown, verbose=self._verbose)
            write("".join(f"{line}\n" for line in lines))

    def close(self) -> None:
        from fixaudit_cli.output.terminal import note, write_document

        if self._form == "json":
            import json

            several = {"version": 1, "repositories": self._rows}
            content = self._rows[0] if len(self._rows) == 1 else several
            write_document(json.dumps(content, indent=2) + "\n")
        for problem in self._problems:
            note(problem)
