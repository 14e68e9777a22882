"""A finding's edits as hunks, which can be shown, split, edited by hand and merged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from fixaudit.model.outcome import Changed, LocatedFinding
from fixaudit.text.line_diff import split_lines
from fixaudit.text.source_map import MappedEdit, Owner, line_edits
from fixaudit.text.unified_diff import Diff, unified
from fixaudit_cli.write.changes import Piece, splice

_HEADER = re.compile(rb"@@ .* @@")


class HunkError(Exception):
    """An edited hunk does not fit the file; the message names the line."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """Edits of one finding: all of them, or (`part` of `parts`, from 1) those in one place."""

    site: LocatedFinding
    before: bytes
    edits: tuple[MappedEdit, ...]
    part: int = 1
    parts: int = 1

    @property
    def claim(self) -> Owner:
        return self.site.fingerprint, self.site.finding.codemod

    @property
    def diff(self) -> Diff:
        return unified(self.site.path, self.before, spliced(self.before, self.edits))

    def split(self) -> tuple[Hunk, ...]:
        """One hunk a place: edits between which a line stays as it is. Itself, where there is one."""
        groups: list[list[MappedEdit]] = []
        for edit in self.edits:
            if groups and self._one_place(groups[-1][-1], edit):
                groups[-1].append(edit)
            else:
                groups.append([edit])
        if len(groups) < 2 or self.parts > 1:
            return (self,)
        return tuple(
            replace(self, edits=tuple(group), part=number, parts=len(groups))
            for number, group in enumerate(groups, 1)
        )

    def _one_place(self, one: MappedEdit, other: MappedEdit) -> bool:
        at_start = one.end == 0 or self.before[one.end - 1 : one.end] == b"\n"
        return self.before.count(b"\n", one.end, other.start) < (1 if at_start else 2)

    def edited(self, patch: bytes) -> tuple[MappedEdit, ...]:
        """The edits of a patch that was edited by hand; empty where it changes nothing.

        Raises:
            HunkError: context or removed lines that the file does not hold, or hunks gone.
        """
        bodies = _bodies(patch)
        hunks = self.diff.hunks
        if len(bodies) != len(hunks):
            raise HunkError(f"{len(hunks)} lines with @@ are expected, {len(bodies)} are there")
        lines = split_lines(self.before)
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line))
        edits: list[MappedEdit] = []
        for hunk, body in zip(hunks, bodies, strict=True):
            first = hunk.old_start - 1 if hunk.old_count else hunk.old_start
            old = lines[first : first + hunk.old_count]
            new = _new_lines(old, body, first + 1)
            for edit in line_edits(b"".join(old), b"".join(new), (self.claim,)):
                at = starts[first]
                edits.append(replace(edit, start=edit.start + at, end=edit.end + at))
        return tuple(edits)


def hunks_of(outcome: Changed) -> list[Hunk]:
    """One hunk a finding that was applied, in the order of the sites."""
    hunks = []
    for site in outcome.sites:
        claim = (site.fingerprint, site.finding.codemod)
        own = tuple(edit for edit in outcome.edits if claim in edit.owners)
        if site.applied and own:
            hunks.append(Hunk(site, outcome.before, own))
    return hunks


def spliced(before: bytes, edits: Iterable[MappedEdit]) -> bytes:
    """The bytes after the edits, which must be disjoint."""
    after = splice(before, [Piece(edit.start, edit.end, edit.text) for edit in edits])
    assert after is not None
    return after


def together(base: Iterable[MappedEdit], more: Iterable[MappedEdit]) -> list[MappedEdit] | None:
    """Both sets of edits of one text as disjoint ones, or None where they contradict each other.

    The same edit in both is made once; insertions at one point stand one behind the other.
    """
    result = list(base)
    for edit in more:
        near = [number for number, known in enumerate(result) if _meet(known, edit)]
        if not near:
            result.append(edit)
            continue
        joined = _joined(result[near[0]], edit) if len(near) == 1 else None
        if joined is None:
            return None
        result[near[0]] = joined
    return sorted(result, key=lambda edit: (edit.start, edit.end))


def _meet(one: MappedEdit, other: MappedEdit) -> bool:
    if one.start == one.end and other.start == other.end:
        return one.start == other.start
    return one.start < other.end and other.start < one.end


def _joined(one: MappedEdit, other: MappedEdit) -> MappedEdit | None:
    owners = tuple(dict.fromkeys((*one.owners, *other.owners)))
    if (one.start, one.end) != (other.start, other.end):
        return None
    if other.text in one.text:
        return replace(one, owners=owners)
    if one.text in other.text:
        return replace(other, owners=owners)
    if one.start != one.end:
        return None
    return replace(one, text=one.text + other.text, owners=owners)


def _bodies(patch: bytes) -> list[list[bytes]]:
    bodies: list[list[bytes]] = []
    for line in patch.split(b"\n"):
        if _HEADER.match(line):
            bodies.append([])
        elif bodies and not line.startswith(b"#"):
            bodies[-1].append(line)
    if bodies and bodies[-1] and bodies[-1][-1] in (b"", b"\r"):
        bodies[-1].pop()  # what stands behind the last newline
    return bodies


def _new_lines(old: Sequence[bytes], body: Iterable[bytes], number: int) -> list[bytes]:
    """The lines after a hunk with this body; `old` are the lines from `number` (1-based) on."""
    newline = b"\r\n" if old and old[0].endswith(b"\r\n") else b"\n"
    rest, new = list(old), []
    for line in body:
        sign, text = line[:1], line[1:].removesuffix(b"\r")
        if sign == b"+":
            new.append(text + newline)
        elif sign == b"\\":
            if new:
                new[-1] = new[-1].removesuffix(b"\n").removesuffix(b"\r")
        elif sign in (b" ", b"-", b"", b"\r"):
            if not rest or rest[0].rstrip(b"\r\n") != text.rstrip(b"\r\n"):
                raise HunkError(
                    f"line {number} of the file is not {text.decode(errors='replace')!r}"
                )
            taken = rest.pop(0)
            number += 1
            if sign != b"-":
                new.append(taken)
        else:
            raise HunkError(f"a line begins with neither space, + nor -: {line[:40]!r}")
    if rest:
        raise HunkError(f"line {number} of the file is missing")
    return new
