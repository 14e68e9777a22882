"""The options that select files and codemods, and the request they make."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fixaudit.config.commandline import parse_config_arguments
from fixaudit.config.request import Request
from fixaudit.errors import ConfigError, ReportError

FORMATS = ("text", "json")
REPORTS = (".md", ".markdown", ".sarif", ".json", ".csv", ".html", ".htm")
"""How the names of reports end; only what is named so is asked whether it is one."""
PLAN_FORMATS = (*FORMATS, "sarif", "markdown", "html")
RUN_FORMATS = (*FORMATS, "sarif", "github", "junit", "markdown", "html")


def check_format(value: str, known: Sequence[str] = FORMATS) -> None:
    """Refuse an output format that does not exist.

    Raises:
        ConfigError: with the ones that do.
    """
    if value not in known:
        raise ConfigError(f"--output-format {value}: choose one of {', '.join(known)}")


@dataclass(frozen=True, slots=True)
class Selection:
    """The options that select files, codemods and configuration, as given."""

    select: Sequence[str] | None = None
    extend_select: Sequence[str] | None = None
    ignore: Sequence[str] | None = None
    exclude: Sequence[str] | None = None
    recurse: bool = False
    config: Sequence[str] | None = None
    isolated: bool = False
    local_code: bool | None = None


def words(values: Iterable[str] | None) -> tuple[str, ...]:
    """The words of a repeatable option; each of its values may hold several, parted by commas."""
    return tuple(
        word.strip() for value in values or () for word in value.split(",") if word.strip()
    )


def _refuse_report(path: Path) -> None:
    """Raises ConfigError for a file with findings that `plan` reads."""
    from fixaudit.reports.reader import read_report

    try:
        is_report = path.is_file() and bool(read_report(path).findings)
    except ReportError:
        return
    if is_report:
        command = shlex.join(("fixaudit", "plan", str(path)))
        raise ConfigError(f"{path}: this is a report: `{command}` says what to do about it")


def request(
    paths: Sequence[Path] | None,
    selection: Selection,
    *,
    unsafe: bool | None = None,
    format: bool | None = None,
    write: bool = True,
) -> Request:
    """The request that the options make.

    Raises:
        ConfigError: a `--config` that is neither a file nor TOML, or a report in place of code.
    """
    for path in paths or ():
        if path.suffix.lower() in REPORTS:
            _refuse_report(path)
    return Request(
        paths=tuple(paths or (Path("."),)),
        select=words(selection.select) if selection.select else None,
        extend_select=words(selection.extend_select),
        ignore=words(selection.ignore),
        exclude=words(selection.exclude),
        unsafe=unsafe,
        format=format,
        config=parse_config_arguments(selection.config or ()),
        isolated=selection.isolated,
        local_code=selection.local_code,
        recurse=selection.recurse,
        write=write,
    )
