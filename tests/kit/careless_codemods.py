"""One careful codemod, and others that are careless in one way each."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar

from fixaudit.authoring.codemod import Codemod
from fixaudit.model.finding import Edit, Finding, NeededName, ObsoleteImport, Span
from fixaudit.source.name_access import access
from fixaudit.source.source import Source


class Careful(Codemod):
    """MD5 becomes SHA-256, wherever `hashlib.md5` is what is called."""

    name = "careful"
    code = "XX001"
    triggers: ClassVar[tuple[bytes, ...]] = (b"md5",)
    visits: ClassVar[tuple[type[ast.AST], ...]] = (ast.Call,)

    def judge(self, node: Any, source: Source) -> Iterator[Finding]:
        if source.qualified_name(node.func) != "hashlib.md5":
            return
        if any(keyword.arg == "usedforsecurity" for keyword in node.keywords):
            yield self.leave(source, node, "says itself that security does not rest on it")
            return
        if not node.args:
            yield self.review(source, node, "is filled later on", "Look where it is updated.")
            return
        reached = access(source, node, "hashlib", "sha256")
        if reached is None:
            yield self.leave(source, node, "sha256 cannot be reached here")
            return
        edits = [source.replace(node.func, reached.text)]
        needed_names: list[NeededName] = [*reached.needed_names, ObsoleteImport("md5")]
        yield self.unsafe(source, node, "the digest changes", edits, needed_names)


class InText(Careful):
    """Takes every md5 in the file for the function."""

    visits = (ast.Module,)

    def judge(self, node: Any, source: Source) -> Iterator[Finding]:
        if not node.body:
            return
        for match in re.finditer(rb"\bmd5\b", source.body):
            finding = self.unsafe(source, node.body[0], "the digest changes", [])
            edit = Edit(Span(match.start(), match.end()), "sha256")
            yield replace(finding, span=edit.span, edits=(edit,))


class ByName(Careful):
    """Takes whatever is called hashlib for the module."""

    def judge(self, node: Any, source: Source) -> Iterator[Finding]:
        match node.func:
            case ast.Attribute(value=ast.Name(id="hashlib"), attr="md5") if node.args:
                text = "hashlib.sha256"
                yield self.unsafe(source, node, "changes", [source.replace(node.func, text)])
            case ast.Attribute(value=ast.Name(id="hashlib")):
                yield from super().judge(node, source)


class Regenerates(Careful):
    """Prints the call anew from its tree: quotes, layout and comments in it are lost."""

    def judge(self, node: Any, source: Source) -> Iterator[Finding]:
        for finding in super().judge(node, source):
            if finding.edits:
                text = ast.unparse(node).replace("md5", "sha256")
                finding = replace(finding, edits=(source.replace(node, text),))
            yield finding


class UnixNewlines(Careful):
    """Puts a comment above the statement with newlines of its own."""

    def judge(self, node: Any, source: Source) -> Iterator[Finding]:
        for finding in super().judge(node, source):
            yield replace(finding, edits=(*finding.edits, *self.comment(node, source, finding)))

    def comment(self, node: ast.Call, source: Source, finding: Finding) -> list[Edit]:
        statement = source.statement(node)
        start = source.span(statement).start
        text = f"# was MD5\n{source.indent(statement)}"
        return [Edit(Span(start, start), text)] if finding.edits else []


class FourSpaces(UnixNewlines):
    """Puts a statement above, always four spaces deeper than the margin."""

    def comment(self, node: ast.Call, source: Source, finding: Finding) -> list[Edit]:
        start = source.positions.line_start(source.statement(node).lineno)
        return [source.edit(start, start, "    checked = True\n")] if finding.edits else []


class NeverDone(Careful):
    """Wraps the call, and finds it again inside."""

    def judge(self, node: Any, source: Source) -> Iterator[Finding]:
        for finding in super().judge(node, source):
            if finding.edits:
                text = f"str({source.segment(node)})"
                finding = replace(finding, edits=(source.replace(node, text),))
            yield finding


class OneAtATime(Careful):
    """Leaves all but the first site, until that one is gone."""

    def judge(self, node: Any, source: Source) -> Iterator[Finding]:
        first = next(entry for entry in source.nodes(ast.Attribute) if entry.attr == "md5")
        for finding in super().judge(node, source):
            if finding.edits and node.func is not first:
                finding = self.leave(source, node, "comes later")
            yield finding


class OnceOneAtATime(OneAtATime):
    """The same, and is not asked again in the same run."""

    until_stable = False


class Silent(Careful):
    """Gives no reason."""

    def judge(self, node: Any, source: Source) -> Iterator[Finding]:
        for finding in super().judge(node, source):
            yield replace(finding, reason=" ")


class Talkative(Careful):
    """Gives a reason of two lines."""

    def judge(self, node: Any, source: Source) -> Iterator[Finding]:
        for finding in super().judge(node, source):
            yield replace(finding, reason=f"{finding.reason}\nand more")


class TooBold(Careful):
    """Calls a change of digests safe."""

    def judge(self, node: Any, source: Source) -> Iterator[Finding]:
        for finding in super().judge(node, source):
            if finding.edits:
                finding = self.fix(
                    source, node, finding.reason, finding.edits, finding.needed_names
                )
            yield finding


class OnlyInFunctions(Careful):
    """Takes it for granted that every call stands in a function."""

    def judge(self, node: Any, source: Source) -> Iterator[Finding]:
        for finding in super().judge(node, source):
            function = source.function(node)
            yield replace(finding, reason=f"in {function.name}")  # type: ignore[union-attr]


class WrongTrigger(Careful):
    """Would never be asked: no file it is for holds its trigger."""

    triggers: ClassVar[tuple[bytes, ...]] = (b"hashlib.MD5",)


class EditsWhatItLeaves(Careful):
    """Says leave, and hands over an edit."""

    def judge(self, node: Any, source: Source) -> Iterator[Finding]:
        for finding in super().judge(node, source):
            yield replace(finding, edits=(source.replace(node.func, "hashlib.sha256"),))


class LooksAway(Careful):
    """Says nothing about what it leaves."""

    def judge(self, node: Any, source: Source) -> Iterator[Finding]:
        yield from (finding for finding in super().judge(node, source) if finding.edits)


class TakesItsWord(Careful):
    """Leaves what a function is called after, as if the name proved it."""

    def judge(self, node: Any, source: Source) -> Iterator[Finding]:
        for finding in super().judge(node, source):
            function = source.function(node)
            if getattr(function, "name", "") == "etag":
                yield self.named(source, node, finding)
            elif not finding.edits:
                edit = source.replace(node, "None")
                yield self.unsafe(source, node, "the digest goes", [edit])
            else:
                yield finding

    def named(self, source: Source, node: Any, finding: Finding) -> Finding:
        return self.leave(source, node, "it makes entity tags")


class HearsItsWord(TakesItsWord):
    """The same, and says that it is a hint."""

    def named(self, source: Source, node: Any, finding: Finding) -> Finding:
        hint = source.hint(node, "it makes entity tags, by its name")
        return self.review(source, node, hint, "See who compares them.")
