"""What the variants make of a fixture."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixaudit.semantics.project import Project
from fixaudit.source.source import Source
from fixaudit.testing.variants import VARIANTS, SameText, varied

TEXT = '''"""Doc."""

import hashlib
import os, sys

from json import dumps

@cached
def key(hashlib_name, text="""
    inside
"""):
    # why
    print(os.path, sys)
    return hashlib.md5(
        dumps(text),
    ) or f"{hashlib.new}"
'''


def text_of(name: str, text: str = TEXT) -> str | None:
    variant = next(entry for entry in VARIANTS if entry.name == name)
    if isinstance(variant, SameText):
        changed = variant.change(text.encode()) if variant.applies(text.encode()) else None
    else:
        changed = varied(variant, Source("a.py", text.encode()))
    return None if changed is None else changed.decode()


def test_tabs_stay_out_of_strings() -> None:
    text = text_of("tabs") or ""
    assert '"""\n    inside\n"""' in text
    assert "\n\t# why\n\tprint(os.path, sys)\n" in text
    assert "\n\t\tdumps(text),\n\t) or" in text


@pytest.mark.parametrize(
    "text", ["def f():\n  return 1\n", "def f():\n\treturn 1\n", "def f():\r\n    return 1\r\n"]
)
def test_tabs_replace_four_spaces_only(text: str) -> None:
    assert text_of("tabs", text) is None


def test_an_alias_renames_the_module_and_nothing_else() -> None:
    text = text_of("aliased-import") or ""
    assert "import hashlib as _al_hashlib\nimport os as _al_os, sys as _al_sys\n" in text
    assert "def key(hashlib_name," in text
    assert 'return _al_hashlib.md5(\n        dumps(text),\n    ) or f"{_al_hashlib.new}"' in text


def test_an_alias_leaves_what_is_called_the_same() -> None:
    text = text_of("aliased-import", "import os\n\ndef f(os):\n    return os\n\nos.getcwd()\n")
    assert text == "import os as _al_os\n\ndef f(os):\n    return os\n\n_al_os.getcwd()\n"


def test_names_are_imported_out_of_a_module() -> None:
    before = "import time\n\nstart = time.time()\ntime.sleep(1)\n"
    text = text_of("from-import", before)
    assert text == "from time import sleep, time\n\nstart = time()\nsleep(1)\n"
    assert text_of("from-import", before + "sleep = 1\n") is None
    assert text_of("from-import", before + "use(time)\n") is None


def test_the_body_goes_below_and_the_imports_stay() -> None:
    text = text_of("method") or ""
    assert text.startswith(TEXT[: TEXT.index("@cached")])
    assert "class _Outer:\n    def method(self):\n        @cached\n        def key(" in text
    assert 'text="""\n    inside\n"""):\n            # why\n' in text


def test_parameters_shadow_what_is_used() -> None:
    text = text_of("shadowed") or ""
    assert "\ndef _outer(dumps, hashlib, os, print, sys):\n    @cached\n" in text


def test_names_of_the_file_say_nothing() -> None:
    before = """import os

LIMIT = 3
__all__ = ["shown"]


class Pool:
    size = LIMIT

    def close(self, force, timeout=1):
        pending = [item for item in self.items if force]
        return f"{timeout}", pending


def shown(path, timeout):
    return os.fspath(path), Pool().close(True, timeout=timeout)


def _hidden():
    return shown(LIMIT, 1)
"""
    text = text_of("renamed", before) or ""
    compile(text, "renamed", "exec")
    kept = (
        "import os",
        '"shown"',
        "def shown(",
        "size =",
        "def close(self,",
        "timeout=1",
        "self.items",
    )
    assert [word for word in kept if word not in text] == []
    gone = ("LIMIT", "Pool", "force", "pending", "path)", "item ", "_hidden")
    assert [word for word in gone if word in text] == []
    assert "RENAMED_" in text
    assert "def _renamed_" in text


def test_in_a_project_only_variables_of_functions_are_renamed(tmp_path: Path) -> None:
    text = "def told(count):\n    words = str(count)\n    return words\n"
    path = tmp_path / "a.py"
    path.write_text(text)
    source = Source("a.py", text.encode(), project=Project(tmp_path, [path]))
    variant = next(entry for entry in VARIANTS if entry.name == "renamed")
    assert not isinstance(variant, SameText)
    assert varied(variant, source) == text.replace("words", "renamed_1").encode()


def test_calls_move_into_a_decorator() -> None:
    text = text_of("decorator") or ""
    assert (
        "@_register(\n    print(os.path, sys),\n    hashlib.md5(\n        dumps(text),\n    ),\n)"
        in text
    )
    assert text_of("decorator", "async def f(x):\n    return g(await x)\n") is None


def test_quoted_code_says_the_same() -> None:
    source = 'print("a\\n", """b""")\n'
    namespace: dict[str, str] = {}
    exec(text_of("string", source) or "", namespace)
    assert namespace["EXAMPLE"] == "\n" + source


def test_old_lines_keep_their_newlines_and_new_ones_are_free() -> None:
    variant = next(entry for entry in VARIANTS if entry.name == "mixed-newlines")
    assert isinstance(variant, SameText)
    before = b"old\r\nother\n"
    assert variant.settle(b"old\r\nnew\r\n", before) == variant.settle(b"old\r\nnew\n", before)
    assert variant.settle(b"old\n", before) != variant.settle(b"old\r\n", before)


@pytest.mark.parametrize("name", [entry.name for entry in VARIANTS])
def test_every_variant_is_python(name: str) -> None:
    text = text_of(name)
    assert text is not None
    assert text != TEXT
    compile(text.removeprefix("\ufeff"), name, "exec")
