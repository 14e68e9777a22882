"""A file with a fixture many times costs as many times one: no function of ours is called with the
square of it. Calls are counted, no clock is read."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from counted_calls import calls_by_function

from fixaudit.authoring.codemod import Codemod
from fixaudit.pipeline.pipeline import Plan, process
from fixaudit.registry.loader import installed_codemods
from fixaudit.testing.cases import Case, Specimen, find_cases

ROOT = Path(__file__).parent.parent.parent / "fixtures"
CODEMODS = [codemod for codemod in installed_codemods() if "/" not in codemod.name]
FEW, MANY = 8, 32
# What the engine answers for one node, however it is asked; each grew with the square once.
ASKED = (
    "cors-wildcard/unsafe_credentials_with_flag.py",
    "drop-unexpected-keyword/leave_callee_is_not_certain.py",
    "duplicate-assignment/review_changed_in_place.py",
    "get-running-loop/review_plain_function.py",
    "hasattr-declared/leave_suppressed.py",
    "keep-task-reference/leave_global_and_closure.py",
    "keep-task-reference/leave_suppressed.py",
    "logger-error-to-exception/leave_command_line.py",
    "logger-exception-cleanup/fix_name_seen_by_locals.py",
    "logger-exception-cleanup/fix_named_message_keyword.py",
    "md5-to-sha256/review_compared_by_caller.py",
    "md5-to-sha256/unsafe_guarded_import.py",
    "missing-await/review_narrowed_by_its_class.py",
    "missing-await/unsafe_in_async_test.py",
    "not-implemented-501/leave_documented.py",
    "print-to-logger/fix_own_name_taken.py",
    "raise-from/fix_in_module_and_class.py",
    "runtimeerror-to-assertion/review_caught_by_callers.py",
    "runtimeerror-to-assertion/review_tail_count_changes.py",
    "runtimeerror-to-assertion/review_tail_of_async_for.py",
    "sqlalchemy-bool-compare/unsafe_style_is.py",
    "tls-verify/leave_local_settings.py",
    "utcnow-to-aware/unsafe_report_cutoff.py",
)


def _chosen(codemod: type[Codemod]) -> list[Case]:
    """The fixtures named above, or else the first that is changed."""
    cases = [case for case in find_cases(ROOT, [codemod]) if not case.is_folder]
    named = [case for case in cases if f"{codemod.name}/{case.name}" in ASKED]
    changed = [case for case in cases if case.name.startswith(("fix_", "unsafe_"))]
    return named or changed[:1] or cases[:1]


CASES = [case for codemod in CODEMODS for case in _chosen(codemod)]


def test_every_named_fixture_is_there() -> None:
    found = {case.label.removeprefix("fixtures/before/") for case in CASES}
    assert not set(ASKED) - found


@pytest.mark.parametrize("case", CASES, ids=[case.label for case in CASES])
def test_no_function_is_called_with_the_square_of_the_sites(case: Case) -> None:
    (specimen,) = case.focus
    few, many = (_calls(specimen, count) for count in (FEW, MANY))
    times = MANY // FEW
    grown = {
        name: (few[name], count)
        for name, count in many.items()
        if count > 4 * MANY and count > 2 * times * max(few[name], FEW)
    }
    assert not grown


def _calls(specimen: Specimen, count: int) -> dict[str, int]:
    source = specimen.source(_copies(specimen.before or b"", count).encode())
    plan = Plan([specimen.case.configured], unsafe=True)
    return calls_by_function(lambda: process(source, plan))


def _copies(data: bytes, count: int) -> str:
    """The text so many times, with names of its own for what each copy defines; imports come once."""
    text = re.sub(r"^from __future__.*\n", "", data.decode(), flags=re.MULTILINE)
    lines, imports = text.split("\n"), list[str]()
    tree = ast.parse(text)
    for node in reversed(tree.body):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imports[:0] = lines[node.lineno - 1 : node.end_lineno]
            del lines[node.lineno - 1 : node.end_lineno]
    body, names = "\n".join(lines), _defined(tree)
    if not names:
        return "\n".join([*imports, *[body] * count])
    pattern = re.compile(rf"(?<![.\w])({'|'.join(map(re.escape, names))})\b")
    return "\n".join([*imports, *(pattern.sub(rf"\1_{number}", body) for number in range(count))])


def _defined(tree: ast.Module) -> list[str]:
    names = set()
    for node in tree.body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names.add(node.name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
    return sorted(name for name in names if not name.startswith("__"))
