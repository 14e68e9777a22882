"""Star imports of known modules leave the builtins alone; of unknown ones they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixaudit.semantics.project import Project
from fixaudit.semantics.star_hiding import may_hide
from fixaudit.source.source import Source


@pytest.mark.parametrize(
    ("line", "name", "hidden"),
    [
        ("import os", "print", False),
        ("from ctypes import *", "print", False),
        ("from os import *", "open", True),
        ("from rich import *", "print", True),
        ("from pkg.shapes import *", "print", False),
        ("from pkg.output import *", "print", True),
        ("from pkg.everything import *", "print", True),
    ],
)
def test_what_a_star_may_hide(tmp_path: Path, line: str, name: str, hidden: bool) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/shapes.py": "class Square: ...\n",
        "pkg/output.py": "from rich import print\n",
        "pkg/everything.py": "from somewhere import *\n",
        "pkg/service.py": f"{line}\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    project = Project(tmp_path, [tmp_path / path for path in files])
    source = Source("pkg/service.py", f"{line}\n".encode(), project=project, module="pkg.service")
    assert may_hide(source.project, source, name) is hidden
