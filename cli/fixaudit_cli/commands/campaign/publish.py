"""`fixaudit campaign publish`: push branches, and open requests for review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixaudit_cli.commands.campaign import shared
from fixaudit_cli.options import options

if TYPE_CHECKING:
    from fixaudit.campaigns.campaign import Campaign
    from fixaudit.campaigns.publish_report import PublishReport


def command(
    name: shared.Name,
    root: shared.Root = None,
    local_code: options.LocalCode = None,
    output_format: options.TextOrJson = "text",
) -> int:
    """Push the branches of verified batches, and open requests for review, within the limits.

    Run twice it opens nothing twice. Exit 2 where one could not be published.
    """
    from fixaudit_cli.output.terminal import note

    options.check_format(output_format)
    campaign = shared.opened(name, root, local_code)
    found: list[PublishReport] = []

    def act(one: Campaign) -> None:
        found.append(one.publish())
        if output_format == "text":
            tell(found[-1], one)
            if found[-1].is_empty:
                note(f"{name}: no batch is to be published; `fixaudit campaign status {name}`")

    code = shared.all_done(campaign, act)
    if output_format == "json":
        from fixaudit_cli.campaigns.figures import publish_data

        shared.print_document({"repositories": [publish_data(report) for report in found]})
    return 2 if any(report.failed for report in found) else code


def tell(report: PublishReport, campaign: Campaign) -> None:
    """Print what was published, and why what was not."""
    from fixaudit.campaigns.following import utc_now
    from fixaudit_cli.output.terminal import note, write

    by_name = {state.name: state for state in report.states}
    width = max(map(len, by_name), default=0)
    for each in (*report.opened, *report.pushed):
        state = by_name[each]
        write(f"{each.ljust(width)}  {state.url or state.branch}\n")
    write(report.line(campaign.settings.publish, utc_now()) + "\n")
    for problem in report.problems:
        note(problem)
