"""Names of before 0.2 that third parties use: they work for a release, and say what they are now."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import pytest

import fixaudit
from fixaudit import Codemod, Finding, Source


@pytest.mark.parametrize(("old", "new"), sorted(vars(fixaudit)["_DEPRECATED"].items()))
def test_an_old_name_is_the_new_object_and_says_so(old: str, new: str) -> None:
    with pytest.warns(DeprecationWarning, match=f"fixaudit.{old} is now fixaudit.{new}"):
        assert getattr(fixaudit, old) is getattr(fixaudit, new)
    assert old not in fixaudit.__all__


def _old_codemod() -> type[Codemod]:
    class Old(Codemod):
        name = "old"
        code = "OLD1"
        triggers = (b"print",)
        visits = (ast.Call,)
        sets = frozenset({"mine"})
        twins = ("S1",)
        pairing = fixaudit.ReportMatch(rules=("R1",))
        repeats = False
        ripples = False

        def judge(self, node: Any, source: Source) -> Iterator[Finding]:
            access = fixaudit.access(source, node, "logging")
            assert access is not None
            yield self.fix(source, node, "because", [], wishes=access.wishes)

    return Old


def test_old_attributes_of_a_codemod_are_taken_over_and_named() -> None:
    with pytest.warns(DeprecationWarning, match="is now called") as told:
        old = _old_codemod()
    assert (old.tags, old.equivalent_codes) == (frozenset({"mine"}), ("S1",))
    assert (old.until_stable, old.may_enable_others) == (False, False)
    assert old.report_match.rules == ("R1",)
    names = ["sets is now called tags", "twins is now", "pairing is now", "repeats is now", "ripples is now"]  # fmt: skip
    assert [any(name in str(entry.message) for entry in told) for name in names] == [True] * 5


def test_old_words_for_needed_names_still_bring_an_import() -> None:
    with pytest.warns(DeprecationWarning, match="is now called"):
        codemod = _old_codemod()()
    source = Source("a.py", b"print(1)\n")
    (finding,) = codemod.judge(source.tree.body[0].value, source)  # type: ignore[attr-defined]
    assert [needed.module for needed in finding.needed_names] == ["logging"]  # type: ignore[union-attr]
