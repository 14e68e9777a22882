"""What verdicts rest on: hints doubt, proofs and roles decide, and every verdict says where."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import ClassVar

import pytest

from fixaudit import Codemod, Evidence, Finding, Reach, Role, Source, Strength, Verdict
from fixaudit.authoring.weighing import cited
from fixaudit.errors import CodemodError
from fixaudit.pipeline.checked_findings import check_finding
from fixaudit.pipeline.judge import judge
from fixaudit.pipeline.locate import place
from fixaudit.pipeline.order import Order, rests

CODE = b"one = old\ntwo = old\n"


class Renames(Codemod):
    """Renames `old`."""

    name = "renames"
    code = "X900"
    triggers = (b"old",)
    visits = (ast.Name,)
    leaves: ClassVar[dict[Role, str]] = {Role.EXAMPLE: "an example", Role.MIGRATION: "a migration"}

    def judge(self, node: ast.Name, source: Source) -> Iterator[Finding]:
        if node.id == "old":
            yield self.at(node, source)

    def at(self, node: ast.Name, source: Source) -> Finding:
        return self.fix(source, node, "old", [source.replace(node, "new")])


def only(codemod: Codemod, path: str = "shop/stock.py", code: bytes = CODE) -> Finding:
    """The finding of the second line."""
    findings, problems = judge(Source(path, code), [codemod])
    assert problems == []
    return findings[-1]


def hint(line: int, text: str, path: str = "shop/stock.py") -> Evidence:
    return Evidence(Strength.HINT, Reach.FUNCTION, path, line, text)


def leaving(evidence: Sequence[Evidence], enough: int | None = None) -> Codemod:
    class Leaves(Renames):
        """Leaves `old`."""

        hints_to_leave = enough

        def at(self, node: ast.Name, source: Source) -> Finding:
            return self.leave(source, node, evidence)

    return Leaves()


def test_a_text_is_proved_by_the_site_itself() -> None:
    class Reviews(Renames):
        """Asks."""

        def at(self, node: ast.Name, source: Source) -> Finding:
            return self.review(source, node, "nobody knows")

    found = only(Reviews())
    assert found.reason == "nobody knows"
    proof = Evidence(Strength.PROOF, Reach.SITE, "shop/stock.py", 2, "nobody knows")
    assert found.evidence == (proof,)


def test_evidence_that_stands_elsewhere_is_told_with_its_place() -> None:
    elsewhere = Evidence(Strength.PROOF, Reach.DISTRIBUTION, "shop/till.py", 7, "it is read")
    assert only(leaving([elsewhere])).reason == "it is read (shop/till.py:7)"
    above = Evidence(Strength.PROOF, Reach.MODULE, "shop/stock.py", 1, "it is set")
    assert only(leaving([above])).reason == "it is set (line 1)"
    here = Evidence(Strength.PROOF, Reach.SITE, "shop/stock.py", 2, "it is set")
    assert only(leaving([here, above])).reason == "it is set; it is set (line 1)"


def test_what_only_hints_speak_for_is_never_left() -> None:
    found = only(leaving([hint(1, "named so"), hint(2, "worded so")]))
    assert found.verdict is Verdict.REVIEW
    assert found.reason == "named so (line 1); worded so"
    assert found.guidance


def test_a_proof_beside_a_hint_decides() -> None:
    proof = Evidence(Strength.PROOF, Reach.SITE, "shop/stock.py", 2, "followed")
    assert only(leaving([hint(2, "named so"), proof])).verdict is Verdict.LEAVE


@pytest.mark.parametrize(
    ("hints", "verdict"),
    [
        ([hint(1, "named so"), hint(2, "worded so")], Verdict.LEAVE),
        ([hint(1, "named so"), hint(1, "named so")], Verdict.REVIEW),
        ([hint(1, "named so")], Verdict.REVIEW),
    ],
)
def test_two_independent_hints_are_enough_where_a_codemod_says_so(
    hints: list[Evidence], verdict: Verdict
) -> None:
    assert only(leaving(hints, 2)).verdict is verdict


class Doubts(Renames):
    """Doubts its edit."""

    verdict = Verdict.REVIEW

    def at(self, node: ast.Name, source: Source) -> Finding:
        doubt = source.hint(node, "named so")
        return self.doubt(source, node, super().at(node, source), doubt, self.verdict)


def test_a_doubted_edit_is_kept_for_a_report_that_names_the_site() -> None:
    found = only(Doubts())
    assert (found.verdict, found.reason) == (Verdict.REVIEW, "named so")
    assert found.edits
    named = cited(found)
    assert named.verdict is Verdict.FIX
    assert named.withheld is None
    assert named.edits == found.edits
    assert named.reason == "old; a report names it, and against it speaks: named so"
    assert cited(named) == named


def test_what_only_a_report_asks_about_is_left_without_one() -> None:
    class Asks(Renames):
        """Has a value looked at that only a report can call wrong."""

        def at(self, node: ast.Name, source: Source) -> Finding:
            found = self.review(source, node, "it is 3", "say another one")
            return self.left_unless_cited(source, node, found, "nothing asks for another one")

    found = only(Asks())
    assert (found.verdict, found.reason) == (Verdict.LEAVE, "nothing asks for another one")
    named = cited(found)
    assert (named.verdict, named.reason) == (Verdict.REVIEW, "it is 3")
    assert named.guidance == "say another one"
    assert named.withheld is None


def test_a_doubt_may_leave_an_edit_to_unsafe() -> None:
    class Dares(Doubts):
        """Doubts less."""

        verdict = Verdict.UNSAFE

    found = only(Dares())
    assert (found.verdict, found.reason) == (Verdict.UNSAFE, "old; named so")
    assert found.withheld is None
    assert [entry.text for entry in found.evidence] == ["named so"]


def test_a_doubt_is_told_to_who_reviews_a_site_anyway() -> None:
    class Reviews(Renames):
        """Has `old` looked at."""

        def at(self, node: ast.Name, source: Source) -> Finding:
            found = self.review(source, node, "who reads it?", "look")
            return self.doubt(source, node, found, hint(2, "a name says so"))

    found = only(Reviews())
    assert (found.verdict, found.guidance) == (Verdict.REVIEW, "look")
    assert found.reason == "who reads it?; a name says so"
    assert [entry.strength for entry in found.evidence] == [Strength.PROOF, Strength.HINT]
    assert cited(found) == found


def test_the_role_of_a_file_is_evidence_and_says_by_what_it_is_known() -> None:
    example = only(Renames(), "examples/stock.py")
    assert example.verdict is Verdict.LEAVE
    assert example.reason == "an example (it lies below `examples/`)"
    assert [(e.strength, e.reach) for e in example.evidence] == [(Strength.ROLE, Reach.MODULE)]
    assert cited(example).verdict is Verdict.FIX
    migration = only(Renames(), "shop/migrations/0001.py")
    assert migration.reason == "a migration (it lies below `migrations/`)"
    assert migration.edits == ()
    assert cited(migration) == migration


def test_a_finding_that_brings_no_evidence_is_proved_by_its_site() -> None:
    class Makes(Renames):
        """Makes findings by hand."""

        def at(self, node: ast.Name, source: Source) -> Finding:
            return Finding(self.name, self.code, source.span(node), Verdict.LEAVE, "made by hand")

    found = only(Makes())
    assert (found.verdict, found.reason) == (Verdict.LEAVE, "made by hand")
    proof = Evidence(Strength.PROOF, Reach.SITE, "shop/stock.py", 2, "made by hand")
    assert found.evidence == (proof,)


def test_evidence_without_a_line_or_a_text_is_refused() -> None:
    source = Source("shop/stock.py", CODE)
    wrong = Evidence(Strength.PROOF, Reach.SITE, "shop/stock.py", 0, "said")
    for entry in (wrong, "said"):
        finding = Renames().leave(source, source.tree.body[0], "x", because=(entry,))  # type: ignore[arg-type]
        with pytest.raises(CodemodError, match="no Evidence with a line and a text"):
            check_finding(finding, "renames", source)


def test_what_waits_rests_on_the_edit_that_goes_first() -> None:
    source = Source("shop/stock.py", CODE)
    first, second = place(source, judge(source, [Renames()])[0], {"renames": Renames()})
    waiting = Order().wait({second.fingerprint: rests(first)}).told(second).finding
    assert waiting.verdict is Verdict.REVIEW
    (proof,) = waiting.evidence
    assert (proof.strength, proof.path, proof.line) == (Strength.PROOF, "shop/stock.py", 1)
    assert proof.text == waiting.reason
