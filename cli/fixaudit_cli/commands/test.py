"""`fixaudit test`: the fixtures of codemods and their variants, with pytest underneath."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Annotated

import typer

from fixaudit.errors import ConfigError

Names = Annotated[
    list[str] | None,
    typer.Argument(help="Codemods; all that have fixtures by default.", show_default=False),
]
Update = Annotated[
    bool, typer.Option("--update", help="Rewrite the `after` files and show what changed.")
]
Fixtures = Annotated[
    Path, typer.Option("--fixtures", help="The folder that holds before/ and after/.")
]
KeepGoing = Annotated[bool, typer.Option("--exitfirst", "-x", help="Stop at the first failure.")]


def command(
    names: Names = None,
    update: Update = False,
    fixtures: Fixtures = Path("fixtures"),
    exitfirst: KeepGoing = False,
) -> int:
    """Test codemods against their fixtures; exit 1 when one fails."""
    if importlib.util.find_spec("pytest") is None:
        raise ConfigError("`fixaudit test` needs pytest: pip install 'fixaudit[test]'")
    if not (fixtures / "before").is_dir():
        raise ConfigError(
            f"{fixtures / 'before'}: does not exist; `fixaudit new NAME` makes the first fixtures"
        )
    folders = _folders(fixtures, names or [])
    if update:
        return _update(fixtures, names or [])
    import pytest

    arguments = ["-p", "fixaudit.testing.plugin", "-p", "no:cacheprovider", "--noconftest", "-q"]
    arguments += [
        "--rootdir",
        str(Path.cwd()),
        "-o",
        f"fixaudit_fixtures={fixtures}",
        "-o",
        "addopts=",
    ]
    code = int(pytest.main([*arguments, *(["-x"] if exitfirst else []), *map(str, folders)]))
    return code if code in (0, 1) else 2


def _folders(fixtures: Path, names: list[str]) -> list[Path]:
    """The `before` folders to test.

    Raises:
        ConfigError: a codemod does not exist, or has no fixtures.
    """
    if not names:
        return [fixtures / "before"]
    from fixaudit.registry.selection import select_codemods
    from fixaudit_cli.output.codemod_list import known_codemods

    known = known_codemods()
    folders = []
    for codemod in select_codemods(known, names):
        folder = fixtures / "before" / codemod.name.rpartition("/")[2]
        if not folder.is_dir():
            raise ConfigError(f"{folder}: {codemod.name} has no fixtures")
        folders.append(folder)
    return folders


def _update(fixtures: Path, names: list[str]) -> int:
    from fixaudit.testing.failure_report import difference
    from fixaudit.testing.layout import workshop
    from fixaudit.testing.updating import update
    from fixaudit_cli.output.terminal import note, write

    refused = changed = 0
    for tree in workshop(Path.cwd(), [fixtures.absolute()]).trees:
        for case in tree.cases():
            if names and case.codemod.name not in names and case.codemod.code not in names:
                continue
            for entry in update(case):
                if entry.refused:
                    note(f"{entry.label}: not written: {entry.refused}")
                    refused += 1
                else:
                    write(
                        difference(entry.old or b"", entry.new or b"", (entry.label, entry.label))
                    )
                    changed += 1
    note(f"{changed} files of `after` written, {refused} refused")
    return 1 if refused else 0
