"""Black formats what was rewritten, with the project's settings, and nothing beside it."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from fixaudit.edits.black_config import BlackSettings, black_settings
from fixaudit.edits.black_lines import Formatter, format_touched, formatter
from fixaudit.errors import ConfigError

UGLY = """\
import os
x = {  'a':1 }


def f( a,b ):
    value = compute(a, b)
    return value


y = {  'b':2 }
"""


def formatted(before: str, after: str, settings: BlackSettings | None = None) -> str:
    result = format_touched(before.encode(), after.encode(), settings or BlackSettings())
    assert result.note is None
    return result.data.decode()


def test_only_the_touched_line_changes() -> None:
    rewritten = UGLY.replace("compute(a, b)", "compute( a,b, 'x' )")
    assert formatted(UGLY, rewritten) == UGLY.replace("compute(a, b)", 'compute(a, b, "x")')


def test_a_line_that_grew_too_long_is_split() -> None:
    settings = BlackSettings(line_length=40)
    rewritten = UGLY.replace("compute(a, b)", "compute(a, b, algorithm='sha256', size=32)")
    lines = '(\n        a,\n        b,\n        algorithm="sha256",\n        size=32,\n    )'
    assert formatted(UGLY, rewritten, settings) == UGLY.replace("(a, b)\n", lines + "\n")


@pytest.mark.parametrize(
    "clean",
    [
        "class Auth(Base):\n    def sign(self, key):\n        return key\n",
        "def limiter():\n    def inner(request):\n        return request\n\n    return inner\n",
        "@overload\ndef sign(key: int): ...\n@overload\ndef sign(key): ...\ndef sign(*keys):\n    return keys\n",
    ],
)
def test_what_stands_above_a_touched_line_stays_as_near_as_it_was(clean: str) -> None:
    rewritten = clean.replace("key):", "key) -> object:").replace(
        "request):", "request) -> object:"
    )
    assert rewritten != clean
    assert formatted(clean, rewritten) == rewritten


def test_a_touched_line_gets_the_blank_lines_that_the_whole_file_would() -> None:
    added = "def g(a):\n    return a\nz = g(1)\n"
    spaced = added.replace("z =", "\n\nz =")
    assert formatted(UGLY, UGLY.replace("y =", f"{added}y =")) == UGLY.replace(
        "y =", f"{spaced}y ="
    )


EXPLODED = """\
def f(path):
    try:
        g( path )
    except OSError as error:
        logger.exception(
            f"could not read the settings file {path} of this service: {error}"
        )
