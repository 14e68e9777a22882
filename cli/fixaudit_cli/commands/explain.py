"""`fixaudit explain`: the documentation of a codemod, or every verdict about one line."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fixaudit.errors import ConfigError
from fixaudit.text.visible import visible
from fixaudit_cli.options import options

if TYPE_CHECKING:
    from fixaudit.authoring.codemod import Codemod
    from fixaudit_cli.output.terminal import Painter

Subject = Annotated[str, typer.Argument(help="A codemod's name or code, or PATH:LINE.")]
_CHANGING = ("fix", "unsafe")
_OPTIONS = re.compile(rb"^# options: (\{.*\})", re.MULTILINE)
_PLACE = re.compile(r"(?P<path>.+):(?P<line>\d+)(?::\d+)?")


def command(
    subject: Subject,
    config: options.ConfigOption = None,
    isolated: options.Isolated = False,
    local_code: options.LocalCode = None,
) -> int:
    """Explain a codemod, or every codemod's verdict and reason at PATH:LINE."""
    selection = options.Selection(
        select=["all"], config=config, isolated=isolated, local_code=local_code
    )
    place = _PLACE.fullmatch(subject)
    if place is not None:
        return _explain_place(Path(place["path"]), int(place["line"]), selection)
    if Path(subject).is_file():
        raise ConfigError(f"{subject}: add the line, as in {subject}:12")
    return _explain_codemod(subject, selection)


def _explain_place(path: Path, line: int, selection: options.Selection) -> int:
    from fixaudit.pipeline.execution import Speed
    from fixaudit_cli.output.formats import text
    from fixaudit_cli.output.reporting import report_problems
    from fixaudit_cli.output.tally import Tally, sites_of
    from fixaudit_cli.output.terminal import Painter, write
    from fixaudit_cli.run import Run, exit_code

    if not path.is_file():
        raise ConfigError(f"{path}: does not exist or is no file")
    request, tally = options.request([path], selection, write=False), Tally()
    outcomes = Run(request, speed=Speed(jobs=1, cache=False)).outcomes(tally)
    found = [site for outcome in outcomes for site in sites_of(outcome)]
    report_problems(tally)
    if tally.failed:
        return exit_code(tally, acting=False)
    sites = [site for site in found if site.line <= line <= site.end_line]
    paint = Painter(sys.stdout)
    for site in sites:
        write(text.site_line(site, paint) + text.guidance_line(site) + text.evidence_lines(site))
    if not sites:
        near = sorted({site.line for site in found}, key=lambda entry: abs(entry - line))
        hint = f"; the nearest site is at line {near[0]}" if near else ""
        write(f"{visible(str(path))}:{line}: no codemod sees a site here{hint}\n")
    return exit_code(tally, acting=False)


def _explain_codemod(word: str, selection: options.Selection) -> int:
    from fixaudit_cli.output.codemod_list import Known
    from fixaudit_cli.output.terminal import Painter, write

    paint = Painter(sys.stdout)
    known = Known(selection)
    found = known.chosen([word])
    for number, entry in enumerate(entry for entry in found if entry.folder is None):
        write(("\n" if number else "") + describe(entry.load(), paint))
    return known.told(found)


def describe(codemod: type[Codemod], paint: Painter) -> str:
    """The docstring, options, roles left alone and an example of one codemod."""

    state = "on by default" if codemod.default else "off by default"
    tags = ", ".join(sorted(codemod.tags)) or "none"
    parts = [
        f"{paint(codemod.code, 'bold')} {paint(codemod.name, 'bold')} ({state}; sets: {tags})\n\n",
        visible(codemod.documentation(), lines=True) + "\n",
        _options_text(codemod, paint),
        _roles_text(codemod, paint),
    ]
    if codemod.equivalent_codes:
        parts.append(f"\nAlso suppressed by: {', '.join(codemod.equivalent_codes)}\n")
    example = _example_diff(codemod.name)
    if example:
        parts.append(f"\n{paint('Example', 'bold')}\n\n{visible(example, lines=True)}")
    return "".join(parts)


def _options_text(codemod: type[Codemod], paint: Painter) -> str:
    rows = []
    defaults = codemod.Options()
    for entry in fields(codemod.Options):
        name = entry.name.replace("_", "-")
        text = codemod.options_help.get(entry.name, "")
        rows.append(f"  {name} = {getattr(defaults, entry.name)!r}\n      {text}\n")
    if not rows:
        return ""
    return f"\n{paint(f'Options ([tool.fixaudit.codemods.{codemod.name}])', 'bold')}\n" + "".join(
        rows
    )


def _roles_text(codemod: type[Codemod], paint: Painter) -> str:
    rows = [f"  {role}: {reason}\n" for role, reason in codemod.leaves.items()]
    if not rows:
        return ""
    return f"\n{paint('Files it leaves alone', 'bold')}\n" + "".join(rows)


def _example_diff(name: str) -> str:
    """A short diff of the codemod's smallest changing fixture; empty where there is none."""
    from fixaudit.text.unified_diff import unified

    for before_root in _fixture_roots():
        folder = before_root / name
        cases = [
            path
            for verdict in _CHANGING
            for path in folder.glob(f"{verdict}_*.py")
            if path.is_file()  # a pipe would hold the run
        ]
        if not cases:
            continue
        case = min(cases, key=lambda path: (path.stat().st_size, path.name))
        after = before_root.parent / "after" / name / case.name
        if after.is_file():
            before = case.read_bytes()
            patch = unified(case.name, before, after.read_bytes()).patch
            return _configured(name, before) + patch.decode("utf-8", "surrogateescape")
    return ""


def _configured(name: str, before: bytes) -> str:
    """The lines of configuration by which an example is as it is; empty where it needs none."""
    written = _OPTIONS.search(before)
    found = json.loads(written[1]) if written is not None else {}
    rows = [f"{key.replace('_', '-')} = {_toml(value)}\n" for key, value in found.items()]
    return f"[tool.fixaudit.codemods.{name}]\n{''.join(rows)}\n" if rows else ""


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _fixture_roots() -> list[Path]:
    # codemods/fixaudit_codemods and fixtures/ stand side by side in a checkout.
    checkout = Path(__file__).resolve().parents[3] / "fixtures" / "before"
    return [root for root in (checkout, Path.cwd() / "fixtures" / "before") if root.is_dir()]
