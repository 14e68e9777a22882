"""Audit reports as data: `read_report` takes Markdown, HTML, SARIF 2.1.0, JSON and CSV.

Nothing here looks at the audited tree: paths are only what the report says. Anchoring them is the
business of whoever holds a project.
"""
