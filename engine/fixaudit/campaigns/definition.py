"""A campaign's file, read: typed settings, or one line that says what is wrong with it and where."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from fixaudit.cache.place import Place
from fixaudit.campaigns.definition_checks import check
from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.config.options import parse_values
from fixaudit.config.toml import Where, read_toml, shown
from fixaudit.errors import ConfigError
from fixaudit.pipeline.runner import Request, Worker
from fixaudit.registry.local_code import LocalCode
from fixaudit.text.suggest import did_you_mean

FOLDER = "campaigns"
# Where the file stands is no key of it.
_NO_KEYS = frozenset({"path", "root", "words"})
# Of no matter for what a batch changes and how it is verified.
_TOLD = frozenset({"title", "why", "publish", "goal", "repos"})


def campaign_file(root: Path, name: str) -> Path:
    """Where the file of a campaign stands, be it there or not."""
    return root / FOLDER / f"{name}.toml"


def campaign_names(root: Path) -> list[str]:
    """The campaigns that the repository at `root` has files of, sorted."""
    return sorted(path.stem for path in (root / FOLDER).glob("*.toml") if path.is_file())


def read_campaign(root: Path, name: str) -> CampaignSettings:
    """The settings of `campaigns/NAME.toml` in the repository at `root`.

    Raises:
        CampaignError: there is no such file, or it cannot be used: one line with file, line and, for a
            key, a selector or a name that nobody knows, the nearest known one.
    """
    top = Path(os.path.abspath(root))
    path = campaign_file(top, name)
    if os.sep in name or not os.path.lexists(path):
        raise _missing(top, name)
    where = Where(path)
    try:
        settings = _settings(read_toml(path), where, top)
        check(settings, where)
        _check_selectors(settings, where)
    except ConfigError as error:
        raise CampaignError(str(error)) from error
    return settings


def config_digest(settings: CampaignSettings, root: Path) -> str:
    """32 hexadecimal digits of what tasks depend on besides files: the campaign and the configuration.

    `root` is the checkout that is judged. The digest is the same for checkouts at other places and on
    other machines. Of the campaign count the keys that batches and their verification depend on, of the
    tree the files of the configuration. Which fixaudit it is, is told by `Stamp.code`.

    Raises:
        ConfigError, CodemodError: the configuration of the root, or a folder of codemods, cannot be read.
    """
    top = Path(os.path.abspath(root))
    request = Request(paths=(top,), root=top, select=settings.select, ignore=settings.ignore)
    config = Worker(request).resolver.for_path(top)
    local = LocalCode(False)  # which code it is counts, not who may run it
    code = local.state(config.codemod_paths, config.typed_paths)
    said = [repr((settings.select, settings.ignore, code)), Place(top).without(repr(config))]
    keys = [entry.name for entry in fields(settings) if entry.name not in _NO_KEYS | _TOLD]
    said += [f"{key} = {getattr(settings, key)!r}" for key in keys]
    return blake2b("\n".join(said).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _missing(root: Path, name: str) -> CampaignError:
    known = campaign_names(root)
    near = did_you_mean(name, known)
    there = f"there are {', '.join(known)}" if known else "there is none yet"
    return CampaignError(
        f'no campaign "{name}" in {shown(root / FOLDER)}{near or f"; {there}"};'
        " `fixaudit campaign new` makes one"
    )


def _settings(table: Mapping[str, Any], where: Where, root: Path) -> CampaignSettings:
    known = {entry.name for entry in fields(CampaignSettings)} - _NO_KEYS
    for key in table:
        if key not in known:
            raise where.unknown("key", key, known)
    for key in ("name", "select"):
        if key not in table:
            raise where.error(f'needs "{key}"')
    values = parse_values(CampaignSettings, _with_text_dates(table, where), where)
    return CampaignSettings(**values, path=campaign_file(root, where.path.stem), root=root)  # type: ignore[union-attr]


def _with_text_dates(table: Mapping[str, Any], where: Where) -> Mapping[str, Any]:
    """TOML has dates of its own: `deadline = 2027-01-31` is the same as with quotes."""
    goal = table.get("goal")
    day = goal.get("deadline") if isinstance(goal, dict) else None
    if isinstance(day, datetime):
        raise (where / "goal").error('"deadline" is a day, such as 2027-01-31', "deadline")
    if not isinstance(goal, dict) or not isinstance(day, date):
        return table
    return {**table, "goal": {**goal, "deadline": day.isoformat()}}


def _check_selectors(settings: CampaignSettings, where: Where) -> None:
    """Raise ConfigError for a selector that means nothing, and where nothing is selected."""
    root = settings.root
    for key, selectors in (("select", settings.select), ("ignore", settings.ignore)):
        for selector in selectors:
            _chosen(root, (selector,), (), where, key)
    if not _chosen(root, settings.select, settings.ignore, where, "select"):
        raise where.error('"ignore" takes away all that "select" names', "ignore")


def _chosen(
    root: Path, select: tuple[str, ...], ignore: tuple[str, ...], where: Where, key: str
) -> list[str]:
    worker = Worker(Request(paths=(root,), root=root, select=select, ignore=ignore))
    config = worker.resolver.for_path(root)
    try:
        return [entry.name for entry in worker.chosen(config)]
    except ConfigError as error:
        if str(error).startswith("unknown selector"):
            raise where.error(str(error), key) from error
        raise
