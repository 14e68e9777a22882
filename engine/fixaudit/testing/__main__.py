"""`python -m fixaudit.testing NAME [CASE]`: the quick loop of who writes a codemod."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path

from fixaudit.authoring.codemod import Codemod
from fixaudit.errors import FixauditError
from fixaudit.model.finding import Verdict
from fixaudit.registry.loader import ENTRY_POINT_GROUP, checked, installed_codemods, local_codemods
from fixaudit.testing.cases import Case, Specimen
from fixaudit.testing.catalogue import Fixtures, check_coverage
from fixaudit.testing.failure_report import difference, report
from fixaudit.testing.results import said, sites_of, text_after
from fixaudit.testing.updating import update
from fixaudit.testing.variant_checks import variants_of


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_intermixed_args(arguments)
    try:
        return _run(options)
    except FixauditError as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m fixaudit.testing", description=__doc__)
    parser.add_argument("name", help="the codemod's name or code")
    parser.add_argument("case", nargs="?", default="", help="only fixtures whose name holds this")
    parser.add_argument(
        "--root", type=Path, default=Path("fixtures"), help="holds before and after"
    )
    parser.add_argument("--codemods", type=Path, action="append", default=[], metavar="FOLDER")
    parser.add_argument("--update", action="store_true", help="rewrite the files in `after`")
    parser.add_argument("-q", "--quiet", action="store_true", help="print failures only")
    return parser


def _run(options: argparse.Namespace) -> int:
    codemod = _codemod(options.name, options.codemods)
    fixtures = Fixtures(options.root.absolute(), [codemod])
    cases = [case for case in fixtures.cases() if options.case in case.name]
    if not cases:
        print(f"{options.root}: no fixture of {codemod.name} fits", file=sys.stderr)
        return 2
    if options.update:
        _update(cases)
        cases = [case for case in fixtures.cases() if options.case in case.name]
    failed = sum(_show(case, quiet=options.quiet) for case in cases)
    coverage = None if options.case else check_coverage(fixtures, codemod)
    if coverage:
        print(coverage)
    print(f"{len(cases)} fixtures, {failed} failures")
    return 1 if failed or coverage else 0


def _codemod(word: str, folders: Sequence[Path]) -> type[Codemod]:
    if not folders and (alone := _in_module_called(word)) is not None:
        return alone
    known = checked([*installed_codemods(), *local_codemods(folders)])
    for codemod in known:
        if word in {codemod.name, codemod.code}:
            return codemod
    names = ", ".join(codemod.name for codemod in known)
    raise FixauditError(f"no codemod is called {word}; there are {names}")


def _in_module_called(name: str) -> type[Codemod] | None:
    """The codemod of the installed module named after it, whatever state the others are in."""
    for entry in entry_points(group=ENTRY_POINT_GROUP):
        place = f"{entry.value}.{name.replace('-', '_')}"
        if importlib.util.find_spec(entry.value) and importlib.util.find_spec(place):
            for value in vars(importlib.import_module(place)).values():
                if isinstance(value, type) and getattr(value, "name", None) == name:
                    return value
    return None


def _update(cases: Sequence[Case]) -> None:
    for case in cases:
        for entry in update(case):
            if entry.refused is not None:
                print(f"{entry.label}: not written: {entry.refused}")
                continue
            print(f"{entry.label}: {'removed' if entry.new is None else 'written'}")
            print(difference(entry.old or b"", entry.new or b"", ("before --update", "now")))


def _show(case: Case, *, quiet: bool) -> int:
    """Prints what the codemod says about a fixture and what fails; the number of failures."""
    if not quiet:
        print(case.label)
        for specimen in case.specimens:
            _show_specimen(specimen)
    reports = [report(case), *(report(case, variant) for variant in variants_of(case))]
    failures = [entry for entry in reports if entry is not None]
    for entry in failures:
        print(f"FAILED {entry}\n")
    return len(failures)


def _show_specimen(specimen: Specimen) -> None:
    if specimen.before is None:
        return
    try:
        outcome = specimen.calm if specimen.case.verdict is Verdict.FIX else specimen.bold
    except FixauditError:
        return
    for site in sites_of(outcome):
        place = "" if specimen.relative == "." else f"{specimen.relative}:"
        applied = " (applied)" if site.applied else ""
        print(f"  {place}{site.line}:{site.column} {site.finding.verdict}{applied}: {said(site)}")
    text = text_after(outcome, specimen.before)
    if text != specimen.before:
        print(difference(specimen.before, text, ("before", "after")))


if __name__ == "__main__":
    sys.exit(main())
