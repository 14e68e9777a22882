"""Only the editor of calls knows the commas of argument lists: nothing else searches or writes them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EDITS, CODEMODS = ROOT / "engine/fixaudit/edits", ROOT / "codemods/fixaudit_codemods"
EDITOR = {"calls.py", "call_fragment.py", "call_gaps.py", "call_spaces.py"}
# Commas that are not those of a call's arguments: how many places look for them, and what they are.
ALLOWED = {
    "engine/fixaudit/edits/import_block.py": (3, "the names of an import"),
    "engine/fixaudit/edits/import_removal.py": (1, "the names of an import"),
    "engine/fixaudit/edits/phrase_removal.py": (11, "those of a sentence"),
    "codemods/fixaudit_codemods/database/sql_fstring/_texts.py": (2, "those of SQL"),
    "codemods/fixaudit_codemods/database/sqlalchemy_bool_compare/codemod.py": (1, "the codes of a noqa"),
    "codemods/fixaudit_codemods/errors/runtimeerror_to_assertion/_unreachable_comments.py": (1, "those of a sentence"),
    "codemods/fixaudit_codemods/logs/logger_exception_cleanup.py": (1, "the bytes that let a file be read"),
    "codemods/fixaudit_codemods/logs/print_to_logger/_bare.py": (1, "those in an expression of one value"),
    "codemods/fixaudit_codemods/logs/print_to_logger/_edges.py": (1, "those of a sentence"),
    "codemods/fixaudit_codemods/logs/print_to_logger/_literals.py": (1, "those in an expression of one value"),
}  # fmt: skip
_SEARCHES = frozenset(
    {
        "find",
        "rfind",
        "index",
        "rindex",
        "startswith",
        "endswith",
        "partition",
        "rpartition",
        "split",
    }
    | {"rsplit", "removeprefix", "removesuffix", "strip", "lstrip", "rstrip", "count", "translate"}
)
_WRITES = frozenset({"edit", "Edit", "insert"})


def comma_lines(tree: ast.AST) -> Iterator[int]:
    """The lines where a comma is looked for in text, or written at an end of an edit's text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and any(map(_is_comma, _operands(node))):
            yield node.lineno
        elif isinstance(node, ast.Call):
            name = (
                node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
            )
            given = [*node.args, *(word.value for word in node.keywords)]
            searched = name in _SEARCHES and any(_is_comma(c) for a in given for c in _constants(a))
            written = name in _WRITES and any(map(_ends_in_comma, given))
            pattern = ast.unparse(node.func).startswith("re.") and any(map(_matches_comma, given))
            if searched or written or pattern:
                yield node.lineno


def _operands(node: ast.Compare) -> Iterator[str]:
    for operand in (node.left, *node.comparators):
        if isinstance(operand, (ast.Constant, ast.Tuple, ast.Set, ast.List)):
            yield from _constants(operand)


def _constants(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, (str, bytes)):
            yield inner.value if isinstance(inner.value, str) else inner.value.decode("latin-1")


def _is_comma(text: str) -> bool:
    return text.strip() == ","


def _ends_in_comma(node: ast.expr) -> bool:
    """True for `", x"`, `f", {x}"` and `f"{x}, "`: what stands beside it is an argument."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [part.value for part in parts if isinstance(part, ast.Constant)]
    edges = [text.strip() for text in texts if isinstance(text, str)]
    first = edges and parts[0] is not None and isinstance(parts[0], ast.Constant)
    last = edges and isinstance(parts[-1], ast.Constant)
    return bool((first and edges[0].startswith(",")) or (last and edges[-1].endswith(",")))


def _matches_comma(node: ast.expr) -> bool:
    """True for a pattern with a comma that is not one of a count such as `{1,3}`."""
    return any("," in _without_counts(text) for text in _constants(node))


def _without_counts(pattern: str) -> str:
    parts = pattern.split("{")
    return parts[0] + "".join(part.partition("}")[2] for part in parts[1:])


def _modules() -> Iterator[Path]:
    for path in sorted([*EDITS.rglob("*.py"), *CODEMODS.rglob("*.py")]):
        if not (path.parent == EDITS and path.name in EDITOR):
            yield path


def test_only_the_editor_of_calls_knows_commas() -> None:
    found = {
        str(path.relative_to(ROOT)): list(comma_lines(ast.parse(path.read_text("utf-8"))))
        for path in _modules()
    }
    counts = {path: len(lines) for path, lines in found.items() if lines}
    assert counts == {path: number for path, (number, _) in ALLOWED.items()}, found


@pytest.mark.parametrize(
    "code",
    [
        'rest = rest[1:] if rest.startswith(b",") else rest',
        'end = end + 1 if source.body[end : end + 1] == b"," else end',
        'comma = source.body.index(b",", end) + 1',
        'found = re.match(rb",\\s*(#|$)", rest)',
        'bare = re.fullmatch(r"[\\s,]*", text)',
        'edit = source.edit(end, end, ", usedforsecurity=False")',
        'edit = source.edit(end, end, f", tz={zone}")',
        "edit = source.edit(start, start, f'{literal}, ')",
        'edit = Edit(Span(end, end), ",")',
        'known = b"," in source.body[end:stop]',
    ],
)
def test_comma_logic_is_seen(code: str) -> None:
    assert list(comma_lines(ast.parse(code))) == [1]


@pytest.mark.parametrize(
    "code",
    [
        'text = ", ".join(names)',
        'edit = source.edit(end, end, f" from {name}")',
        'found = re.match(r"\\d{1,3}", text)',
        'edits = add_keywords(source, call, "tz=a, b")',
    ],
)
def test_other_commas_are_not_meant(code: str) -> None:
    assert list(comma_lines(ast.parse(code))) == []
