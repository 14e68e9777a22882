"""Selectors stand for codemods by name, code, prefix and set."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from fixaudit.errors import ConfigError
from fixaudit.registry.selection import matched_names, select_codemods


@dataclass(frozen=True)
class Known:
    name: str
    code: str
    tags: frozenset[str] = frozenset()
    default: bool = True


MD5 = Known("md5-to-sha256", "FA101", frozenset({"core", "security"}))
PRINT = Known("print-to-logger", "FA102", frozenset({"core"}))
LAZY = Known("lazy-logging", "FA205", frozenset({"logging"}), default=False)
CORS = Known("cors-wildcard", "FA401", frozenset({"security"}))
OURS = Known("acme/house-rule", "ACME7", default=False)
ALL = [MD5, PRINT, LAZY, CORS, OURS]


@pytest.mark.parametrize(
    ("select", "extend", "ignore", "chosen"),
    [
        (None, [], [], [MD5, PRINT, CORS]),
        (["default"], [], [], [MD5, PRINT, CORS]),
        (["all"], [], [], ALL),
        ([], [], [], []),
        (["print-to-logger"], [], [], [PRINT]),
        (["FA401", "fa101"], [], [], [MD5, CORS]),
        (["FA1"], [], [], [MD5, PRINT]),
        (["FA"], [], [], [MD5, PRINT, LAZY, CORS]),
        (["security"], [], [], [MD5, CORS]),
        (["acme/house-rule"], [], [], [OURS]),
        (None, ["FA205"], [], [MD5, PRINT, LAZY, CORS]),
        (None, [], ["security"], [PRINT]),
        (["core"], ["FA4"], ["md5-to-sha256"], [PRINT, CORS]),
        (["FA101"], [], ["FA1"], [MD5]),
        (["FA1"], [], ["FA101"], [PRINT]),
        (["FA1"], [], ["FA1"], []),
        (["all"], [], ["default"], [LAZY, OURS]),
    ],
)
def test_selection(
    select: list[str] | None, extend: list[str], ignore: list[str], chosen: list[Known]
) -> None:
    assert select_codemods(ALL, select, extend, ignore) == chosen


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        ("md5-to-sha265", 'unknown selector "md5-to-sha265"; did you mean "md5-to-sha256"?'),
        ("FA4001", 'unknown selector "FA4001"; did you mean "FA401"?'),
        ("securty", 'unknown selector "securty"; did you mean "security"?'),
        ("%%", 'unknown selector "%%"'),
        ("", 'unknown selector ""'),
    ],
)
def test_a_selector_that_means_nothing(selector: str, message: str) -> None:
    for arguments in ([[selector]], [None, [selector]], [None, [], [selector]]):
        with pytest.raises(ConfigError) as caught:
            select_codemods(ALL, *arguments)
        assert str(caught.value) == message


def test_names_behind_selectors() -> None:
    assert matched_names(ALL, ["FA1", "logging"]) == {
        "md5-to-sha256",
        "print-to-logger",
        "lazy-logging",
    }
    assert matched_names(ALL, []) == frozenset()
