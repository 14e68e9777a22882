"""Fits the weights by which a report's findings are told: `fit_evidence.py FOLDER… [--others FOLDER] [--leave-out f-] [--check]`.

FOLDER holds the texts of labelled reports (`tests/engine/audit/labelled/NAME.json` says where each comes
from; the texts are not in this repository). `--others FOLDER` has documents without a finding: guides,
changelogs. The invented reports and the five audits under `tests` and
`examples` are learned from as well, by the lines in `scripts/evidence_lines.json`. Writes
`engine/fixaudit/reports/evidence_weights.json`. `--check` fits on seven eighths of the reports at a time and
prints how the others are read: recall and precision of entries, before repeats are united.

Needs the extra `fit` (scikit-learn): logistic regression, L2.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from fixaudit.errors import ReportError
from fixaudit.reports.evidence_around import Node, nodes_of
from fixaudit.reports.evidence_scores import tell_scores
from fixaudit.reports.markdown import document_of, with_newlines
from fixaudit.reports.mojibake import repair
from fixaudit.reports.reader import sniff, text_of
from fixaudit.reports.selection import KINDS, Model, Weights, chosen, facts_of, score, weigh
from fixaudit.reports.tool_report import read_tool_report
from fixaudit.reports.weighing import weigh as surround

HERE = Path(__file__).parent.parent
LABELS = HERE / "tests/engine/audit/labelled"
LINES = HERE / "scripts/evidence_lines.json"
SMALL = HERE / "scripts/evidence_small.jsonl"
TABLE = HERE / "engine/fixaudit/reports/evidence_weights.json"
STRENGTH = 0.03
"""`C` of the regression: how far weights may go from 0."""
PARTS = 4
"""How many parts reports are cut into, so that each is scored by weights that do not know it."""
FOR_RECALL = 0.7
"""Added to every score: a finding missed costs more than one too many, which repeats may still unite."""


@dataclass(frozen=True)
class Example:
    """A report with what is right for each of its nodes: True, False, None where it does not matter."""

    name: str
    nodes: list[Node]
    right: list[bool | None]
    weight: float


def nodes_in(path: Path) -> list[Node] | None:
    """The nodes of a report in prose; None for one that its own reader reads."""
    return nodes_of_bytes(path.name, path.read_bytes())


def nodes_of_bytes(name: str, data: bytes) -> list[Node] | None:
    text, _ = text_of(name, data)
    form, _ = sniff(name, text)
    if form not in ("markdown", "html") or (
        form == "markdown" and read_tool_report(name, text) is not None
    ):
        return None
    document = document_of(name, repair(with_newlines(text)), form)
    surround(document)
    return nodes_of(document, name)


def labelled(path: Path, text: Path) -> Example | None:
    nodes = nodes_in(text)
    if nodes is None:
        return None
    findings = json.loads(path.read_text("utf-8"))["findings"]
    found = _at([row["line"] for row in findings], nodes)
    idents = {
        str(row["id"]).casefold()
        for row in findings
        if row["id"] and not str(row["id"])[0].isdigit()
    }
    titles = [_words(row["title"]) for row in findings]
    right = [
        True if at in found else None if _repeats(node, idents, titles) else False
        for at, node in enumerate(nodes)
    ]
    return Example(path.stem, nodes, right, 1.0)


def _at(lines: Sequence[int], nodes: Sequence[Node]) -> set[int]:
    """The nodes (by index) that begin at the lines, or next to them where a label is a line off."""
    by_line: dict[int, int] = {}
    for at, node in enumerate(nodes):
        by_line.setdefault(node.entry.line, at)
    near = (0, -1, 1, 2, -2)
    found = (next((by_line[n + d] for d in near if n + d in by_line), None) for n in lines)
    return {at for at in found if at is not None}


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]{3,}", text.casefold()))


def _repeats(node: Node, idents: set[str], titles: list[frozenset[str]]) -> bool:
    """True for an entry that says a finding again: uniting repeats is not for this model."""
    title = node.entry.title
    if title.id and title.id.casefold() in idents:
        return True
    row = node.entry.rest.text if node.entry.kind == "row" else ""
    words = _words(f"{title.text} {row}")
    return len(words) > 1 and any(
        len(words & told) > 1 and len(words & told) * 10 >= 7 * min(len(words), len(told))
        for told in titles
        if told
    )


def examples(
    folders: Sequence[Path], leave_out: str = "", others: Sequence[Path] = ()
) -> Iterator[Example]:
    texts = {path.stem: path for folder in folders for path in sorted(folder.iterdir())}
    for path in sorted(LABELS.glob("*.json")):
        if leave_out and path.stem.startswith(leave_out):
            continue
        if path.stem not in texts:
            print(f"no text of {path.stem}", file=sys.stderr)
            continue
        made = labelled(path, texts[path.stem])
        if made is not None:
            yield made
    for path in others:
        nodes = nodes_in(path)
        if nodes:
            yield Example(path.name, nodes, [False] * len(nodes), 0.3)
    for row in map(json.loads, SMALL.read_text("utf-8").splitlines()):
        nodes = nodes_of_bytes(row["name"], row["text"].encode())
        if nodes:
            found = _at(row["lines"], nodes)
            yield Example(row["name"], nodes, [at in found for at in range(len(nodes))], 1.5)
    for name, lines in json.loads(LINES.read_text("utf-8")).items():
        nodes = nodes_in(HERE / name)
        if nodes is not None:
            found = _at(lines, nodes)
            yield Example(name, nodes, [at in found for at in range(len(nodes))], 2.0)


def fit(data: Sequence[Example]) -> Model:
    """Both tables of weights. The second one learns from first scores by weights of other reports."""
    for each in data:
        for node in each.nodes:
            node.scored = {}
    first = regression(data)
    order = list(data)
    random.Random(5).shuffle(order)
    for part in range(PARTS):
        others = regression([each for at, each in enumerate(order) if at % PARTS != part])
        for each in order[part::PARTS]:
            score(each.nodes, others)
    for each in data:
        tell_scores(each.nodes, chosen(each.nodes))
    return Model(first, regression(data))


def regression(data: Sequence[Example]) -> Weights:
    """Weights of every fact, for all kinds of entries together and for each kind apart."""
    names = sorted({fact for each in data for node in each.nodes for fact, _ in facts_of(node)})
    at = {name: number for number, name in enumerate(names)}
    width, kinds = len(names), max(KINDS.values()) + 1
    at_row, at_column, values = [], [], []
    right: list[bool] = []
    weight: list[float] = []
    for each in data:
        share = each.weight / math.sqrt(len(each.nodes) or 1)
        for node, answer in zip(each.nodes, each.right, strict=True):
            if answer is None:
                continue
            kind = KINDS[node.entry.kind]
            told = [(at[fact], value) for fact, value in facts_of(node)]
            told += [(width * (kind + 1) + column, value) for column, value in told]
            told.append((width * (kinds + 1) + kind, 1.0))
            at_row += [len(right)] * len(told)
            at_column += [column for column, _ in told]
            values += [value for _, value in told]
            right.append(answer)
            weight.append(share)
    scale = len(weight) / math.fsum(weight)
    model = LogisticRegression(C=STRENGTH, max_iter=400, tol=1e-3)
    shape = (len(right), width * (kinds + 1) + kinds)
    rows = csr_matrix((values, (at_row, at_column)), shape=shape)
    model.fit(rows, np.array(right), sample_weight=np.array(weight) * scale)
    flat = model.coef_[0]
    apart = [flat[width * (k + 1) : width * (k + 2)] + flat[:width] for k in range(kinds)]
    start = [
        float(flat[width * (kinds + 1) + k] + model.intercept_[0] + FOR_RECALL)
        for k in range(kinds)
    ]
    of = {
        name: tuple(round(float(column[number]), 3) for column in apart)
        for name, number in at.items()
    }
    return Weights({n: row for n, row in of.items() if any(row)}, tuple(round(s, 3) for s in start))


def check(data: Sequence[Example]) -> None:
    """Prints how reports are read by weights fitted on others."""
    order = [each for each in data if each.weight == 1.0]
    random.Random(3).shuffle(order)
    totals = [0, 0, 0]
    for fold in (order[start::8] for start in range(8)):
        names = {each.name for each in fold}
        model = fit([each for each in data if each.name not in names])
        for each in fold:
            counts = counted(each, model)
            totals = [a + b for a, b in zip(totals, counts, strict=True)]
            print(f"{each.name:32} {counts[0]:3}/{counts[1]:3}/{counts[2]:3}")
    print(f"all: recall {totals[0] / totals[1]:.3f}, precision {totals[0] / totals[2]:.3f}")


def counted(each: Example, model: Model) -> list[int]:
    """How many entries are rightly chosen, of how many, among how many."""
    weigh(each.nodes, model)
    at = {id(node): answer for node, answer in zip(each.nodes, each.right, strict=True)}
    answers = [at[id(node)] for node in chosen(each.nodes)]
    return [answers.count(True), each.right.count(True), len(answers) - answers.count(None)]


def written(table: Weights) -> str:
    """A table as JSON, a fact a line."""
    rows = [f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in sorted(table.of.items())]
    body = ",\n".join(rows)
    return f'{{"start": {json.dumps(table.start)}, "weights": {{\n{body}\n}}}}'


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--leave-out", default="")
    parser.add_argument("--others", type=Path, help="folder of documents that hold no findings")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    try:
        others = sorted(options.others.iterdir()) if options.others else []
        data = list(examples(options.folders, options.leave_out, others))
    except ReportError as error:
        print(error, file=sys.stderr)
        return 2
    if options.check:
        check(data)
        return 0
    model = fit(data)
    tables = ",\n".join(
        f'"{name}": {written(getattr(model, name))}' for name in ("first", "second")
    )
    TABLE.write_text(f"{{{tables}}}\n", "utf-8")
    print(f"{len(model.second.of)} facts of {len(data)} reports")
    return 0


if __name__ == "__main__":
    sys.exit(main())
