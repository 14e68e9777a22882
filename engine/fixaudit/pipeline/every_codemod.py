"""What holds for the findings of every codemod: shown texts, and files that a program writes."""

from __future__ import annotations

from dataclasses import replace

from fixaudit.authoring.weighing import doubted, left
from fixaudit.edits.debug_fields import changes_shown_text
from fixaudit.files.file_roles import Role
from fixaudit.model.evidence import Evidence, Reach, Strength
from fixaudit.model.finding import Finding, Verdict
from fixaudit.source.role import first_role, role_evidence
from fixaudit.source.source import Source


def doubted_if_shown(source: Source, finding: Finding) -> Finding:
    """`f"{expr=}"` shows the text of its expression: whatever is edited in it, the output changes."""
    if finding.verdict is not Verdict.FIX or not changes_shown_text(source, finding.edits):
        return finding
    text = "it stands in an f-string field with `=`, which shows its text"
    line = source.positions.line_column(finding.span.start)[0]
    proof = Evidence(Strength.PROOF, Reach.STATEMENT, source.path, line, text)
    return doubted(finding, (proof,), text, verdict=Verdict.UNSAFE)


def rested(source: Source, finding: Finding) -> Finding:
    """The finding with evidence: one that brings none is proved by its own site, as its reason says."""
    if finding.evidence or finding.verdict is Verdict.FIX:
        return finding
    line = source.positions.line_column(finding.span.start)[0]
    proof = Evidence(Strength.PROOF, Reach.SITE, source.path, line, finding.reason)
    return replace(finding, evidence=(proof,))


def guarded(source: Source, findings: list[Finding]) -> list[Finding]:
    """Generated files are looked at and left: the next generation would undo every edit."""
    if not any(finding.edits for finding in findings) or not source.is_generated:
        return findings
    played = first_role(source, (Role.GENERATED,))
    assert played is not None
    role = role_evidence(source, played, "a generated file is not edited; change its generator")
    return [left(finding, role) if finding.edits else finding for finding in findings]
