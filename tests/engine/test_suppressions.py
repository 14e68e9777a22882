"""Comments suppress findings on their statement; strings and other words never do."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from fixaudit.source.source import Source
from fixaudit.suppress.suppressions import Suppressions


@dataclass(frozen=True)
class Known:
    name: str
    code: str
    equivalent_codes: tuple[str, ...] = ()


MD5 = Known("md5-to-sha256", "FA101", ("S324", "B324", "B303"))
PRINT = Known("print-to-logger", "FA102", ("T201", "T203"))
GATHER = Known("bounded-gather", "FA107")
GETATTR = Known("getattr-default-removal", "FA106", ("B009",))


def suppressed(text: str, first: int, codemod: Known = MD5, last: int | None = None) -> str | None:
    return Suppressions.of(text).lookup(first, last or first, codemod)


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ("# fixaudit: ignore", "fixaudit: ignore on line 2"),
        ("# fixaudit: ignore[md5-to-sha256]", "fixaudit: ignore[md5-to-sha256] on line 2"),
        ("#fixaudit:ignore[ FA102 , FA101 ]", "fixaudit: ignore[FA101] on line 2"),
        ("# fixaudit: ignore[FA1]", "fixaudit: ignore[FA1] on line 2"),
        ("# fixaudit: ignore[FA101] -- the protocol wants MD5", "the protocol wants MD5"),
        ("# pragma: no cover # fixaudit: ignore -- old  # noqa: E501", "old"),
        ("# noqa", "noqa on line 2"),
        ("# NOQA:S324", "noqa: S324 on line 2"),
        ("# noqa: E501, S324 weak on purpose", "noqa: E501,S324 on line 2"),
        ("# noqa: E501 S324", "noqa: E501,S324 on line 2"),
        ("# noqa: S3", "noqa: S3 on line 2"),
        ("# nosec", "nosec on line 2"),
        ("# nosec B324", "nosec B324 on line 2"),
        ("# nosec: B101, B303 - checksum", "nosec B101,B303 on line 2"),
        ("# type: ignore[attr-defined]  # noqa: S324", "noqa: S324 on line 2"),
    ],
)
def test_comments_that_suppress(comment: str, why: str) -> None:
    assert (
        suppressed(f"import hashlib\nx = hashlib.md5(b)  {comment}\ny = hashlib.md5(b)\n", 2) == why
    )
    assert (
        suppressed(f"import hashlib\nx = hashlib.md5(b)  {comment}\ny = hashlib.md5(b)\n", 3)
        is None
    )


@pytest.mark.parametrize(
    "line",
    [
        "x = md5(b)  # fixaudit: ignore[print-to-logger]",
        "x = md5(b)  # fixaudit: ignore[]",
        "x = md5(b)  # fixaudit: ignore[md5-to-sha256",
        "x = md5(b)  # fixaudit: ignored",
        "x = md5(b)  # noqa: E501",
        "x = md5(b)  # noqa:E501 not S324",
        "x = md5(b)  # nosec B101",
        "x = md5(b)  # nosecond",
        "x = md5('# noqa')",
        "x = md5('# fixaudit: ignore')",
        "x = f'# nosec {md5(b)}'",
        "# ruff: noqa: T201",
    ],
)
def test_comments_and_strings_that_do_not(line: str) -> None:
    assert suppressed(f"import os\n{line}\n", 2) is None


def test_a_docstring_that_shows_the_comment_suppresses_nothing() -> None:
    text = '"""Use it so:\n\n# fixaudit: skip-file\nx = md5(b)  # noqa: S324\n"""\nx = md5(b)\n'
    assert suppressed(text, 6, last=6) is None
    assert suppressed(text, 4) is None


STATEMENT = """\
def f(b):
    # an explanation
    # fixaudit: ignore[md5-to-sha256] -- above
    # of two lines
    x = hashlib.md5(
        b,
    )
    y = hashlib.md5(
        b,
        # fixaudit: ignore -- within
        usedforsecurity=True,
        data=1,
    )
    z = g(
        hashlib.md5(b),
        2,
    )  # fixaudit: ignore -- behind
    return hashlib.md5(b)
"""


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (5, "above"),
        (6, "above"),
        (8, None),
        (9, None),
        (11, "within"),
        (12, None),
        (15, "behind"),
        (18, None),
    ],
)
def test_which_lines_a_comment_covers(line: int, why: str | None) -> None:
    assert suppressed(STATEMENT, line) == why


def test_any_line_of_the_finding_counts() -> None:
    assert suppressed(STATEMENT, 8, last=13) == "within"
    assert suppressed("x = md5(\n    b,  # nosec\n)\n", 1, last=3) == "nosec on line 2"
    assert (
        suppressed("x = md5(\n    b,  # nosec\n)\n" + "\n" * 300, 1, last=300) == "nosec on line 2"
    )


