"""Comments that speak to a checker: `fixaudit: …`, `noqa`, `nosec`, and the lines they cover."""

from __future__ import annotations

import io
import re
import tokenize
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from fixaudit.text.comments import comments
from fixaudit.text.suggest import did_you_mean

_OWN = re.compile(r"#\s*fixaudit:\s*(?P<word>[\w-]*)(?P<rest>.*?)(?=\s#\s*(?:fixaudit:|noqa\b|nosec\b|type:|pragma)|$)")  # fmt: skip
_LIST = re.compile(r"\s*\[(?P<names>[^\]]*)\]")
_REASON = re.compile(r"\s*(?:--|—|–)\s*(?P<reason>.*\S)")
_NOQA = re.compile(
    r"#\s*(?P<file>(?:ruff|flake8)\s*:\s*)?(?P<noqa>noqa)"
    r"(?:\s*:\s*(?P<codes>[A-Z]+[0-9]+(?:[\s,]+[A-Z]+[0-9]+)*))?\b",
    re.IGNORECASE,
)
_NOSEC = re.compile(r"#\s*nosec\b(?P<rest>[^#]*)", re.IGNORECASE)
_BANDIT_CODE = re.compile(r"\bB\d{3}\b", re.IGNORECASE)

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment, its line, and the lines of the statement it belongs to.

    A comment behind code covers that line; a comment behind the last line of a statement, or alone
    above one, covers the whole of it (of a compound statement: the header, decorators included).
    """

    text: str
    line: int
    alone: bool
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Own:
    """`# fixaudit: ignore[names] -- reason`; `names` None stands for all codemods."""

    line: int
    first: int
    last: int
    names: tuple[str, ...] | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class EquivalentCode:
    """Another linter's comment; no codes stand for all of that linter's."""

    line: int
    codes: tuple[str, ...]
    text: str
    bandit: bool
    whole_file: bool = False


@dataclass(frozen=True, slots=True)
class SkipFile:
    """`# fixaudit: skip-file -- reason`."""

    line: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class Mistake:
    """A comment that was meant for fixaudit and says nothing it knows."""

    line: int
    message: str


# Its comments alone cover more than their own line.
_OWN_WORD = "fixaudit:"

Directive = Own | EquivalentCode | SkipFile | Mistake


def directives(text: str) -> Iterator[Directive]:
    """Everything the comments of a text say to a checker, in order of lines."""
    for note in comments_around(text) if _OWN_WORD in text else _plain_remarks(text):
        yield from _own(note)
        yield from _noqa(note)
        for match in _NOSEC.finditer(note.text):
            codes = tuple(code.upper() for code in _BANDIT_CODE.findall(match["rest"]))
            yield EquivalentCode(note.line, codes, _words("nosec", codes), bandit=True)


def _own(note: Remark) -> Iterator[Directive]:
    for match in _OWN.finditer(note.text):
        word, rest = match["word"], match["rest"]
        said = _REASON.search(rest)
        reason = said["reason"] if said else None
        if word == "skip-file":
            if note.alone or note.line <= 10:
                yield SkipFile(note.line, reason)
            else:
                yield Mistake(note.line, '"fixaudit: skip-file" needs a line of its own')
        elif word == "ignore":
            listed = _LIST.match(rest)
            if listed is None and rest.lstrip().startswith("["):
                yield Mistake(note.line, '"fixaudit: ignore[" lacks its "]" and covers nothing')
                continue
            names = None
            if listed is not None:
                names = tuple(name for part in listed["names"].split(",") if (name := part.strip()))
                if not names:
                    yield Mistake(
                        note.line, '"fixaudit: ignore[]" names no codemod and covers nothing'
                    )
                    continue
            yield Own(note.line, note.first, note.last, names, reason)
        else:
            hint = did_you_mean(word, ["ignore", "skip-file"])
            yield Mistake(note.line, f'unknown comment "fixaudit: {word}"{hint}')


def _noqa(note: Remark) -> Iterator[EquivalentCode]:
    for match in _NOQA.finditer(note.text):
        if match["file"] and not note.alone:
            continue
        codes = tuple(re.split(r"[\s,]+", match["codes"].upper())) if match["codes"] else ()
        prefix = re.sub(r"\s", "", match["file"] or "").replace(":", ": ")
        words = _words(f"{prefix}noqa", codes)
        yield EquivalentCode(note.line, codes, words, bandit=False, whole_file=bool(match["file"]))


def _words(name: str, codes: tuple[str, ...]) -> str:
    return f"{name}{' ' if name == 'nosec' else ': '}{','.join(codes)}" if codes else name


def _plain_remarks(text: str) -> Iterator[Remark]:
    """The comments alone, without their statements: for a text where only their own lines count."""
    lines = _LINE_END.split(text)
    for comment in comments(text):
        alone = not lines[comment.line - 1][: comment.column].strip()
        yield Remark(comment.text, comment.line, alone, comment.line, comment.line)


def comments_around(text: str) -> list[Remark]:
    """All comments of a text with the lines they cover; none of what only looks like one."""
    found: list[tuple[int, str, bool]] = []
    statements: list[tuple[int, int, bool]] = []
    first: tokenize.TokenInfo | None = None
    for token in _tokens(text):
        if token.type == tokenize.COMMENT:
            alone = not token.line[: token.start[1]].strip()
            found.append((token.start[0], token.string, alone))
        elif token.type == tokenize.NEWLINE:
            if first is not None:
                statements.append((first.start[0], token.start[0], first.string == "@"))
            first = None
        elif first is None and token.type not in _LAYOUT:
            first = token
    starts = [entry[0] for entry in statements]
    return [_remark(comment, statements, bisect_right(starts, comment[0])) for comment in found]


def _remark(
    comment: tuple[int, str, bool], statements: list[tuple[int, int, bool]], index: int
) -> Remark:
    """`index` is that of the first statement that begins below the comment."""
    line, text, alone = comment
    if index and line <= statements[index - 1][1]:
        first, last, _ = statements[index - 1]
        if alone:
            return Remark(text, line, alone, line, line + 1)
        return Remark(text, line, alone, first if line == last else line, line)
    while index < len(statements) - 1 and statements[index][2]:
        index += 1  # decorators belong to what they decorate
    return Remark(
        text, line, alone, line, statements[index][1] if index < len(statements) else line
    )


_LAYOUT = frozenset({tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER, tokenize.ENCODING})  # fmt: skip


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    # newline=None counts a lone carriage return as a line end, as Python's parser does.
    try:
        yield from tokenize.generate_tokens(io.StringIO(text, newline=None).readline)
    except (tokenize.TokenError, SyntaxError):
        return
