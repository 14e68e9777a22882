"""`fixaudit test`: the fixtures of codemods and their variants, with pytest underneath."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fixaudit.errors import ConfigError
from fixaudit_cli.options import options
from fixaudit_cli.output.codemod_list import Known

if TYPE_CHECKING:
    from fixaudit.registry.manifest_entry import ManifestEntry

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
    local_code: options.LocalCode = None,
) -> int:
    """Test codemods against their fixtures; exit 1 when one fails."""
    if importlib.util.find_spec("pytest") is None:
        raise ConfigError("`fixaudit test` needs pytest: pip install 'fixaudit[test]'")
    if not (fixtures / "before").is_dir():
        raise ConfigError(
            f"{fixtures / 'before'}: does not exist; `fixaudit new NAME` makes the first fixtures"
        )
    known = Known(options.Selection(local_code=local_code))
    wanted = _wanted(known, names or [])
    withheld = known.told(wanted if names else _with_fixtures(wanted, fixtures))
    testable = [entry for entry in wanted if entry.folder is None]
    everything = not names and len(testable) == len(wanted)
    folders = (
        [fixtures / "before"] if everything else _folders(testable, fixtures, must=bool(names))
    )
    if not folders:
        return withheld
    if update:
        chosen = None if everything else {entry.name for entry in testable}
        return _update(fixtures, chosen, local_code) or withheld
    return _run(fixtures, folders, exitfirst, local_code) or withheld


def _run(fixtures: Path, folders: list[Path], exitfirst: bool, local_code: bool | None) -> int:
    import pytest

    # Nothing of the tree but the codemods is run: neither its conftest.py nor its pytest settings,
    # which may put a folder on `sys.path`.
    arguments = ["-p", "fixaudit.testing.plugin", "-p", "no:cacheprovider", "--noconftest", "-q"]
    arguments += ["-c", os.devnull, "--rootdir", str(Path.cwd())]
    arguments += ["-o", f"fixaudit_fixtures={fixtures.absolute()}"]
    arguments += ["-o", f"fixaudit_local_code={_WORDS[local_code]}"]
    code = int(pytest.main([*arguments, *(["-x"] if exitfirst else []), *map(str, folders)]))
    return code if code in (0, 1) else 2


_WORDS = {True: "all", None: "trusted", False: "none"}


def _wanted(known: Known, names: list[str]) -> list[ManifestEntry]:
    """The codemods to test. Raises ConfigError: one does not exist."""
    return known.chosen(names) if names else known.entries


def _with_fixtures(entries: list[ManifestEntry], fixtures: Path) -> list[ManifestEntry]:
    return [entry for entry in entries if _folder(entry, fixtures).is_dir()]


def _folder(entry: ManifestEntry, fixtures: Path) -> Path:
    return fixtures / "before" / entry.name.rpartition("/")[2]


def _folders(entries: list[ManifestEntry], fixtures: Path, *, must: bool) -> list[Path]:
    """The `before` folders of the codemods. Raises ConfigError: with `must`, one has none."""
    found = []
    for entry in entries:
        folder = _folder(entry, fixtures)
        if folder.is_dir():
            found.append(folder)
        elif must:
            raise ConfigError(f"{folder}: {entry.name} has no fixtures")
    return found


def _update(fixtures: Path, names: set[str] | None, local_code: bool | None) -> int:
    from fixaudit.registry.local_code import LocalCode
    from fixaudit.testing.failure_report import difference
    from fixaudit.testing.layout import workshop
    from fixaudit.testing.updating import update
    from fixaudit_cli.output.terminal import note, write

    refused = changed = 0
    local = LocalCode(local_code)
    for tree in workshop(Path.cwd(), [fixtures.absolute()], local=local).trees:
        for case in tree.cases():
            if names is not None and case.codemod.name not in names:
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
