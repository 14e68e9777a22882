"""`fixaudit list`: every codemod, one line each."""

from __future__ import annotations

from fixaudit_cli.options import options


def command(
    select: options.Select = None,
    config: options.ConfigOption = None,
    isolated: options.Isolated = False,
    local_code: options.LocalCode = None,
    output_format: options.TextOrJson = "text",
) -> int:
    """List the codemods: code, name, whether on by default, sets, summary."""
    from fixaudit_cli.output.codemod_list import show

    selection = options.Selection(config=config, isolated=isolated, local_code=local_code)
    return show(select, selection, output_format)
