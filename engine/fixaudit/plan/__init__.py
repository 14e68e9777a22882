"""From audit reports to a plan over a tree: anchoring, pairing, verdicts, and the report given back.

`survey` runs the codemods over a tree, `make_plan` plans one or several reports over it, `chosen`
and `edits` narrow the plan down, `document` and `load` keep it in a file, `annotate` writes the
report with a status line under each finding.
"""
