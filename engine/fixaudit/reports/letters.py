"""Reviews sent as a mail: its head and signature, and comments between quoted lines of a patch."""

from __future__ import annotations

import re

from fixaudit.reports.vocabulary import states_approval

_HEAD = re.compile(
    r"(?:From|To|Cc|Date|Subject|Message-I[dD]|In-Reply-To|References|Reply-To|List-\w+)(?=:)"
)
_FILE = re.compile(r"\+\+\+ (?:b/)?(?P<path>[^\s]+)|diff --git a/\S+ b/(?P<git>\S+)")
_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(?P<line>\d+)")
_ABOUT = re.compile(r"(?:In|On) (?P<path>[\w./-]+\.\w+)(?:\s+\(?<?https?:\S+)?\)?:?\s*\Z")
_QUOTE = re.compile(r"\s?>(?:\s?>)*\s?")
_SAYS = re.compile(
    r"(?:On .{6,80}|.{3,60}) (?:wrote|writes|schrieb|a écrit|escribió|ha scritto|commented)\b.*:?\s*\Z"
)


def without_envelope(text: str) -> str:
    """`text` with the subject as its heading, without signature; comments on a patch carry their place."""
    lines = text.split("\n")
    head = 0
    while head < len(lines) and (_HEAD.match(lines[head]) or (head and lines[head][:1].isspace())):
        head += 1
    if head > 1:
        subject = next((line for line in lines[:head] if line.startswith("Subject:")), "")
        title = subject.partition(":")[2].strip()
        lines[:head] = [title, "=" * len(title), *[""] * (head - 2)] if title else [""] * head
    end = next(
        (at for at, line in enumerate(lines) if line in ("-- ", "--") and at * 2 > len(lines)), None
    )
    if end is not None:
        lines[end:] = [""] * (len(lines) - end)
    if sum(line.lstrip().startswith(">") for line in lines) > 1:
        lines = _answered(lines)
    return "\n".join(lines)


def _answered(lines: list[str]) -> list[str]:
    """Quoted lines blanked out, and the words right below quoted code set as an item with its place."""
    made: list[str] = []
    path, quoted, inside = "", False, False
    number: int | None = None
    for line in lines:
        quote = _QUOTE.match(line)
        if quote:
            words = line[quote.end() :]
            file, hunk = _FILE.match(words), _HUNK.match(words)
            if file:
                path, number = file["path"] or file["git"], None
            elif hunk:
                number = int(hunk["line"]) - 1
            elif number is not None and not words.startswith("-"):
                number += 1
            made.append("")
            quoted, inside = True, False
            continue
        about = _ABOUT.match(line)
        if about:
            path, number = about["path"], None
            made.append("")
        elif _SAYS.match(line) or (
            line.strip() and quoted and path and states_approval(line) and len(line.split()) < 5
        ):
            made.append("")
        elif line.strip() and quoted and path:
            place = f"`{path}:{number}`" if number else f"`{path}`"
            made.append(f"- {place}: {line.strip()}")
            quoted, inside = False, True
        elif inside and line.strip():
            made.append("  " + line.strip())
        else:
            made.append(line)
            inside = inside and not line.strip()
    return made