def test_a_comment_above_decorators_covers_the_function_header_only() -> None:
    text = "# fixaudit: ignore -- kept\n@app.get('/')\n@cached\nasync def f(\n    a,\n):\n    return md5(a)\n"
    assert suppressed(text, 4) == "kept"
    assert suppressed(text, 5) == "kept"
    assert suppressed(text, 7) is None


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_newline_style_counts_lines_alike(newline: str) -> None:
    text = "import os\n\nx = md5(b)  # noqa: S324\n".replace("\n", newline)
    assert suppressed(text, 3) == "noqa: S324 on line 3"
    source = Source("a.py", b"\xef\xbb\xbf" + text.encode())
    assert Suppressions.of(source).lookup(3, 3, MD5) == "noqa: S324 on line 3"


def test_skip_file() -> None:
    assert (
        suppressed("import os\n# fixaudit: skip-file -- vendored\nx = md5(b)\n", 3, GATHER)
        == "vendored"
    )
    assert (
        suppressed("x = md5(b)\n" * 50 + "# fixaudit: skip-file\n", 1)
        == "fixaudit: skip-file on line 51"
    )
    late = "x = md5(b)\n" * 50 + "x = 1  # fixaudit: skip-file\n"
    assert suppressed(late, 1) is None
    assert [entry.line for entry in Suppressions.of(late).mistakes([MD5])] == [51]


def test_bare_twins_speak_only_to_codemods_with_such_a_twin() -> None:
    assert suppressed("x = f()  # noqa\n", 1, GATHER) is None
    assert suppressed("x = f()  # nosec\n", 1, PRINT) is None
    assert suppressed("x = f()  # nosec\n", 1, GETATTR) is None
    assert suppressed("x = f()  # noqa: B009\n", 1, GETATTR) == "noqa: B009 on line 1"
    ruff_only = Known("x", "FA401", ("S501",))
    assert suppressed("x = f()  # nosec B501\n", 1, ruff_only) == "nosec B501 on line 1"


def test_file_wide_comments_of_other_linters() -> None:
    assert suppressed("# ruff: noqa: T201\nprint(1)\n", 2, PRINT) == "ruff: noqa: T201 on line 1"
    assert suppressed("# ruff: noqa: T201\nmd5(1)\n", 2, MD5) is None
    assert suppressed("# flake8: noqa\nmd5(1)\n", 2, MD5) == "flake8: noqa on line 1"


def test_mistakes_name_the_nearest_word() -> None:
    text = (
        "a = 1  # fixaudit: ignroe[FA101]\n"
        "b = 1  # fixaudit: ignore[md5-to-sha265, FA102]\n"
        "c = 1  # fixaudit: ignore[]\n"
        "d = 1  # fixaudit: ignore[FA101\n"
        "e = 1  # fixaudit: ignore[FA1] -- fine\n"
    )
    found = Suppressions.of(text).mistakes([MD5, PRINT])
    assert [(entry.line, entry.message) for entry in found] == [
        (1, 'unknown comment "fixaudit: ignroe"; did you mean "ignore"?'),
        (2, 'unknown codemod "md5-to-sha265" in "fixaudit: ignore"; did you mean "md5-to-sha256"?'),
        (3, '"fixaudit: ignore[]" names no codemod and covers nothing'),
        (4, '"fixaudit: ignore[" lacks its "]" and covers nothing'),
    ]


def test_unused_comments_of_codemods_that_ran() -> None:
    text = "a = md5(b)  # fixaudit: ignore[FA101,FA102]\nb = 1  # fixaudit: ignore\nc = 1  # fixaudit: ignore[FA107]\n"
    suppressions = Suppressions.of(text)
    assert suppressions.lookup(1, 1, MD5) is not None
    assert [(entry.line, entry.message) for entry in suppressions.unused([MD5, PRINT])] == [
        (1, '"fixaudit: ignore[FA102]" suppresses nothing'),
        (2, '"fixaudit: ignore" suppresses nothing'),
    ]


def test_files_without_the_words_are_not_tokenized(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(text: str) -> None:
        raise AssertionError("tokenized")

    monkeypatch.setattr("fixaudit.suppress.suppressions.directives", refuse)
    assert suppressed("# plain comment, no quality assurance\nx = md5(b)\n" * 100, 2) is None


def test_text_that_does_not_tokenize_ends_quietly() -> None:
    assert suppressed("x = md5(b)  # noqa\ny = (\n", 1) == "noqa on line 1"
