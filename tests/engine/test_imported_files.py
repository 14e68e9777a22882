"""Which files a file imports, itself or by others."""

from __future__ import annotations

from pathlib import Path

from fixaudit import Source
from fixaudit.authoring import imports_file
from fixaudit.semantics.project import Project

FILES = {
    "app/__init__.py": "",
    "app/main.py": "from app import setup\nfrom .near import thing\n",
    "app/near.py": "thing = 1\n",
    "app/setup.py": "import app.deep.one\nfrom app.deep import one\n",
    "app/deep/__init__.py": "",
    "app/deep/one.py": "from app.deep.two import x\n",
    "app/deep/two.py": "from app.deep.three import x\n",
    "app/deep/three.py": "x = 1\n",
    "app/other.py": "import app.main\n",
}


def test_files_up_to_three_imports_away(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    main = tmp_path / "app/main.py"
    project = Project(tmp_path, [tmp_path / name for name in FILES])
    source = Source("app/main.py", main.read_bytes(), project=project, location=main)
    reached = [name for name in FILES if imports_file(source, tmp_path / name)]
    assert reached == [
        "app/__init__.py",
        "app/near.py",
        "app/setup.py",
        "app/deep/__init__.py",
        "app/deep/one.py",
        "app/deep/two.py",
    ]
