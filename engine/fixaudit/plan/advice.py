"""What a report advises, and what its words hold of a file: names and lines of code."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fixaudit.plan.codebase import squeeze
from fixaudit.plan.old_code import LONG, TELLING, bare, plain
from fixaudit.reports.model import ReportFinding, Snippet

_CALLED = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+|[A-Za-z_]\w*(?=\()|[A-Za-z]\w*_\w+|_\w+_\w+")
_METHOD = re.compile(r"(?<=\.)[a-z]+_[a-z_]+(?=\()")
_METHOD_LENGTH = 8
"""Letters of a method's name with an underscore that an advice calls: no text has one by chance."""
_CLASS = re.compile(r"\b[A-Z][a-z0-9]+[A-Z]\w*\b")
_FILE = re.compile(r"\.(?:py|pyi|env|md|txt|ya?ml|json|toml|cfg|ini|js|ts|html|sql|sh)$")
_STATEMENT = 8
"""Characters that a whole line of code needs to be known in the words of an advice: `import re`."""
_COMMENT = re.compile(r"#.*$|\"\"\".*?\"\"\"|'''.*?'''", re.MULTILINE | re.DOTALL)


def advised_lines(finding: ReportFinding) -> set[str]:
    """The lines of code that a report advises, without their layout."""
    code = (snippet.code for snippet in _recommended(finding))
    return {plain(bare(line)) for text in code for line in text.splitlines()}


def advised_names(finding: ReportFinding, *, told: bool = False) -> set[str]:
    """The dotted names, the calls, the classes and the names with an underscore that a report advises,
    in words or in code; with `told` those by which it tells the problem as well."""
    text = f"{finding.recommendation}\n{finding.problem if told else ''}"
    called = {e for e in _METHOD.findall(finding.recommendation) if len(e) >= _METHOD_LENGTH}
    return names_of(text) | called | coded_names(finding)


def coded_names(finding: ReportFinding) -> set[str]:
    """Those of them that stand in the code that the report advises."""
    return names_of("\n".join(_COMMENT.sub("", snippet.code) for snippet in _recommended(finding)))


def names_of(text: str) -> set[str]:
    """The dotted names, the calls, the classes and the names with an underscore in a text."""
    found = {*_CALLED.findall(text), *_CLASS.findall(text)}
    found |= {name.rpartition(".")[2] for name in found if "." in name}
    return {name for name in found if len(name) >= TELLING and not _FILE.search(name)}


def worded(lines: Iterable[str], finding: ReportFinding) -> list[str]:
    """The lines of code that stand in a finding's words as they stand in the file."""
    words = squeeze(f"{finding.title}\n{finding.problem}")
    found = (line.strip() for line in lines)
    return [
        line
        for line in dict.fromkeys(found)
        if len(key := plain(bare(line)).rstrip(":,")) >= TELLING
        and not line.startswith(("#", "def ", "class ", "async def "))
        and (len(key) >= LONG or not key.isidentifier())
        and key in words
    ]


def says_to_write(line: str, finding: ReportFinding) -> bool:
    """True for a line of code that a report's advice holds word for word: a whole statement."""
    wanted = " ".join(bare(line).strip().rstrip(":,").split())
    if len(plain(wanted)) < _STATEMENT or wanted.isidentifier():
        return False
    text = " ".join(finding.recommendation.split())
    return re.search(rf"(?<![\w.]){re.escape(wanted)}(?![\w(])", text) is not None


def _recommended(finding: ReportFinding) -> Iterable[Snippet]:
    return (snippet for snippet in finding.snippets if snippet.role == "recommended")
