"""From audit reports to a plan over a tree: anchoring, pairing, verdicts, and the report given back.

`survey` runs the codemods over a tree, `make_plan` plans one or several reports over it, `chosen`
and `edits` narrow the plan down, `document` and `load` keep it in a file, `annotate` writes the
report with a status line under each finding.
"""

from __future__ import annotations

from fixaudit.plan.annotate import annotate, bare
from fixaudit.plan.codebase import Tree
from fixaudit.plan.model import Anchor, AuditPlan, Pair, Planned, Status
from fixaudit.plan.plan import make_plan
from fixaudit.plan.plan_file import document, dump
from fixaudit.plan.recheck import reexamine
from fixaudit.plan.selection import Choice, PlannedEdit, chosen, edits
from fixaudit.plan.stored import Entry, PlanFile, load, stored, stored_entries
from fixaudit.plan.tree_findings import Survey, survey

__all__ = [
    "Anchor",
    "AuditPlan",
    "Choice",
    "Entry",
    "Pair",
    "PlanFile",
    "Planned",
    "PlannedEdit",
    "Status",
    "Survey",
    "Tree",
    "annotate",
    "bare",
    "chosen",
    "document",
    "dump",
    "edits",
    "load",
    "make_plan",
    "reexamine",
    "stored",
    "stored_entries",
    "survey",
]
