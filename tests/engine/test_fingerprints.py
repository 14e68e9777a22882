"""Fingerprints: what a formatter, moved lines and other Pythons must not change, and what must change."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import black
import pytest
from black.parsing import InvalidInput

import fixaudit
from fixaudit.syntax.normalised_tokens import normalised_tokens

BEFORE = Path(__file__).parents[2] / "fixtures" / "before"
# Of each codemod the first files whose text Black changes.
_FILES = 2

SAME = [
    ("f(a, b)", "f(\n    a,  # why\n    b,\n)"),
    ("x = 'it'", 'x = "it"'),
    ("x = 'say \"it\"'", 'x = "say \\"it\\""'),
    ('x = "a" "b"', 'x = "ab"'),
    ('x = (\n    "a"\n    f"{b}"\n)', 'x = f"a{b}"'),
    ("x = 0XFF", "x = 0xff"),
    ("x = U'a'", 'x = "a"'),
    ('x = "\\xAB"', 'x = "\\xab"'),
    ("for (a, b) in c: pass", "for a, b in c:\n    pass"),
    ("return (not a)", "return not a"),
    ("a = 1 + \\\n  2", "a = 1 + 2"),
    ("a(); b()", "a()\nb()"),
    ("class A(): pass", "class A:\n    pass"),
    ('"""  Say.\n\n      more\n"""', '"""Say.\n\n    more\n    """'),
    ("x = [1, 2,]", "x = [1, 2]"),
]
OTHER = [
    ("f(a, b)", "f(a, c)"),
    ("f(a)", "f[a]"),
    ("x = 'a'", "x = b'a'"),
    ("x = 'a b'", "x = 'a  b'"),
    ("x = r'\\n'", "x = '\\n' + ''"),
    ("f(a, b)", "f(a.b)"),
    ("x = 1", "x = 11"),
    ("def f(a): pass", "def f(b): pass"),
    ("@a\ndef f(): pass", "@b\ndef f(): pass"),
]


@pytest.mark.parametrize(("one", "two"), SAME)
def test_formatting_does_not_count(one: str, two: str) -> None:
    assert normalised_tokens(one) == normalised_tokens(two)


@pytest.mark.parametrize(("one", "two"), OTHER)
def test_code_does(one: str, two: str) -> None:
    assert normalised_tokens(one) != normalised_tokens(two)


def test_of_a_function_its_heading_counts() -> None:
    text = "async def f(a: dict[str, int] = {1: 2}, *, b=lambda: 0) -> int:\n    return {0}"
    assert normalised_tokens(text.replace("{0}", "1")) == normalised_tokens(
        text.replace("{0}", "2")
    )
    assert normalised_tokens("if a:\n    b") != normalised_tokens("if a:\n    c")


def test_text_that_is_cut_anywhere_has_tokens() -> None:
    text = "x = f(\"a{b}\", '''c\nd''', rb\"\\x00\") # é\n"
    for start in range(len(text)):
        for end in range(start, len(text)):
            normalised_tokens(text[start:end])
    assert normalised_tokens("") == []


def _formatted(limit: int) -> list[Path]:
    """Files of findings whose text Black changes, some of each codemod."""
    found: list[Path] = []
    for folder in sorted(BEFORE.iterdir()):
        mine = 0
        for path in sorted(folder.glob("*.py")):
            if mine < limit and _blackened(path, 120) != path.read_text("utf-8"):
                found.append(path)
                mine += 1
    return found


def _blackened(path: Path, length: int) -> str:
    text = path.read_text("utf-8")
    try:
        return black.format_str(text, mode=black.Mode(line_length=length))
    except InvalidInput:
        return text


@pytest.mark.parametrize("length", [60, 120])
def test_black_changes_no_fingerprint(tmp_path: Path, length: int) -> None:
    counted = 0
    for number, path in enumerate(_formatted(_FILES)):
        target = tmp_path / f"{number}" / path.name
        target.parent.mkdir()
        target.write_text(path.read_text("utf-8"), "utf-8")
        before = _known_by(target)
        target.write_text(_blackened(path, length), "utf-8")
        assert _known_by(target) == before, path
        counted += before.total()
    assert counted > 200


def _known_by(path: Path) -> Counter[tuple[str, str, str]]:
    report = fixaudit.run([path], select=["all"], isolated=True)
    sites = (site for _, site in report.sites())
    return Counter((site.finding.codemod, site.symbol, site.tokens) for site in sites)


def test_a_site_keeps_its_name_where_lines_move_and_others_come(tmp_path: Path) -> None:
    path = tmp_path / "tags.py"
    code = "import hashlib\n\n\nclass Tags:\n    def of(self, data):\n        return hashlib.md5(data).hexdigest()\n"
    path.write_text(code)
    (before,) = _sites(path)
    assert before.symbol == "Tags.of"
    path.write_text(code.replace("\n\n\n", "\n\nX = 1\n\n\ndef f(text):\n    return hashlib.md5(text).hexdigest()\n\n\n"))  # fmt: skip
    above, after = _sites(path)
    assert (after.fingerprint, after.symbol) == (before.fingerprint, "Tags.of")
    assert above.symbol == "f"


def _sites(path: Path) -> list[fixaudit.LocatedFinding]:
    report = fixaudit.run([path], select=["md5-to-sha256"], isolated=True)
    return [site for _, site in report.sites()]


def test_twins_of_one_function_have_names_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "tags.py"
    path.write_text("import hashlib\n\n\ndef f(a):\n    hashlib.md5(a)\n    hashlib.md5( a)\n")
    one, two = _sites(path)
    assert (one.symbol, one.tokens) == (two.symbol, two.tokens)
    assert one.fingerprint != two.fingerprint
