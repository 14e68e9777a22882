"""`fixaudit campaign status`: the batches, and how each one stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixaudit_cli.commands.campaign import shared

if TYPE_CHECKING:
    from fixaudit_cli.campaigns.figures import Figures


def command(
    name: shared.Name, root: shared.Root = None, output_format: shared.Formats = "text"
) -> int:
    """List the batches and how each one stands, as this machine knows it; `sync` asks the remote."""
    from fixaudit_cli.output.terminal import write, write_document

    found, code = shared.figures_of(name, root, output_format)
    if output_format == "text":
        write(_text(found))
    else:
        from fixaudit_cli.campaigns.documents import document

        write_document(document(found, output_format, is_whole=False))
    return code


def _text(found: list[Figures]) -> str:
    from fixaudit_cli.campaigns.run_text import state_line

    lines: list[str] = []
    for each in found:
        width = max((len(row.state.name) for row in each.rows), default=0)
        lines += [each.headline, *(state_line(row.state, width) for row in each.rows)]
        lines.append(each.site_line)
    return "".join(f"{line}\n" for line in lines)
