"""`fixaudit new`: the files of a new codemod."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from fixaudit.config.borders import is_inside, top_of
from fixaudit.errors import ConfigError, FixauditError

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
    names = [codemods, root / "fixtures", *(() if at_home else (root / "fixaudit.toml", root / "pyproject.toml"))]  # fmt: skip
    _check_inside(root, names)
    ours = not at_home and _is_trusted(codemods)
    for path in scaffold.write():
        write(f"wrote {os.path.relpath(path)}\n")
    if not at_home:
        write(configure(root, codemods) + "\n")
        write(_trust(codemods, ours))
    write(
        f"next: `fixaudit test {name}`, then change {os.path.relpath(scaffold.module)} and its fixtures\n"
    )
    return 0


def _check_inside(root: Path, paths: Iterable[Path]) -> None:
    """Refuse to write outside the tree, be it through a link. Raises ConfigError."""
    border = top_of(root)
    for path in paths:
        if not is_inside(path, border):
            raise ConfigError(
                f"{os.path.relpath(path)}: lies outside {border}, or is a link that leads there;"
                " a repository's codemods stand in it: choose another --dir"
            )


def _is_trusted(folder: Path) -> bool:
    """True where nothing stands in the folder whose code the user has not trusted."""
    if not folder.is_dir():
        return True
    from fixaudit.registry.local_code import LocalCode

    local = LocalCode()
    content = local.folder(folder)
    return not content.files or local.may_import(content)


def _trust(folder: Path, ours: bool) -> str:
    """Trust the folder with what was just written into it; a line that says so, or how to."""
    from fixaudit.registry.local_code import LocalCode, item_of
    from fixaudit.registry.trust import remember

    shown = os.path.relpath(folder)
    if ours:
        try:
            remember([item_of(LocalCode().folder(folder))])
            return f"trusted {shown} as it is now: after each change, `fixaudit trust {shlex.quote(shown)}`\n"
        except FixauditError as error:
            return f"{shown} is not trusted: {error}\n"
    return f"{shown} is not trusted: read it, then `fixaudit trust {shlex.quote(shown)}`\n"


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
    from fixaudit_cli.output.codemod_list import Known

    taken = {entry.code for entry in Known(folder=folder).entries}
    width = 3 if prefix == "X" else 2
    return next(code for n in range(1, 1000) if (code := f"{prefix}{n:0{width}}") not in taken)
