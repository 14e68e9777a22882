"""`fixaudit trust`: what may run of the code and commands that came with a repository."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fixaudit.errors import ConfigError
from fixaudit.text.visible import visible
from fixaudit_cli.options import options

if TYPE_CHECKING:
    from fixaudit.registry.trust import TrustItem

Places = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Folders of codemods, trees with all that they configure, or files of campaigns; the current folder by default.",
        show_default=False,
    ),
]
List = Annotated[bool, typer.Option("--list", help="Print what is trusted, as path=hash.")]
Remove = Annotated[bool, typer.Option("--remove", help="Trust it no more.")]


def command(
    paths: Places = None,
    list: List = False,
    remove: Remove = False,
    config: options.ConfigOption = None,
) -> int:
    """Trust a repository's own codemods and commands, as they are now.

    Remembered are a folder's real path and the hash of its files, a command's text and folder: a change
    asks again. A campaign is trusted by its file, campaigns/NAME.toml, with all that it runs and sends.
    """
    if list and remove:
        raise ConfigError("--list and --remove exclude each other; give one")
    if list:
        return _list(paths)
    return _remove(paths or [Path()]) if remove else _trust(paths or [Path()], config)


def _trust(paths: Sequence[Path], config: Sequence[str] | None) -> int:
    from fixaudit.registry.trust import remember
    from fixaudit_cli.output.terminal import note, write

    items: dict[TrustItem, None] = {}
    for path in paths:
        found = dict.fromkeys(_items(path, config))
        if not found:
            note(f"{path}: no configuration there names codemods or commands of its own")
        items |= found
    if items:
        remember(items)
    for item in items:
        write(f"trusted: {_line(item)}\n")
    return 0


def _items(path: Path, config: Sequence[str] | None) -> Iterator[TrustItem]:
    """What the configurations of a tree name; of a folder of codemods only that folder."""
    from fixaudit.pipeline.local_settings import configurations
    from fixaudit.pipeline.runner import Worker
    from fixaudit.registry.local_code import item_of
    from fixaudit.registry.trust import TrustItem

    if not path.exists():
        raise ConfigError(f"{path}: does not exist")
    if _is_campaign(path):
        yield from _of_campaign(path)
        return
    worker = Worker(options.request([path], options.Selection(config=config)))
    given = Path(os.path.abspath(path))
    named = given / "__init__.py" if given.is_dir() else given
    found: list[TrustItem] = []
    for settings in configurations(worker, [named, *worker.discover().files]):
        folders = (
            entry for entry in settings.codemod_paths if str(entry) not in settings.typed_paths
        )
        found += (item_of(worker.local.folder(folder)) for folder in folders)
        if not settings.typed_commands:
            found += (TrustItem.of_command(text, settings.root) for text in settings.verify)
    own = os.path.realpath(path)
    only = [item for item in found if item.kind == "codemods" and item.path == own]
    yield from only or found


def _is_campaign(path: Path) -> bool:
    if path.suffix != ".toml" or path.is_dir():
        return False
    from fixaudit.campaigns.definition import FOLDER

    return Path(os.path.abspath(path)).parent.name == FOLDER


def _of_campaign(path: Path) -> Iterator[TrustItem]:
    from fixaudit.campaigns.definition import read_campaign
    from fixaudit.campaigns.trusted import campaign_trust_item, runs_code

    place = Path(os.path.abspath(path))
    settings = read_campaign(place.parent.parent, place.stem)
    if runs_code(settings):
        yield campaign_trust_item(settings)


def _list(paths: Sequence[Path] | None) -> int:
    from fixaudit.registry.trust import read_records
    from fixaudit_cli.output.terminal import note, write

    known = [entry for entry in read_records() if not paths or _is_at(entry.item, paths)]
    for entry in known:
        write(_line(entry.item) + "\n")
    if not known:
        note("nothing is trusted")
    return 0


def _remove(paths: Sequence[Path]) -> int:
    from fixaudit.registry.trust import forget, read_records
    from fixaudit_cli.output.terminal import note, write

    gone = [entry.item for entry in read_records() if _is_at(entry.item, paths)]
    if gone:
        forget(gone)
    for item in gone:
        write(f"no longer trusted: {_line(item)}\n")
    if not gone:
        note("nothing there was trusted")
    return 0


def _is_at(item: TrustItem, paths: Sequence[Path]) -> bool:
    if any(_is_of_campaign(item, path) for path in paths if _is_campaign(path)):
        return True
    places = [os.path.realpath(path) for path in paths]
    return any(item.path == at or item.path.startswith(os.path.join(at, "")) for at in places)


def _is_of_campaign(item: TrustItem, path: Path) -> bool:
    """True for what was trusted of the campaign of a file, be the file there or not."""
    from fixaudit.campaigns.trusted import is_text_of

    place = Path(os.path.abspath(path))
    return item.path == os.path.realpath(place.parent.parent) and is_text_of(place.stem, item.text)


def _line(item: TrustItem) -> str:
    return visible(f"{item.path}={item.hash}" + (f"  `{item.text}`" if item.text else ""))
