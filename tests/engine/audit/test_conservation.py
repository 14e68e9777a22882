"""No line with a place, an id or code is lost, whatever the report is made of."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from fixaudit.reports.model import Report
from fixaudit.reports.reader import read_report_bytes

WORDS = (
    "Weak hash", "Summary", "Recommendations", "High Priority Issues", "What to keep", "Strengths", "Appendix", "Notes",
    "The loop never ends", "✅ Fine", "Security", "Won't fix", "Roadmap", "1. Prints", "Résumé", "概要",
)  # fmt: skip
PLACES = ("pkg/a.py:3", "`pkg/b.py`", "`c.py:4-9`", "(d/e.py, lines 3 and 9)", "`web/*.ts`")
IDS = ("SEC-1:", "BUG-22:", "Issue 3:", "[P1] F-9:")
words, places, ids = st.sampled_from(WORDS), st.sampled_from(PLACES), st.sampled_from(IDS)
telling = st.one_of(
    st.tuples(words, places).map(lambda pair: f"{pair[0]} {pair[1]}"),
    st.tuples(places, words).map(lambda pair: f"{pair[0]} - {pair[1]}"),
    st.tuples(words, places).map(lambda pair: f"**{pair[0]}**: {pair[1]}"),
)
titled = st.tuples(ids, words).map(" ".join)
# A block is its lines, each with whether it tells a place, an id or where code begins.
Block = list[tuple[str, bool]]
said = st.one_of(telling.map(lambda text: (text, True)), words.map(lambda text: (text, False)))
headed = st.one_of(said, titled.map(lambda text: (text, True)))
heading = st.tuples(st.integers(1, 5), headed).map(
    lambda made: [("#" * made[0] + " " + made[1][0], made[1][1]), ("", False)]
)
paragraph = said.map(lambda made: [made, ("", False)])
item = st.tuples(st.sampled_from(("- ", "1. ", "- [ ] ", "- [x] ", "  - ", "    - ")), said).map(
    lambda made: [(made[0] + made[1][0], made[1][1])]
)
fence = st.sampled_from(("python", "", "text")).map(
    lambda info: [(f"```{info}", True), ("x = f(1)", False), ("```", False), ("", False)]
)
lead = headed.map(lambda made: [(f"**{made[0].replace('**', '')}**", made[1]), ("", False)])
quote = said.map(lambda made: [("> " + made[0], made[1]), ("", False)])
row = st.tuples(words, places).map(lambda pair: (f"| {pair[0]} | {pair[1]} | High |", True))


def table(header: str, rows: Block) -> Block:
    return [("", False), (header, False), ("|---|---|---|", False), *rows, ("", False)]


tables = st.builds(
    table,
    st.sampled_from(("| Issue | File | Severity |", "| What | Where | So |", "| Name | Share | Mark |")),
    st.lists(row, min_size=1, max_size=3),
)  # fmt: skip
documents = st.lists(
    st.one_of(heading, paragraph, item, fence, lead, quote, tables), min_size=1, max_size=14
)


def accounted(report: Report) -> set[int]:
    spans = [(f.line, f.end_line) for f in report.findings]
    spans += [(m.line, m.end_line) for f in report.findings for m in f.mentions]
    spans += [(e.line, e.end_line) for e in report.exclusions]
    spans += [(n.line, n.end_line) for n in report.not_taken]
    return {line for first, last in spans for line in range(first, max(first, last) + 1)}


@settings(deadline=None)
@given(documents)
def test_every_telling_line_is_accounted_for(blocks: list[Block]) -> None:
    lines = [line for block in blocks for line in block]
    report = read_report_bytes("x.md", ("# Report\n\n" + "\n".join(t for t, _ in lines)).encode())
    told = {number for number, (_, tells) in enumerate(lines, 3) if tells}
    lost = told - accounted(report)
    assert not lost, [lines[number - 3][0] for number in sorted(lost)]
