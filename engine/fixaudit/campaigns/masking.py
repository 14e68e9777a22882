"""The end of a command's log, without what must not leave this machine.

It is shown in reports, commits and requests for review: what the environment holds, what looks like a
secret, and what the campaign's own patterns name is taken out first.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from fixaudit.campaigns.errors import CampaignError
from fixaudit.text.visible import visible

_SHORTEST = 6
_HIDDEN = "***"
_COLOUR = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_PROGRESS = re.compile(r"[.FEsxX]+ *(?:\[ *\d+%\])?")
_KEY = r"(?:[A-Z ]*PRIVATE KEY)(?: BLOCK)?-----"
_NAMED_SECRET = (
    r"(?i)(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|"
    r"private[_-]?key|credentials?)(?:[_-]\w+)*[\"']?[ \t]*(?:=>|==?|:)[ \t]*"
    r"(?P<secret>\"[^\"\n]+\"|'[^'\n]+'|[^\s\"',;)&]+)"
)
# Forms as the hosts document them. Where only a part is the secret, it is the group of that name.
_SECRETS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?s)-----BEGIN {_KEY}.*?(?:-----END {_KEY}|\Z)",
        rf"(?m)(?:^[A-Za-z0-9+/=]{{16,}}\s*\n)+-----END {_KEY}",
        r"\bgh[oprsu]_[A-Za-z0-9]{20,}",
        r"\bgithub_pat_\w{20,}",
        r"\bgl[a-z]{2,6}-[\w.-]{16,}",
        r"\b(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{16}\b",
        r"\bxox[a-z]-[\w-]{10,}",
        r"\bxapp-[\w-]{10,}",
        r"(?<=hooks\.slack\.com/services/)[\w/]+",
        r"\bAIza[\w-]{30,}",
        r"\bya29\.[\w-]{10,}",
        r"\bsk-[\w-]{20,}",
        r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,}",
        r"\bnpm_[A-Za-z0-9]{30,}",
        r"\bpypi-[\w-]{16,}",
        r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*",
        r"(?i)\bbearer[ \t]+(?P<secret>[\w.~+/=-]{6,})",
        r"(?i)\bauthorization[\"']?[ \t]*[:=][ \t]*[\"']?(?P<secret>(?:[a-z]+[ \t]+)?[^\s\"',;)]+)",
        _NAMED_SECRET,
        r"(?<=://)[^\s/@'\"]+(?=@)",
    )
)


def masked(text: str, environment: Mapping[str, str], patterns: Sequence[str] = ()) -> str:
    """The text without values of the environment, secrets, and what matches one of the patterns.

    A value of at least 6 characters is shown as `$NAME`, a longer one before what it holds; `HOME`
    has no least length. The rest is shown as `***`, control characters as escapes; line ends and tabs
    stay, colours go. Raises CampaignError for a pattern that is no regular expression.
    """
    plain = _COLOUR.sub("", text).replace("\r\n", "\n")
    found = [*_of_environment(plain, environment), *_of_patterns(plain, patterns)]
    parts, end = [], 0
    for start, stop, name in _united(found):
        parts += [plain[end:start], name]
        end = stop
    return visible("".join([*parts, plain[end:]]), lines=True)


def log_tail(
    output: str, lines: int, environment: Mapping[str, str], patterns: Sequence[str] = ()
) -> str:
    """The last lines of a log, masked as a whole before it is cut: a key may have many lines.

    The lines in which pytest shows how far it is are left out.
    """
    shown = masked(output, environment, patterns).rstrip().split("\n")
    kept = [line for line in shown if not _PROGRESS.fullmatch(line)]
    return "\n".join(kept[-lines:]) if lines > 0 else ""


_Span = tuple[int, int, str]


def _of_environment(text: str, environment: Mapping[str, str]) -> Iterator[_Span]:
    names: dict[str, str] = {}
    for name in sorted(environment, key=lambda name: (name != "HOME", name)):
        for form in _forms(environment[name]):
            names.setdefault(form, f"${name}")
    for form, name in names.items():  # each by itself: where two overlap, both are to go
        for match in re.finditer(re.escape(form), text):
            yield *match.span(), name
    home = environment.get("HOME", "").rstrip("/\\")
    if 1 < len(home) < _SHORTEST:
        for match in re.finditer(rf"(?<![\w.-]){re.escape(home)}(?![\w.-])", text):
            yield *match.span(), "$HOME"


def _forms(value: str) -> Iterator[str]:
    """A value as a log may hold it: as it is, line by line, in quotes, in a URL, in a list of paths."""
    parts = [value, *value.splitlines(), repr(value)[1:-1], quote(value, safe="")]
    if os.pathsep in value and os.sep in value and "://" not in value:
        parts += value.split(os.pathsep)
    for part in parts:
        if len(part.strip()) >= _SHORTEST:
            yield part


def _of_patterns(text: str, patterns: Sequence[str]) -> Iterator[_Span]:
    own = [_compiled(pattern, "verify.mask") for pattern in patterns]
    for pattern in (*own, *_SECRETS):
        group = "secret" if pattern in _SECRETS and "secret" in pattern.groupindex else 0
        for match in pattern.finditer(text):
            if match.end(group) > match.start(group):
                yield *match.span(group), _HIDDEN


def _united(found: list[_Span]) -> Iterator[_Span]:
    """The spans without overlaps, in their order; one that covers the others gives the name."""
    ahead: _Span | None = None
    for span in sorted(found, key=lambda span: (span[0], -span[1], span[2] == _HIDDEN)):
        if ahead is None or span[0] >= ahead[1]:
            if ahead is not None:
                yield ahead
            ahead = span
        elif span[1] > ahead[1]:
            ahead = ahead[0], span[1], _HIDDEN
    if ahead is not None:
        yield ahead


def _compiled(pattern: str, where: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise CampaignError(
            f"{where}: {pattern!r} is no regular expression ({error}); escape what is meant as it"
            " stands, such as `\\.`"
        ) from error
