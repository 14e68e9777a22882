"""The sites whose values meet each other, over all files, and what speaks for and against changing them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Protocol

from fixaudit import Evidence, Reach, SitePlace, Source


@dataclass
class Group:
    """Sites that have to change together; `home` is the file that is judged.

    `changes` are what `--unsafe` has to accept, `doubts` why a human has to look, `hints` names that
    let one think that others rely on a text. `literals` are naive dates of `home`, written out, that
    become aware with its site. `fields` are the names of the attributes that were followed.
    """

    home: Source
    sites: list[tuple[Source, ast.expr]] = field(default_factory=list)
    literals: list[ast.Call] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    doubts: list[Evidence] = field(default_factory=list)
    hints: list[Evidence] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)
    containers: set[str] = field(default_factory=set)
    seen: set[ast.AST] = field(default_factory=set)

    def doubt(self, source: Source, node: ast.AST, text: str) -> None:
        """Note what the code at a node proves against an edit."""
        self.doubts.append(source.proof(node, text, Reach.FUNCTION))

    def others(self, site: ast.expr) -> list[tuple[Source, ast.expr]]:
        """The sites of the group besides one."""
        return [entry for entry in self.sites if entry[1] is not site]

    @property
    def together(self) -> tuple[SitePlace, ...]:
        """The places of the sites; none where there is but one."""
        places = {source.place(site) for source, site in self.sites}
        return tuple(sorted(places)) if len(places) > 1 else ()


class Follower(Protocol):
    """What follows the values of one file's sites, as its parts know it: see `Flow`."""

    source: Source
    group: Group

    def of(self, source: Source) -> Follower:
        """The same for another file."""

    def doubt(self, node: ast.AST, text: str) -> None:
        """Note what the code at a node proves against an edit."""

    def add_site(self, site: ast.expr) -> None:
        """Follow the value of a site."""

    def follow(self, node: ast.expr) -> None:
        """Judge what the expression around a value makes of it."""

    def follow_name(self, name: ast.Name) -> None:
        """Follow a local variable."""

    def is_ours(self, value: ast.expr) -> bool:
        """True for what is aware, or becomes so with the group."""
