"""What the lines that a change put at a place say of a finding: a comment, a text, a name of its words.

Who repairs a flaw often writes down what for, beside the code: `# one-shot: avoids the race`. That is
believed where the line holds what the title misses ("No rate limiting"), or most of the words of the
title beside a word of repair, where the place did not have all of these words, and where code came
with it. A line that puts it off, or denies it, says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile

from fixaudit.plan.commit_words import COMMON
from fixaudit.plan.old_code import bare

_RUN = re.compile(
    r"[A-ZА-ЯЁ]?[^\W\d_A-ZА-ЯЁ\u3400-\u9fff]+|[A-ZА-ЯЁ]+(?![^\W\d_A-ZА-ЯЁ])|[\u3400-\u9fff]+"
)
"""One word of a sentence or of a name, in whichever case it is written."""
_SIGNS = re.compile(r"[\u3400-\u9fff]")
_ABSENT = re.compile(
    r"\b(?:missing|no|without|lacks?|lacking|fehlende?\w*|keine?|ohne|отсутству\w+|нет|без|sem|falta\w*|"
    r"ausente|sin|manque|sans|saknas)\b|缺少|缺乏|没有|未",
    re.IGNORECASE,
)
_SCOPE = re.compile(
    r"\b(?:on|in|for|at|to|from|of|per|by|during|before|after|в|на|для|до|im|in|bei|für|em|nos?|nas?|para)\b"
    r"|[—–:(,;]",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"^(?:import|from)\b|\b(?:todo|fixme|xxx|hack|not yet|known|should|later|future|temporar\w*|still|accept\w*|"
    r"ignor\w*|noqa|nosec|intention\w*|deliberate\w*|skip\w*|disabl\w*|bypass\w*|possibl[ey]|may|might|prone|risk\w*|"
    r"(?<!\.)warning|missing|lack\w*|without|не|без|нет|nicht|ohne|keine?|sem|sin|sans)\b|无|没有|暂时",
    re.IGNORECASE,
)
_MENDS = re.compile(
    r"\b(?:avoid|prevent|ensure|enforce|protect|guard|fix|instead|no longer|never|reject|refus|block|detect|"
    r"secur|safe|so that|atomic|verhinder|vermeid|sicher|evita|impede|garant|защи|предотвращ|"
    r"исправ|безопас)|(?:防止|避免|修复|安全|确保)",
    re.IGNORECASE,
)
_TELLS = re.compile(r"^(?:except|raise|log|logger|logging|print)\b|\w(?:Error|Exception)\b")
"""A line that has the words of what goes wrong elsewhere, as a rate limit that another service sets."""
CODE = re.compile(r"[=(\[]|^\s*(?:return|raise|if|else|try|with|await|yield|finally)\b")
_JUDGE = (
    "insufficient insecure unsafe vulnerable vulnerability improper incorrect wrong broken critical "
    "high medium severity concern potential possible never always"
)
_NO_WORDS = COMMON | frozenset(_JUDGE.split())
"""Words that no repair repeats: of all titles, or by which one calls something a flaw."""
_FEWEST = 2
"""Words that a line does not share with a title by chance."""
_OF_REMARK = 3
"""Words that a remark does not share with a finding by chance."""


def says_so(title: str, put: Sequence[str], before: str) -> str | None:
    """The line, of those that a change put at a place, that says what a title asks for; None where
    none does, or where no code came with it. `before` is the code of the place before."""
    if not any(CODE.search(line) for line in put if not line.lstrip().startswith(("#", '"""'))):
        return None
    asked, absent, known = words(title), absent_words(title), words(before)
    lines = [line for line in joined(put) if not _DENIES.search(line)]
    most = 3 * len(among(asked, words(" ".join(lines)))) >= 2 * len(asked)
    for line in lines:
        held = words(line)
        common = among(asked, held)
        if len(common) < _FEWEST or len(among(common, known)) == len(common):
            continue
        if absent:
            if not _TELLS.search(line) and len(among(absent, held)) == len(absent) > len(
                among(absent, known)
            ):
                return line
        elif most and _MENDS.search(line):
            return line
    return None


def says_in_words(told: str, put: Sequence[str]) -> str | None:
    """The remark, of those that a change put at a place beside code, that tells of a repair in the words
    of a finding: three or more, and two thirds of its own. `told` is all that the finding says."""
    known = words(told)
    for line in joined(put):
        remark = line if line.startswith("#") else line[len(bare(line)) :]
        if not _MENDS.search(remark) or _DENIES.search(remark):
            continue
        held = [word for word in words(remark) if not _MENDS.match(word)]
        common = among(held, known)
        if len(common) >= _OF_REMARK and 3 * len(common) >= 2 * len(held):
            return line
    return None


def absent_words(title: str) -> list[str]:
    """What a title says is missing, in words: `No rate limiting on the API` misses rate and limiting."""
    match = _ABSENT.search(title)
    return words(_SCOPE.split(title[match.end() :], maxsplit=1)[0]) if match else []


def words(text: str) -> list[str]:
    """The words of a text and of the names in it that are none of all texts, in small letters; those of
    a script without blanks by pairs of signs."""
    found: dict[str, None] = {}
    for word in _RUN.findall(text):
        if _SIGNS.search(word):
            found |= dict.fromkeys(word[i : i + 2] for i in range(len(word) - 1))
        elif len(word) >= 4 and word.lower() not in _NO_WORDS:
            found[word.lower()] = None
    return list(found)


def among(some: Iterable[str], others: Sequence[str]) -> list[str]:
    """Those words that stand among others, in whichever form."""
    return [word for word in some if any(_same(word, other) for other in others)]


def _same(one: str, other: str) -> bool:
    """True for two forms of one word: the first three fifths of the longer one, four letters or more."""
    shared = sum(1 for _ in takewhile(lambda e: e[0] == e[1], zip(one, other, strict=False)))
    return one == other or (shared >= 4 and 5 * shared >= 3 * max(len(one), len(other)))


def joined(lines: Iterable[str]) -> list[str]:
    """The lines without indent, the comments that follow each other as one."""
    found: list[str] = []
    for line in filter(None, map(str.strip, lines)):
        if line.startswith("#") and found and found[-1].startswith("#"):
            found[-1] += f" {line.lstrip('# ')}"
        else:
            found.append(line)
    return found
