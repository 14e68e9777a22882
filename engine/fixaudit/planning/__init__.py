"""From audit reports to a plan over a tree: anchoring, pairing, verdicts, and the report given back.

`survey` runs the codemods over a tree, `make_plan` plans one or several reports over it, `chosen`
and `edits` narrow the plan down, `document` and `load` keep it in a file, `annotate` writes the
report with a status line under each finding.
"""

from __future__ import annotations

from fixaudit.planning.annotate import annotate, bare
from fixaudit.planning.choose import Choice, PlannedEdit, chosen, edits, stored_entries
from fixaudit.planning.model import Anchor, AuditPlan, Pair, Planned, Status
from fixaudit.planning.plan import make_plan
from fixaudit.planning.planfile import document, dump
from fixaudit.planning.reexamine import reexamine
from fixaudit.planning.stored import Entry, PlanFile, load, stored
from fixaudit.planning.survey import Survey, survey
from fixaudit.planning.tree import Tree

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
