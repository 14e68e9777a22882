"""How `plan` shows a plan: the table and paragraphs, or a document, and the lines for people beside it."""

from __future__ import annotations

import importlib
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.plan.selection import edits
from fixaudit_cli.output.formats import plan_table, text
from fixaudit_cli.output.tally import worth_telling
from fixaudit_cli.output.terminal import Painter, note, write, write_document
from fixaudit_cli.plans import planning
from fixaudit_cli.run import say_of_tree

if TYPE_CHECKING:
    from fixaudit.plan.tree_findings import Survey
    from fixaudit_cli.output.formats.plan_rows import PlanView


def show(view: PlanView, surveyed: Survey, output_format: str) -> None:
    """The plan on standard output, what is to be said besides on stderr."""
    plan = view.plan
    say_of_survey(surveyed)
    if output_format == "json":
        write_document(planning.as_json(plan, surveyed, Path(".")))
        return
    if output_format != "text":
        module = importlib.import_module(f"fixaudit_cli.output.formats.plan_{output_format}")
        write_document(module.document(view).rstrip("\n") + "\n")
        return
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    write(plan_table.table(view, Painter(sys.stdout), width))
    for head in plan.reports:
        for warning in head.warnings:
            note(f"{head.source}: warning: {warning}")
    for problem in plan.problems:
        note(text.problem_line(problem))
    note(view.counts)
    if edits(plan):
        note(f"next: `{view.next}` shows the diff")


def say_of_survey(surveyed: Survey) -> None:
    """What a run over the same files would say of them, on stderr in every format."""
    say_of_tree(surveyed.tree.root)
    planning.say_of_files(surveyed)
    for entry in worth_telling(surveyed.notes):
        note(text.problem_line(entry))
