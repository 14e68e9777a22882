"""What imports bring from outside of the project is known without reading another file."""

from __future__ import annotations

import ast
from pathlib import Path

from fixaudit.semantics.project import Project
from fixaudit.source.source import Source
from fixaudit.source.static_type import definition_of, is_outside


def test_what_an_import_brings_from_outside_of_the_project_needs_no_file(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own/part.py").write_text("def load(a): ...\n")
    text = (
        b"import os\nimport own.part\nfrom other import load, sub as part\n"
        b"os.path.join()\nload()\npart.deep.make()\nown.part.load()\nlocal.load()\n"
    )
    path = tmp_path / "a.py"
    path.write_bytes(text)
    project = Project(tmp_path)
    source = Source("a.py", text, project=project, module="a")
    calls = [node.value for node in source.tree.body if isinstance(node, ast.Expr)]
    functions = [call.func for call in calls if isinstance(call, ast.Call)]
    with project.recording() as asked:
        assert [is_outside(source, func) for func in functions] == [True, True, True, False, False]
    assert not asked.files
    assert ("other.sub", path) in asked.lookups
    assert [definition_of(source, func) is not None for func in functions] == [
        False,
        False,
        False,
        True,
        False,
    ]
