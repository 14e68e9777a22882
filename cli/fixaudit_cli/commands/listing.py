"""`fixaudit list`: every codemod, one line each."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from fixaudit_cli import options


def command(
    select: options.Select = None,
    config: options.ConfigOption = None,
    isolated: options.Isolated = False,
    output_format: options.OutputFormat = "text",
) -> int:
    """List the codemods: code, name, whether on by default, sets, summary."""
    from fixaudit.runner import Worker
    from fixaudit.selection import select_codemods
    from fixaudit_cli.terminal import Painter, write

    options.check_format(output_format)
    selection = options.Selection(config=config, isolated=isolated)
    worker = Worker(options.request(None, selection))
    found = worker.classes(worker.resolver.for_path(Path.cwd()))
    if select:
        found = select_codemods(found, options.words(select))
    if output_format == "json":
        rows = [
            {
                "code": c.code,
                "name": c.name,
                "default": c.default,
                "sets": sorted(c.sets),
                "summary": c.summary(),
            }
            for c in found
        ]
        write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
        return 0
    paint = Painter(sys.stdout)
    width = max((len(codemod.name) for codemod in found), default=0)
    for codemod in found:
        mark = paint("on ", "green") if codemod.default else paint("off", "dim")
        sets = ",".join(sorted(codemod.sets))
        write(
            f"{paint(codemod.code, 'bold')}  {codemod.name:<{width}}  {mark}  {sets:<16}  {codemod.summary()}\n"
        )
    return 0
