"""What a careful reader of a tree answers to each finding of its report, compared with the plan."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("services")

Plan = dict[str, Any]
Answer = dict[str, Any]


def key_of(name: str) -> dict[str, Answer]:
    """The answers by the finding's id.

    `places` gives the status of each cited place, `flaw` and `verdict` are the plan's words, `sites`
    what becomes of each site (`codemod path:lines`; `kept` is not edited), `options` what the report
    says of a codemod's options, `commit` the subject of the commit that repaired it.
    """
    answers: dict[str, Answer] = json.loads((DATA / f"{name}_key.json").read_text())
    return answers


def known_differences(name: str) -> dict[str, str]:
    """Where the plan is known to say something else than the key, with who is right and why."""
    told: dict[str, str] = json.loads((DATA / f"{name}_differences.json").read_text())
    return told


def differences(key: dict[str, Answer], plan: Plan) -> dict[str, str]:
    """What the plan says otherwise: `finding: what` to what it says."""
    found: dict[str, str] = {}
    for entry in plan["findings"]:
        if entry["id"] not in key:
            found[f"{entry['id']}: not in the key"] = entry["title"]
            continue
        for what, said in _compared(key[entry["id"]], entry, plan):
            found[f"{entry['id']}: {what}"] = said
    told = {entry["id"] for entry in plan["findings"]}
    return found | {f"{missing}: a finding": "not told" for missing in key.keys() - told}


def _compared(answer: Answer, entry: Plan, plan: Plan) -> Iterator[tuple[str, str]]:
    for what in ("verdict", "flaw"):
        if entry[what] != answer[what]:
            yield what, entry[what]
    cited = {_cited(place): place["status"] for place in entry["places"]}
    for place in sorted({*answer["places"], *cited}):
        if cited.get(place) != answer["places"].get(place):
            yield f"place {place}", cited.get(place, "not told")
    for site, wanted in answer["sites"].items():
        said = _said_of(site, entry, plan)
        if said != wanted and (said, wanted) != ("leave", "kept"):
            yield site, said
    for name, options in answer.get("options", {}).items():
        told = "\n".join(entry["settings"])
        if f"[codemods.{name}]" not in told or any(
            f"{option} = {value}" not in told for option, value in options.items()
        ):
            yield f"options of {name}", told or "not told"
    if "commit" in answer and answer["commit"] not in entry["says"]:
        yield "commit", entry["says"]


def _cited(place: Plan) -> str:
    if not place["cited_lines"]:
        return str(place["cited"])
    first, last = place["cited_lines"]
    lines = str(first) if first == last else f"{first}-{last}"
    # A short path counts as the file that it was found to be.
    return f"{place['path'] or place['cited']}:{lines}"


def _said_of(site: str, entry: Plan, plan: Plan) -> str:
    """`kept` for a site that no edit of the plan is about; else the verdict of its row."""
    match = re.fullmatch(r"(\S+) (\S+):(\d+)(?:-(\d+))?", site)
    assert match is not None, site
    lines = range(int(match[3]), int(match[4] or match[3]) + 1)

    def is_it(row: Plan) -> bool:
        return (row["codemod"], row["path"]) == (match[1], match[2]) and row["line"] in lines

    here = [row["verdict"] for row in entry["here"] if is_it(row)]
    for verdict in ("fix", "unsafe", "review"):
        if verdict in here:
            return verdict
    if any(is_it(row) for row in plan["edits"]):
        return "edited"
    return "kept" if not here else str(here[0])
