"""Repairs that leave the code of a finding standing in another form: what `plan` proves by it, and what not."""

from __future__ import annotations

import pytest
from repositories import Work
from test_truth import committed, told
from test_truth_histories import finding, tree

__all__ = ["tree"]

TWICE = '''\
"""Draws."""

import random


def one_of(texts: list[str]) -> str:
    import random
    return random.choice(texts)


def start() -> None:
    prepare_the_store()


def start() -> None:
    prepare_the_cards()
'''
QUOTED = "import random  # at the top\nimport random  # in the function"
INNER = "    import random\n"
SECOND = "def start() -> None:\n    prepare_the_cards()"


def proved(tree: Work, capfd: pytest.CaptureFixture[str], report: str, *texts: str) -> bool:
    """True where the first change of a file after its report is told to have repaired it."""
    committed(tree, "Begin", app__draws=texts[0], AUDIT=report)
    fixes = [committed(tree, "Work", app__draws=text) for text in texts[1:]]
    flaw, _, says = told(capfd)
    return flaw == "not here" and f"commit {fixes[0]}" in says


def test_one_of_two_copies_of_a_quoted_line_is_left(
    tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding("Redundant import", "app/draws.py:3", QUOTED)
    assert proved(tree, capfd, report, TWICE, TWICE.replace(INNER, ""))


@pytest.mark.parametrize(
    ("title", "quote", "texts"),
    [
        ("Import of a weak generator", QUOTED, (TWICE, TWICE.replace(INNER, ""))),
        ("Redundant import", "import random", (TWICE, TWICE.replace(INNER, ""))),
        ("Redundant import", QUOTED, (TWICE + INNER, TWICE)),
        ("Redundant import", QUOTED, (TWICE, TWICE.replace(INNER, ""), TWICE)),
        ("Redundant import", QUOTED, (TWICE, TWICE.replace("choice", "sample"))),
    ],
)
def test_copies_prove_nothing_where_they_are_not_meant_or_still_two(
    title: str,
    quote: str,
    texts: tuple[str, ...],
    tree: Work,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert not proved(tree, capfd, finding(title, "app/draws.py:3", quote), *texts)


@pytest.mark.parametrize(
    ("title", "after", "is_proved"),
    [
        ("Duplicate functions", TWICE.replace(SECOND, SECOND.replace("start", "cards")), True),
        ("Two functions that fail", TWICE.replace(SECOND, SECOND.replace("start", "cards")), False),
        ("Duplicate functions", TWICE.replace("prepare_the_cards", "prepare_all"), False),
    ],
)
def test_a_function_that_is_defined_twice_is_left_once(
    title: str, after: str, is_proved: bool, tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding(title, "app/draws.py", more="\nBoth are named `start`.\n")
    assert proved(tree, capfd, report, TWICE, after) is is_proved


CLOSE = '''\
"""Writes."""


def write(rows: list[str]) -> None:
    try:
        cursor = store.connect_to_it().cursor()
        cursor.execute_all(rows)
    finally:
        cursor.close()
        {rest}
'''
CLOSED = CLOSE.replace("        cursor.close()", "        if cursor:\n            cursor.close()")
LEAK = """
```python
finally:
    cursor.close()
```

**Fix:**
```python
cursor = None
try:
    cursor = connect()
finally:
    if cursor:
        cursor.close()
```
"""


@pytest.mark.parametrize(
    ("text", "is_proved"),
    [
        (CLOSED, True),
        (CLOSED.replace("if cursor:", "if rows:"), False),
        (CLOSED.replace("{rest}", "cursor.close()"), False),
        (CLOSE.replace("{rest}", "if cursor:\n            print(cursor)"), False),
        (CLOSE + "\n\ndef other() -> None:\n    if cursor:\n        cursor.close()\n", False),
    ],
)
def test_quoted_code_came_to_stand_under_the_advised_condition(
    text: str, is_proved: bool, tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding("Resource leak", "app/draws.py:9", more=LEAK)
    texts = [each.replace("{rest}", "done()") for each in (CLOSE, text)]
    assert proved(tree, capfd, report, *texts) is is_proved


COPY = '''\
"""Draws."""

from app import console


def prepare_console() -> None:
    console.set_encoding("utf-8")
    console.set_errors("replace")


def start() -> None:
    prepare_console()
    console.begin()
'''
IMPORTED = "from app import console\nfrom app.utils.windows import prepare_console"
WITHOUT = COPY[: COPY.index("def prep")] + COPY[COPY.index("def start") :]
MOVED = WITHOUT.replace("from app import console", IMPORTED)
CALLS = COPY.replace("from app import console", IMPORTED + " as shared").replace(
    '    console.set_encoding("utf-8")\n    console.set_errors("replace")\n', "    shared()\n"
)
KEPT = COPY.replace("from app import console", IMPORTED + " as shared").replace(
    '    console.set_errors("replace")\n', '    console.set_errors("replace")\n    shared()\n'
)
ADVICE = "\n`prepare_console` is in each of them.\n\n**Fix:** Create a shared `utils/windows.py`.\n"


@pytest.mark.parametrize(
    ("text", "more", "is_proved"),
    [
        (MOVED, ADVICE, True),
        (CALLS, ADVICE, True),
        (KEPT, ADVICE, False),
        (MOVED, ADVICE.replace("utils/windows.py", "utils/terminal.py"), False),
        (MOVED, ADVICE.replace("Create a shared", "Look at"), False),
        (COPY.replace("from app import console", IMPORTED), ADVICE, False),
        (COPY.replace("from app import console", "# utils.windows\nimport os"), ADVICE, False),
    ],
)
def test_code_went_into_the_shared_module_that_is_advised(
    text: str, more: str, is_proved: bool, tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding("Console code copied", "app/draws.py:6-8", more=more)
    assert proved(tree, capfd, report, COPY, text) is is_proved


OPEN = '''\
"""Rules."""


def run(rules: list[str]) -> list[str]:
    passed = []
    for rule in rules:
        # TODO: Add to the warnings when implemented
        passed.append(rule)
    return passed
'''
TODO = "        # TODO: Add to the warnings when implemented"


@pytest.mark.parametrize(
    ("text", "quote", "is_proved"),
    [
        (OPEN.replace(TODO, "        warnings.append(rule)"), TODO, True),
        (OPEN.replace(TODO, "        warnings.append(rule)"), "", False),
        (OPEN.replace(TODO + "\n", ""), TODO, False),
        (OPEN.replace(TODO, "        # TODO: warn\n        warnings.append(rule)"), TODO, False),
        (OPEN.replace(TODO, TODO + "\n        warnings.append(rule)"), TODO, False),
    ],
)
def test_a_todo_gave_way_to_code(
    text: str, quote: str, is_proved: bool, tree: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    report = finding("Incomplete rules", "app/draws.py:7", quote)
    assert proved(tree, capfd, report, OPEN, text) is is_proved
