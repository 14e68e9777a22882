"""Which module-level variables hold an instance of a class."""

from __future__ import annotations

import ast
from pathlib import Path

from fixaudit import Source
from fixaudit.authoring import kept_instances
from fixaudit.semantics.project import Project

OWN = """\
class Runner:
    pass


class Local:
    pass


def make():
    return Local()


default_runner = Runner()

if __name__ == "__main__":
    local = Local()
"""
FILES = {
    "__init__.py": "",
    "own.py": OWN,
    "cached.py": "import functools\nimport app.own\n\n\n@functools.lru_cache\ndef runner():\n    return app.own.Runner()\n",
    "held.py": (
        "from app.own import Runner as Made\n\n\nclass Service:\n    def __init__(self):\n"
        "        self.runner = Made()\n\n\nservice = Service()\n"
    ),
    "other.py": "class Runner:\n    pass\n\n\nother = Runner()\n",
    "test_own.py": "from app.own import Runner\n\nin_a_test = Runner()\n",
}


def test_instances_are_found_in_variables_caches_and_other_instances(tmp_path: Path) -> None:
    package = tmp_path / "app"
    package.mkdir()
    for name, text in FILES.items():
        (package / name).write_text(text)
    path = package / "own.py"
    project = Project(tmp_path)
    source = Source(
        "app/own.py", path.read_bytes(), project=project, module="app.own", location=path
    )
    runner, local = source.nodes(ast.ClassDef)
    found = {(each.name, each.path.name, each.line) for each in kept_instances(source, runner)}
    assert found == {
        ("default_runner", "own.py", 13),
        ("runner", "cached.py", 6),
        ("service", "held.py", 9),
    }
    assert kept_instances(source, local) == ()
