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
from collections.abc import Iterable, Sequence, Set

from fixaudit.edits.compose import apply_edits
from fixaudit.errors import SourceError
from fixaudit.model.finding import Edit, Span
from fixaudit.source.source import Function, Source
from fixaudit.syntax.namespace import BUILTINS
from fixaudit.syntax.scopes import Scopes
from fixaudit.syntax.tree import TreeIndex
from fixaudit.text.comments import comment_texts

_OF_CLASSES = ("__module__", "__qualname__")


def are_plainly_sound(
    before: Source, after: Source, edits: Sequence[Edit], *, only_annotates: bool = False
) -> bool:
    """True where each changed statement compiles alone, keeps its comments, binds what it bound and
    reads nothing new from outside; False where that is not certain.

    Of edits that add builtins as return annotations and nothing else it is only asked whether the
    headers compile.
    """
    if not edits or apply_edits(before.body, edits) != after.body:
        return False
    if only_annotates and _headers_compile(before, edits):
        return True
    changed = _changed(before, edits)
    if changed is None:
        return False
    flags = _future_flags(before)
    for old, statements, own in changed:
        new = apply_edits(old, own)
        if not _compiles_alone(old, new, flags):
            return False
        if not only_annotates and not _is_sound(before, old, statements, new):
            return False
    return True


def _headers_compile(before: Source, edits: Iterable[Edit]) -> bool:
    """Whether each edit stands at the end of the header of a function of its own, and that compiles:
    the bodies stand as they were."""
    functions: list[Function] = [
        *before.nodes(ast.FunctionDef),
        *before.nodes(ast.AsyncFunctionDef),
    ]
    functions.sort(key=_place)
    changed: set[int] = set()
    for edit in edits:
        line = before.positions.line(edit.span.start)
        column = edit.span.start - before.positions.line_start(line)
        number = bisect_right(functions, (line, column), key=_place) - 1
        if number < 0 or number in changed or functions[number].returns is not None:
            return False
        changed.add(number)
        start = before.span(functions[number]).start
        header = before.body[start : edit.span.start].decode("utf-8")
        if not text_compiles(f"{header}{edit.text}: pass"):
            return False
    return True


def _place(node: Function) -> tuple[int, int]:
    return node.lineno, node.col_offset


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


_Changed = tuple[bytes, list[ast.stmt], list[Edit]]


def _changed(before: Source, edits: Iterable[Edit]) -> list[_Changed] | None:
    """The text of each statement that edits change, up to the next, with the edits that count in it.

    Statements that share a line count as one.
    """
    lines = _by_lines(before)
    starts = [*(before.positions.line_start(line) for line, _ in lines), len(before.body)]
    found: dict[int, list[Edit]] = {}
    for edit in edits:
        number = bisect_right(starts, edit.span.start) - 1
        if number < 0 or number + 1 >= len(starts) or edit.span.end > starts[number + 1]:
            return None
        start = starts[number]
        span = Span(edit.span.start - start, edit.span.end - start)
        found.setdefault(number, []).append(Edit(span, edit.text, edit.drops_comments))
    return [
        (before.body[starts[number] : starts[number + 1]], lines[number][1], own)
        for number, own in found.items()
    ]


def _by_lines(source: Source) -> list[tuple[int, list[ast.stmt]]]:
    """The statements of the module by the line that they start in."""
    found: list[tuple[int, list[ast.stmt]]] = []
    last = 0
    for statement in source.tree.body:
        decorators = getattr(statement, "decorator_list", ())
        first = min((entry.lineno for entry in decorators), default=statement.lineno)
        if first == last and found:
            found[-1][1].append(statement)
        else:
            found.append((first, [statement]))
        last = statement.end_lineno or first
    return found


def _is_sound(before: Source, old_text: bytes, statements: list[ast.stmt], new_text: bytes) -> bool:
    try:
        old, new = Source("old.py", old_text), Source("new.py", new_text)
        if b"#" in old_text and Counter(comment_texts(old.text)) - Counter(comment_texts(new.text)):
            return False
        if new.scopes.has_star_import() or before.scopes.has_star_import():
            return False
        if _bound_by(statements) != new.scopes.module.bindings.keys():
            return False
    except SourceError:
        return False
    return not unbound_names(new, new.nodes(ast.Name)) - before.scopes.module.bindings.keys()


def _bound_by(statements: list[ast.stmt]) -> Set[str]:
    """The names that statements bind in a module which holds nothing else."""
    tree = ast.Module(body=statements, type_ignores=[])
    # The scope speaks with its table for as long as that is held.
    scopes = Scopes(tree, TreeIndex(tree), "")
    return scopes.module.bindings.keys()


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
