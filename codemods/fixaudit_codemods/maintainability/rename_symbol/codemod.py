"""A function, class, method or module variable gets the name that the options give, at every use: configured.

A name that says something else than the thing does misleads whoever reads the code, and only the project
can say which one is right. The options say it, the module in front as far as it is needed:

    [tool.fixaudit.codemods.rename-symbol.renames]
    "app.vectors.is_float_vector" = "is_numeric_vector"
    "app.clients.Client.get_all" = "pages"

The symbol is renamed in all files or in none: its definition, imports of it (one with `as` keeps what
it calls it), modules that pass it on, attributes of its module under any alias, `__all__`, annotations
in strings, what tests replace by `patch("app.vectors.is_float_vector")`, and of a method what overrides
it. Every other place that writes the word must be shown to be something else: another variable, an
attribute of another class, a keyword. Where one is not, nothing is written, and the definition is shown
for review with all such places: a method of a value of unknown type, a star import, a class from
outside that may call it, a new name that is taken, a module that is handed on.

What cannot be proved but be looked at is a person's to accept, by `accept`: `strings` (a string is the
same word, or `getattr` reads it), `files` (settings, templates and notebooks that name it), `modules`
(its module is handed on, or loaded by its name), `decorators` (one may keep it under its name, as
commands, tasks and routes do), `outside` (a base class from outside may call it), `pickles` (stored
objects name the old class), `public` (the project is installed by others, and `__all__` offers it),
`dynamic` (`globals()`), `stand-ins` (mocks and classes of tests with such an attribute). With
`keep-alias = true` a name of a module stays beside the new one, for those who import it from outside.
Comments and other texts that say the old name are told, not changed.

It needs `--unsafe`, as no tool sees who else uses the name, and a run over all files that use it: one over
a part of them writes nothing (what `--exclude` takes out is not seen at all). It leaves fields of classes,
parameters and modules to a human. It says nothing without options; a report that names a rename gets the
lines to write.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, SitePlace, Source
from fixaudit.authoring import (
    Hindrance,
    HindranceKind,
    Symbol,
    SymbolScan,
    Written,
    files_naming,
    identifiers,
    is_named,
    of_other_file,
    symbols_meant,
)
from fixaudit_codemods.maintainability.rename_symbol._aliases import with_alias
from fixaudit_codemods.maintainability.rename_symbol._hindrances import (
    documents,
    hindrances,
    is_model,
    public_hindrance,
    scanned,
)
from fixaudit_codemods.maintainability.rename_symbol._renames import Rename, read_renames

_SHOWN = 12
ACCEPTED = tuple(
    kind.value for kind in HindranceKind if kind not in (HindranceKind.USE, HindranceKind.TAKEN)
)
# What a report renames; code marks are gone from its words, so the new name must look like one of code:
# by an underscore or a capital inside. Parameters, files and columns are nothing of this codemod's.
_OTHERS = "(?!(?:param|arg|file|module|column|field|table|key|env|package|folder|branch)[a-z]* )"
_OLD = r"((?:[a-z_]\w*\.)*[a-z_]\w*)(?:\(\))?"
_NEW = r"((?-i:\w*[a-zA-Z]_\w+|_\w+|[A-Z]+[a-z0-9]+[A-Z]\w*))(?![\w/]|\.\w)"
_DEFINED = r"\n[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+"
_QUOTED = rf"[^\n]*(?:\n[\s\S]*?)??{_DEFINED}([a-z_]\w*)(?![\s\S]*{_DEFINED})"


TITLED = "; the schema that the model gives gets the new title"
HOW = (
    "Nothing is written, as a rename of a part breaks the rest. Look at each place: where a name is taken "
    "choose another; where a use is not certain give the value a type, or rename by hand with an editor "
    "that asks a type checker."
)
ACCEPT = "If they are all something else: `accept = [{kinds}]` in the options."
WHICH = "Write the module in front of the name in the options: {names}."


@dataclass(frozen=True)
class Options:
    renames: dict[str, str] = field(default_factory=dict)
    accept: tuple[str, ...] = ()
    keep_alias: bool = False

    def __post_init__(self) -> None:
        read_renames(self.renames)
        unknown = sorted({*self.accept} - {*ACCEPTED})
        if unknown:
            raise ValueError(f'"accept" knows {", ".join(ACCEPTED)}, not "{unknown[0]}"')


@dataclass(frozen=True)
class Plan:
    """What the project says of a symbol: all files with uses, and all that stands in the way."""

    symbol: Symbol
    own: SymbolScan
    scans: tuple[SymbolScan, ...]
    hindrances: tuple[Hindrance, ...]

    @property
    def places(self) -> str:
        """`3 places in 2 files`."""
        files = [each for each in self.scans if each.spans]
        count = sum(len(each.spans) for each in files)
        words = "1 place" if count == 1 else f"{count} places"
        return f"{words} in 1 file" if len(files) == 1 else f"{words} in {len(files)} files"


class RenameSymbol(Codemod):
    name = "rename-symbol"
    code = "FA616"
    triggers = (b"def ", b"class ", b"import ", b"=")
    visits = (ast.Module,)
    default = False  # which name is right only the project can say
    may_enable_others = False
    only_as_configured = True
    tags = frozenset({"maintainability"})
    right_already = ("^it is called",)
    report_match = ReportMatch(
        keywords=(
            (
                "rename*|umbenennen|renommer",
                "function|method|class|variable|helper|symbol|constant",
            ),
            ("rename to|rename it to|renamed to|renaming to",),
            ("misleading|confusing|ambiguous|inconsistent", "name|naming"),
            ("should be called|better name|better named|misnomer|misnamed|name is misleading",),
        ),
        options={
            "renames": (
                rf"\brenam(?:e|ing) {_OTHERS}(?:the )?{_OTHERS}(?:[a-z]+ )?`?{_OLD}`? (?:to|into|->|→|=>) `?{_NEW}",
                # "or rename to `b`", where the only function or class that is quoted is `a`
                rf"\brenam(?:e|ing|ed) (?:it )?to (?={_QUOTED})`?{_NEW}",
            )
        },
        as_written=("renames",),
        quoted=("renames",),
        joined=True,
        elsewhere=False,
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "renames": "dotted names, each with the name that it gets",
        "accept": "what may stand in the way and was looked at: " + ", ".join(ACCEPTED),
        "keep_alias": "leave the old name of a module's function, class or variable as an alias",
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.GENERATED: "the file is generated",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Module, source: Source) -> Iterator[Finding]:
        for rename in read_renames(self.options.renames) if node.body else ():
            if rename.word in source.text or rename.new in source.text:
                yield from self._of_file(source, node, rename)
            elif not symbols_meant(source, rename.old, rename.new):
                yield from self._missing(source, node, rename)

    def _of_file(self, source: Source, node: ast.Module, rename: Rename) -> Iterator[Finding]:
        found = symbols_meant(source, rename.old, rename.new)
        own = source.project.facts_of_source(source).path
        if not found:
            done = symbols_meant(source, _renamed(rename), rename.word)
            if [each.path for each in done] == [own]:
                place = _definition(source, done[0]) or node.body[0]
                yield self.leave(source, place, f"it is called `{rename.new}` already")
            elif not done:
                yield from self._missing(source, node, rename)
            return
        if len(found) > 1:
            if own in [each.path for each in found]:
                here = next(each for each in found if each.path == own)
                names = ", ".join(sorted(f"`{each.shown}`" for each in found)[:4])
                reason = f"`{rename.old}` may be {names}: which one is meant is not certain"
                place = _definition(source, here) or node.body[0]
                yield self.review(source, place, reason, WHICH.format(names=names))
            return
        symbol, mine = found[0], self._scanned(source, found[0])
        if own == symbol.path:
            yield self._at_definition(source, node, self._plan(source, symbol, mine))
        elif mine.spans:
            plan = self._plan(source, symbol, mine)
            if not plan.hindrances:
                yield self._changed(source, _first(source, plan) or node.body[0], plan)

    def _missing(self, source: Source, node: ast.Module, rename: Rename) -> Iterator[Finding]:
        """A module, or one with the class, that has no such name."""
        front = rename.old.rpartition(".")[0]
        facts = source.project.facts_of_source(source)
        module, _, owner = front.rpartition(".")
        here = front and is_named(source, facts.path, front)
        if here or (owner in facts.bindings and is_named(source, facts.path, module)):
            reason = f"`{front}` has no `{rename.word}` that could be renamed"
            yield self.review(source, node.body[0], reason, "Correct the name in the options.")

    def _scanned(self, source: Source, symbol: Symbol) -> SymbolScan:
        """What a file says of the symbol; one that is left alone must not use it."""
        found = scanned(source, symbol)
        kept = self.out_of_scope(source) if found.spans else None
        if kept is None:
            return found
        more = Hindrance(HindranceKind.USE, source.path, 1, kept.text)
        return replace(found, hindrances=(*found.hindrances, more))

    def _plan(self, source: Source, symbol: Symbol, mine: SymbolScan) -> Plan:
        scans = [mine]
        found = list(hindrances(source, symbol))
        for path in files_naming(source, symbol.old, symbol.path):
            key = ("rename-symbol", symbol)
            other = of_other_file(source, path, key, lambda it: self._scanned(it, symbol))
            shown = source.shown(path)
            if other is None:
                why = "the file cannot be read, and holds the word"
                found.append(Hindrance(HindranceKind.USE, shown, 1, why))
            else:
                scans.append(other)
                if other.spans and not source.project.is_in_run(path):
                    why = "the file uses it, and this run does not write to it"
                    found.append(Hindrance(HindranceKind.USE, shown, 1, why))
        if not self.options.keep_alias:
            found += public_hindrance(source, symbol)
        for each in scans:
            found += each.hindrances
        left = [each for each in dict.fromkeys(found) if each.kind.value not in self.options.accept]
        return Plan(symbol, mine, tuple(scans), tuple(left))

    def _at_definition(self, source: Source, node: ast.Module, plan: Plan) -> Finding:
        symbol = plan.symbol
        place = _definition(source, symbol) or node.body[0]
        if not plan.hindrances:
            return self._changed(source, place, plan, _told(source, plan))
        reason = f"`{symbol.shown}` is not renamed to `{symbol.new}`: {plan.hindrances[0].shown}"
        more = plan.hindrances[1:]
        reason += f", and {len(more)} more" if more else ""
        shown = "; ".join(each.shown for each in more[:_SHOWN])
        rest = f" And {shown}{' …' if len(more) > _SHOWN else ''}." if more else ""
        kinds = list(dict.fromkeys(each.kind.value for each in plan.hindrances))
        if {*kinds} <= {*ACCEPTED}:
            rest += " " + ACCEPT.format(kinds=", ".join(f'"{each}"' for each in kinds))
        return self.review(source, place, reason, f"{HOW}{rest}")

    def _changed(self, source: Source, place: ast.AST, plan: Plan, guidance: str | None = None) -> Finding:  # fmt: skip
        symbol = plan.symbol
        reason = f"`{symbol.shown}` becomes `{symbol.new}`: {plan.places}"
        reason += f"; accepted: {', '.join(self.options.accept)}" if self.options.accept else ""
        edits = [source.edit(each.start, each.end, symbol.new) for each in plan.own.spans]
        reason += TITLED if is_model(source, place) else ""
        if self.options.keep_alias:
            edits = with_alias(source, symbol, edits)
            reason += f"; `{symbol.old}` stays as an alias"
        found = self.unsafe(source, place, reason, edits, guidance=guidance)
        files = [SitePlace(each.path) for each in plan.scans if each.spans]
        group = f"{symbol.shown} {symbol.new}"
        is_several = sum(len(each.spans) for each in plan.scans) > 1
        return replace(found, group=group, together=tuple(files) if is_several else ())


def _renamed(rename: Rename) -> str:
    front = rename.old.rpartition(".")[0]
    return f"{front}.{rename.new}" if front else rename.new


def _definition(source: Source, symbol: Symbol) -> ast.AST | None:
    """What stands for the symbol in its file."""
    for each in identifiers(source, symbol.old):
        lines = (getattr(each.node, "lineno", 0), each.line)
        if symbol.line in lines and each.kind in (Written.DEFINITION, Written.NAME):
            return each.node
    return None


def _first(source: Source, plan: Plan) -> ast.AST | None:
    """The first place of the file that is changed."""
    for each in identifiers(source, plan.symbol.old):
        if not {*plan.own.spans}.isdisjoint(each.spans):
            return each.node
    return None


def _told(source: Source, plan: Plan) -> str | None:
    """Where comments, texts and documents say the old name, which stay as they are."""
    places = [f"{each.path}:{line}" for each in plan.scans for line in each.told]
    places += documents(source, plan.symbol)
    if not places:
        return None
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    shown = ", ".join(places[:_SHOWN])
    return f"Comments and texts still say `{plan.symbol.old}`: {shown}{more}."
