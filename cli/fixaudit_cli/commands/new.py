"""`fixaudit new`: the files of a new codemod."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

Name = Annotated[str, typer.Argument(help="The codemod's name, kebab-case.")]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--dir",
        help="The folder of codemods; the configured one, else tools/codemods.",
        show_default=False,
    ),
]
Code = Annotated[
    str | None,
    typer.Option("--code", help="Its code; the next free one by default.", show_default=False),
]


def command(name: Name, folder: Folder = None, code: Code = None) -> int:
    """Write a new codemod that works, with its fixtures, and say what comes next."""
    from fixaudit.pipeline.runner import find_root
    from fixaudit_cli.output.terminal import write
    from fixaudit_cli.scaffold import Scaffold, configure

    here = Path.cwd()
    at_home = _is_fixaudit_itself(here)
    root = here if at_home else find_root((here,))
    codemods = Path(os.path.abspath(folder)) if folder else _folder(root, at_home)
    scaffold = Scaffold(
        name, code or _free_code(here, "FA7" if at_home else "X"), codemods, root / "fixtures",
        "style" if at_home else "local",
    )  # fmt: skip
    for path in scaffold.write():
        write(f"wrote {os.path.relpath(path)}\n")
    if not at_home:
        write(configure(root, codemods) + "\n")
    write(
        f"next: `fixaudit test {name}`, then change {os.path.relpath(scaffold.module)} and its fixtures\n"
    )
    return 0


_HOME = "codemods/fixaudit_codemods"


def _folder(root: Path, at_home: bool) -> Path:
    """Where codemods stand: in the folder that is configured, whether it exists yet or not."""
    from fixaudit_cli.output.codemod_list import configured_folders

    if at_home:
        return root / _HOME
    return next(iter(configured_folders(root)), root / "tools/codemods")


def _is_fixaudit_itself(folder: Path) -> bool:
    return (folder / _HOME).is_dir() and (folder / "engine" / "fixaudit").is_dir()


def _free_code(folder: Path, prefix: str) -> str:
    """The next code behind the ones in use that start with the prefix."""
    from fixaudit_cli.output.codemod_list import known_codemods

    taken = {entry.code for entry in known_codemods(folder=folder)}
    width = 3 if prefix == "X" else 2
    return next(code for n in range(1, 1000) if (code := f"{prefix}{n:0{width}}") not in taken)
