"""Which findings a comment in the file keeps from being acted on, and by which words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from fixaudit.suppress.comment_directives import (
    Directive,
    EquivalentCode,
    Mistake,
    Own,
    SkipFile,
    directives,
)
from fixaudit.text.suggest import did_you_mean

if TYPE_CHECKING:
    from fixaudit.source.source import Source

# Files without these words, nearly all, are never tokenized.
_OWN_WORD = b"fixaudit:"
_WORDS = (_OWN_WORD, b"noqa", b"nosec")
# Comparing a name with all known ones takes a millisecond; a file may hold any number of them.
_MOST_HINTS = 100
# flake8-bugbear took the letter B too: B0 and B9 are its own.
_BANDIT = re.compile(r"[BS]([1-7]\d\d)")


class NamedCodemod(Protocol):
    """A codemod as a comment names it."""

    @property
    def name(self) -> str: ...
    @property
    def code(self) -> str: ...


class Suppressible(NamedCodemod, Protocol):
    """What suppressions need to know of a codemod."""

    @property
    def equivalent_codes(self) -> tuple[str, ...]: ...


class Suppressions:
    """The comments of one file that suppress findings, and which of them did.

    `# fixaudit: ignore[name,FA101] -- reason` covers its line, and the whole statement where it
    stands behind its last line or alone above it; without brackets it covers all codemods.
    `# fixaudit: skip-file` covers the file. `# noqa: S324` and `# nosec B324` cover their line for
    codemods that name the code among their `equivalent_codes`; bare, for those that have any such twin.
    """

    def __init__(self, found: Sequence[Directive] = ()) -> None:
        self._own = [entry for entry in found if isinstance(entry, Own)]
        self._skip = next((entry for entry in found if isinstance(entry, SkipFile)), None)
        self._mistakes = [entry for entry in found if isinstance(entry, Mistake)]
        self._whole_file: list[EquivalentCode] = []
        self._equivalents: dict[int, list[EquivalentCode]] = {}
        for entry in found:
            if isinstance(entry, EquivalentCode) and entry.whole_file:
                self._whole_file.append(entry)
            elif isinstance(entry, EquivalentCode):
                self._equivalents.setdefault(entry.line, []).append(entry)
        self._used: set[tuple[int, str | None]] = set()
        self._skips = False

    @classmethod
    def of(cls, source: Source | str | bytes) -> Suppressions:
        """The suppressions of a source, or of text that stands for one."""
        body = source if isinstance(source, bytes) else None
        if isinstance(source, str):
            body = source.encode("utf-8", "surrogatepass")
        elif body is None:
            assert not isinstance(source, bytes)
            body = source.body
        said = body.lower()
        if not any(word in said for word in _WORDS):
            return cls()
        return cls(list(directives(body.decode("utf-8", "surrogatepass"))))

    def lookup(self, first_line: int, last_line: int, codemod: Suppressible) -> str | None:
        """Why a finding on these 1-based lines (both included) is suppressed; None if it is not.

        The reason its author gave, or the comment itself: `noqa: S324 on line 12`.
        """
        if self._skip is not None:
            self._skips = True
            return self._skip.reason or f"fixaudit: skip-file on line {self._skip.line}"
        for entry in self._own:
            if entry.first <= last_line and first_line <= entry.last:
                name = _named(entry, codemod)
                if name is not None or entry.names is None:
                    self._used.add((entry.line, name))
                    return entry.reason or f"fixaudit: {_ignore(name)} on line {entry.line}"
        return self._by_twin(first_line, last_line, codemod) if codemod.equivalent_codes else None

    def _by_twin(self, first_line: int, last_line: int, codemod: Suppressible) -> str | None:
        for twin in self._whole_file:
            if _covers(twin, codemod.equivalent_codes):
                return f"{twin.text} on line {twin.line}"
        if not self._equivalents:
            return None
        for line in sorted(self._equivalents) if last_line - first_line > 100 else range(first_line, last_line + 1):  # fmt: skip
            if first_line <= line <= last_line:
                for twin in self._equivalents.get(line, ()):
                    if _covers(twin, codemod.equivalent_codes):
                        return f"{twin.text} on line {line}"
        return None

    @property
    def used_names(self) -> set[str | None]:
        """The names in own comments that suppressed something; None for one without names."""
        return {name for _, name in self._used}

    def mistakes(self, known: Iterable[NamedCodemod] | None) -> list[Mistake]:
        """Comments that say nothing fixaudit knows, with the nearest word that it does.

        Names are not looked at where it is not `known` which there are.
        """
        available = list(known or ())
        words = [word for entry in available for word in (entry.name, entry.code)]
        found, hints = list(self._mistakes), dict[str, str]()
        for entry in self._own if known is not None else ():
            for name in entry.names or ():
                if not any(_stands_for(name, codemod) for codemod in available):
                    if name not in hints and len(hints) < _MOST_HINTS:
                        hints[name] = did_you_mean(name, words)
                    hint = hints.get(name, "")
                    found.append(
                        Mistake(entry.line, f'unknown codemod "{name}" in "fixaudit: ignore"{hint}')
                    )
        return sorted(found, key=lambda entry: entry.line)

    def unused(
        self,
        ran: Iterable[NamedCodemod],
        *,
        is_whole: bool = True,
        used_later: Collection[str | None] = (),
    ) -> list[Mistake]:
        """Own comments that suppressed nothing, judged by codemods that ran; ask after `lookup`.

        Without `is_whole` only those count that name one codemod. Names of `used_later` suppressed
        something elsewhere.
        """
        available = list(ran)
        if self._skip is not None:  # the others are not asked
            used = self._skips or not is_whole
            return [] if used else [Mistake(self._skip.line, '"fixaudit: skip-file" suppresses nothing')]  # fmt: skip
        found = []
        for entry in self._own:
            for name in entry.names or (None,):
                ran_at_all = is_whole if name is None else _ran(name, available, is_whole)
                if ran_at_all and (entry.line, name) not in self._used and name not in used_later:
                    found.append(
                        Mistake(entry.line, f'"fixaudit: {_ignore(name)}" suppresses nothing')
                    )
        return found


def own_comments(body: bytes) -> Suppressions | None:
    """The suppressions of a text (UTF-8) that may hold a `# fixaudit:` comment; None for others."""
    return Suppressions.of(body) if _OWN_WORD in body else None


def _ran(name: str, ran: Iterable[NamedCodemod], is_whole: bool) -> bool:
    """True where all ran that a name in a comment may stand for."""
    return any(
        name in {codemod.name, codemod.code} or (is_whole and _stands_for(name, codemod))
        for codemod in ran
    )


def _named(entry: Own, codemod: Suppressible) -> str | None:
    return next((name for name in entry.names or () if _stands_for(name, codemod)), None)


def _stands_for(name: str, codemod: NamedCodemod) -> bool:
    """True for the name, the code, or the beginning of the code that is letters and digits."""
    if name in {codemod.name, codemod.code}:
        return True
    return bool(re.fullmatch(r"[A-Z]+[0-9]+", name)) and codemod.code.startswith(name)


def _ignore(name: str | None) -> str:
    return "ignore" if name is None else f"ignore[{name}]"


def _covers(twin: EquivalentCode, known: tuple[str, ...]) -> bool:
    if twin.bandit:
        numbers = {match[1] for code in known if (match := _BANDIT.fullmatch(code))}
        return bool(numbers) and (not twin.codes or any(code[1:] in numbers for code in twin.codes))
    # flake8 takes the beginning of a code for all codes that begin so.
    return not twin.codes or any(code.startswith(twin.codes) for code in known)
