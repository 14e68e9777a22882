"""Where the code of a project refers to a class, by import, alias and module."""

from __future__ import annotations

from pathlib import Path

from fixaudit.authoring import class_references
from fixaudit.semantics.project import Project
from fixaudit.source.source import Source

FILES = {
    "app/__init__.py": "",
    "app/models.py": "class User:\n    name = 1\n\n\nclass Other:\n    user = User\n",
    "app/by_name.py": "from app.models import User as U\n\n\ndef find():\n    return [U.name == 'x']\n",
    "app/by_module.py": "from app import models\n\n\ndef find():\n    return models.User.name\n",
    "app/another.py": "class User:\n    pass\n\n\nx = User.name\n",
    "tests/test_user.py": "from app.models import User\n\n\ndef test_it():\n    assert User.name\n",
}


def test_places_that_mean_the_class_are_found(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    project = Project(tmp_path)
    data = (tmp_path / "app/models.py").read_bytes()
    source = Source("app/models.py", data, module="app.models", project=project)
    cls = source.tree.body[0]
    found = [
        (each.module.path.name, each.node.lineno, type(each.above[0]).__name__)
        for each in class_references(source, cls)  # type: ignore[arg-type]
    ]
    assert found == [
        ("models.py", 6, "Assign"),
        ("by_module.py", 5, "Attribute"),
        ("by_name.py", 5, "Attribute"),
    ]