"""


def test_a_statement_that_was_clean_is_reflowed_as_a_whole() -> None:
    rewritten = EXPLODED.replace(" {path} of this service: {error}", "")
    joined = '        logger.exception(f"could not read the settings file")\n'
    assert formatted(EXPLODED, rewritten) == EXPLODED[: EXPLODED.index("        logger")] + joined


def test_a_statement_that_was_not_clean_keeps_its_untouched_lines() -> None:
    before = EXPLODED.replace("logger.exception(", "logger.exception( ")
    rewritten = before.replace(" {path} of this service: {error}", "")
    result = format_touched(before.encode(), rewritten.encode(), BlackSettings())
    assert result.data.decode() == rewritten
    assert result.note == "Black would also change line 5, which was not touched"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_newlines_marks_and_missing_final_newline_stay(newline: str, bom: bytes) -> None:
    def data(text: str) -> bytes:
        return bom + text.rstrip("\n").replace("\n", newline).encode()

    rewritten = UGLY.replace("'b':2", "'b':3").replace("compute(a, b)", "compute( a )")
    expected = UGLY.replace("y = {  'b':2 }", 'y = {"b": 3}').replace("compute(a, b)", "compute(a)")
    assert format_touched(data(UGLY), data(rewritten), BlackSettings()).data == data(expected)


def test_mixed_newlines_stay_where_nothing_was_touched() -> None:
    before = b"a = 1\r\nb = 2\nc = f( 1 )\r\nd = 4\r\n"
    after = before.replace(b"b = 2", b"b = f( 2 )")
    assert format_touched(before, after, BlackSettings()).data == before.replace(
        b"b = 2\n", b"b = f(2)\r\n"
    )


def test_another_encoding_stays() -> None:
    before = "# coding: latin-1\nname = 'é'\nx = 1\n".encode("latin-1")
    after = before.replace(b"x = 1", "x = f( 'ü' )".encode("latin-1"))
    result = format_touched(before, after, BlackSettings(skip_string_normalization=True))
    assert result.data == before.replace(b"x = 1", b"x = f('\xfc')")


def test_settings_are_followed() -> None:
    rewritten = UGLY.replace("compute(a, b)", "compute( 'a', )")
    assert "compute(\n        'a',\n    )" in formatted(
        UGLY, rewritten, BlackSettings(skip_string_normalization=True)
    )
    assert 'compute("a")' in formatted(
        UGLY, rewritten, BlackSettings(skip_magic_trailing_comma=True)
    )


def test_nothing_touched_nothing_changed() -> None:
    assert formatted(UGLY, UGLY) == UGLY
    removed = UGLY.replace("    value = compute(a, b)\n", "")
    assert formatted(UGLY, removed) == removed


def test_what_black_cannot_read_stays_with_a_note() -> None:
    before, after = b"x = 1\nprint 'a'\n", b"x = f( 1 )\nprint 'a'\n"
    result = format_touched(before, after, BlackSettings())
    assert result.data == after
    assert result.note is not None
    assert result.note.startswith("Black left it unformatted: cannot parse: 2:6")


def test_an_unequal_result_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import black

    monkeypatch.setattr(black, "format_str", lambda text, **_: text.replace("f( 1 )", "f(2)"))
    result = format_touched(b"x = 1\n", b"x = f( 1 )\n", BlackSettings())
    assert result.data == b"x = f( 1 )\n"
    assert result.note is not None
    assert "not equivalent" in result.note


def test_the_formatter_can_be_pickled() -> None:
    formatter = pickle.loads(pickle.dumps(Formatter(BlackSettings(line_length=60))))
    assert formatter(b"x = 1\n", b"x = f( 1 )\n") == b"x = f(1)\n"


def test_black_is_imported_only_when_it_formats() -> None:
    code = "import sys, fixaudit.edits.black_lines, fixaudit.edits.black_config; sys.exit('black' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_settings_come_from_the_nearest_table(tmp_path: Path) -> None:
    write(
        tmp_path / "pyproject.toml",
        "[project]\nrequires-python = '>=3.10,<4'\n[tool.black]\nline-length = 100\nskip_string_normalization = true\n"
        "extend-exclude = '''\n/(\n  gen\n)/\n'''\n",
    )
    write(
        tmp_path / "pkg/pyproject.toml",
        "[tool.black]\ntarget-version = ['py312']\npreview = true\n",
    )
    write(tmp_path / "plain/pyproject.toml", "[tool.other]\n")
    top = black_settings(tmp_path / "a/b.py")
    assert top is not None
    assert (top.line_length, top.minimum, top.skip_string_normalization) == (100, 10, True)
    assert black_settings(tmp_path / "plain/deep/b.py") == top
    assert top.excludes(tmp_path / "a/gen/b.py")
    assert not top.excludes(tmp_path / "a/b.py")
    assert formatter(tmp_path / "a/gen/b.py", True) is None
    assert formatter(tmp_path / "a/b.py") == Formatter(top)
    assert formatter(tmp_path / "a/b.py", False) is None
    below = black_settings(tmp_path / "pkg/b.py")
    assert below is not None
    assert (below.line_length, below.target_versions, below.preview) == (88, ("py312",), True)


def test_without_black_in_the_project_there_are_no_settings(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.black]\n")
    write(tmp_path / "repo/pyproject.toml", "[project]\nname = 'x'\n")
    (tmp_path / "repo/.git").mkdir()
    assert black_settings(tmp_path / "repo/a.py") is None
    assert formatter(tmp_path / "repo/a.py") is None
    assert formatter(tmp_path / "repo/a.py", True) == Formatter(BlackSettings())
    assert black_settings(tmp_path / "a.py") == BlackSettings(root=tmp_path)


def test_unusable_settings_are_named(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.black]\nline-length = 'wide'\n")
    with pytest.raises(ConfigError, match=r"\[tool\.black\] cannot be used: invalid literal"):
        black_settings(tmp_path / "a.py")


def test_a_changed_table_is_read_anew(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.black]\nline-length = 90\n")
    assert black_settings(tmp_path / "a.py") == BlackSettings(line_length=90, root=tmp_path)
    write(tmp_path / "pyproject.toml", "[tool.black]\nline-length = 120\n")
    assert black_settings(tmp_path / "a.py") == BlackSettings(line_length=120, root=tmp_path)
