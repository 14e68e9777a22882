"""Whether edits leave a file sound, told from the statements of the module that they change alone.

Most edits change a few lines of one function. Its statement, read as a module of its own, shows that
nothing in it has come loose; the others stand as they were.
"""

from __future__ import annotations
import __future__

import ast
import warnings
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from fixaudit.edits.compose import apply_edits
from fixaudit.errors import SourceError
from fixaudit.model.finding import Edit, Span
from fixaudit.source.source import Source
from fixaudit.syntax.namespace import BUILTINS
from fixaudit.text.comments import comment_texts

_OF_CLASSES = ("__module__", "__qualname__")


def are_plainly_sound(
    before: Source, after: Source, edits: Sequence[Edit], *, only_annotates: bool = False
) -> bool:
    """True where each changed statement compiles alone, keeps its comments, binds what it bound and
    reads nothing new from outside; False where that is not certain.

    Of edits that add builtins as annotations and nothing else it is only asked whether they compile.
    """
    if not edits or apply_edits(before.body, edits) != after.body:
        return False
    changed = _changed(before, edits)
    if changed is None:
        return False
    flags = _future_flags(before)
    for old, own in changed:
        new = apply_edits(old, own)
        if not _compiles_alone(old, new, flags):
            return False
        if not only_annotates and not _is_sound(before, old, new):
            return False
    return True


def _compiles_alone(old: bytes, new: bytes, flags: int) -> bool:
    """Whether the text of a statement compiles, where the rest of the file has no say in that.

    What follows must begin a line of its own as before; `__future__` and a `global` of the module
    speak for other statements, or others for them.
    """
    if old.endswith((b"\n", b"\r")) and not new.endswith((b"\n", b"\r")):
        return False
    if b"__future__" in new or b"global" in new or new.rstrip(b"\r\n").endswith(b"\\"):
        return False
    return text_compiles(new.decode("utf-8"), flags)


def text_compiles(text: str, flags: int = 0) -> bool:
    """Whether a text compiles as a module; `flags` are those of the compiler for `__future__`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "<edited>", "exec", flags=flags, dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _future_flags(source: Source) -> int:
    """What the file's `from __future__ import …` tells the compiler."""
    flags = 0
    for statement in source.tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for item in statement.names:
                flags |= getattr(getattr(__future__, item.name, None), "compiler_flag", 0)
    return flags


def _changed(before: Source, edits: Iterable[Edit]) -> list[tuple[bytes, list[Edit]]] | None:
    """The text of each statement that edits change, up to the next, and the edits that count in it."""
    starts = [*_starts(before), len(before.body)]
    found: dict[int, list[Edit]] = {}
    for edit in edits:
        number = bisect_right(starts, edit.span.start) - 1
        if number < 0 or number + 1 >= len(starts) or edit.span.end > starts[number + 1]:
            return None
        start = starts[number]
        span = Span(edit.span.start - start, edit.span.end - start)
        found.setdefault(number, []).append(Edit(span, edit.text, edit.drops_comments))
    return [
        (before.body[starts[number] : starts[number + 1]], own) for number, own in found.items()
    ]


def _starts(source: Source) -> Iterator[int]:
    last = 0
    for statement in source.tree.body:
        decorators = getattr(statement, "decorator_list", ())
        first = min((entry.lineno for entry in decorators), default=statement.lineno)
        if first != last:
            yield source.positions.line_start(first)
        last = statement.end_lineno or first


def _is_sound(before: Source, old_text: bytes, new_text: bytes) -> bool:
    try:
        old, new = Source("old.py", old_text), Source("new.py", new_text)
        if b"#" in old_text and Counter(comment_texts(old.text)) - Counter(comment_texts(new.text)):
            return False
        if new.scopes.has_star_import() or before.scopes.has_star_import():
            return False
        if old.scopes.module.bindings.keys() != new.scopes.module.bindings.keys():
            return False
    except SourceError:
        return False
    return not unbound_names(new, new.nodes(ast.Name)) - before.scopes.module.bindings.keys()


def unbound_names(source: Source, names: Iterable[ast.Name]) -> set[str]:
    """Those of the names that are read and that nothing visible there binds."""
    if source.scopes.has_star_import():
        return set()
    found: set[str] = set()
    settled = BUILTINS | source.scopes.module.bindings.keys() | {"__class__", *_OF_CLASSES}
    for node in names:
        name = node.id
        if name not in settled and name not in found and isinstance(node.ctx, ast.Load):
            if source.scopes.lookup(name, node)[0] is None:
                found.add(name)
    return found
