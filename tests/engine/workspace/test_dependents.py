"""Who depends on a package: by what is declared and by imports, at any remove, with the line that proves it."""

from __future__ import annotations

from pathlib import Path

import pytest
from workspace.monorepos import grown, needed, project, write

from fixaudit.files.plain_file import read_source
from fixaudit.workspace import imports
from fixaudit.workspace.packages import packages

CORE = {
    "core/pyproject.toml": project("acme-core"),
    "core/src/acme_core/__init__.py": "",
    "core/src/acme_core/db.py": "import os\n",
    "core/tests/helpers.py": "",
}


def test_declared_in_every_kind_of_file(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        CORE
        | {
            "a/pyproject.toml": '# acme-core\n[project]\nname = "a"\nkeywords = ["acme-core"]\ndependencies = [\n  "six",\n  "Acme_Core>=1",\n]\n',
            "b/pyproject.toml": '[project]\nname = "b"\n[project.optional-dependencies]\nx = ["acme-core"]\n',
            "c/pyproject.toml": '[project]\nname = "c"\n[dependency-groups]\ndev = [\n    "acme.core",\n]\n',
            "d/pyproject.toml": '[tool.poetry]\nname = "d"\n[tool.poetry.group.dev.dependencies]\nacme-core = "*"\n',
            "e/setup.cfg": "[metadata]\nname = e\n[options]\ninstall_requires =\n    six\n    acme-core\n",
            "f/setup.py": "from setuptools import setup\nsetup(\n    name='f',\n    install_requires=[\n        'acme-core[x]',\n    ],\n)\n",
            "g/pyproject.toml": project("g"),
            "g/requirements-dev.txt": "# acme-core\nsix\nacme-core==1\n",
            "h/pyproject.toml": '[project]\nname = "h"\n[tool.uv]\ndev-dependencies = [\n  "acme-core",\n]\n',
            "i/pyproject.toml": '[project]\nname = "i"\n[tool.pdm.dev-dependencies]\nt = ["acme-core"]\n',
            "j/setup.cfg": "[metadata]\nname = j\n[options]\ninstall_requires = file: acme-core.txt\n",
            # Called alike in part: no dependency.
            "z/pyproject.toml": project("z", "acme-core-extras", "my-acme-core"),
        },
    )
    assert needed(tree, "core") == {
        "a": ("a/pyproject.toml:7 declared acme-core", 1),
        "b": ("b/pyproject.toml:4 declared acme-core", 1),
        "c": ("c/pyproject.toml:5 declared acme-core", 1),
        "d": ("d/pyproject.toml:4 declared acme-core", 1),
        "e": ("e/setup.cfg:6 declared acme-core", 1),
        "f": ("f/setup.py:5 declared acme-core", 1),
        "g": ("g/requirements-dev.txt:3 declared acme-core", 1),
        "h": ("h/pyproject.toml:5 declared acme-core", 1),
        "i": ("i/pyproject.toml:4 declared acme-core", 1),
    }


def test_declared_by_a_path(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        CORE
        | {
            "a/pyproject.toml": '[tool.poetry]\nname = "a"\n[tool.poetry.dependencies]\nother = {path = "../core"}\n',
            "b/pyproject.toml": project("b", more='[tool.uv.sources]\nother = { path = "../core", editable = true }\n'),
            "c/pyproject.toml": project("c"),
            "c/requirements.txt": "six\n-e ../core[all]  # here\n",
            # It says that its own comes from elsewhere.
            "d/pyproject.toml": project("d", "acme-core", more='[tool.uv.sources]\nacme-core = { git = "https://example.org/core" }\n'),
        },
    )  # fmt: skip
    assert needed(tree, "core") == {
        "a": ("a/pyproject.toml:4 declared other", 1),
        "b": ("b/pyproject.toml:7 declared other", 1),
        "c": ("c/requirements.txt:2 declared -e ../core[all]", 1),
    }


def test_imports_with_their_lines(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        CORE
        | {
            "a/pyproject.toml": project("a"),
            "a/a.py": '"""Text.\n\nimport acme_core\n"""\nimport os\n\n\ndef f():\n    from acme_core import (\n        db as base,  # the one\n        missing,\n    )\n',
            "b/pyproject.toml": project("b"),
            "b/b.py": "import six, acme_core.db as db\n",
            # A text alone is no import, nor is a relative one or a module of its own of that name.
            "c/pyproject.toml": project("c"),
            "c/c.py": '"""\nimport acme_core\n"""\n',
            "d/pyproject.toml": project("d"),
            "d/d.py": "from . import acme_core\nfrom .acme_core import db\n",
            "e/pyproject.toml": project("e"),
            "e/jobs/run.py": "import acme_core\n",
            "e/jobs/acme_core.py": "",
            # Not in a package: the root's.
            "scripts/all.py": "from acme_core.db import x\n",
        },
    )
    assert needed(tree, "core") == {
        "": ("scripts/all.py:1 import acme_core.db", 1),
        "a": ("a/a.py:9 import acme_core.db", 1),
        "b": ("b/b.py:1 import acme_core.db", 1),
    }


def test_at_any_remove_with_the_distance_and_what_lies_between(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        CORE
        | {
            "b/pyproject.toml": project("b", "acme-core"),
            "c/pyproject.toml": project("c", "b"),
            "d/pyproject.toml": project("d"),
            "d/d.py": "import e\n",
            "e/pyproject.toml": project("e", "c", "acme-core", "d"),
            "e/e.py": "",
        },
    )
    assert [(each.package.folder, each.distance, each.on) for each in tree.dependents("core")] == [
        ("b", 1, "core"),
        ("e", 1, "core"),
        ("c", 2, "b"),
        ("d", 2, "e"),
    ]
    # Of each other: neither is its own dependent.
    assert [each.package.folder for each in tree.dependents("d")] == ["e"]
    with pytest.raises(KeyError):
        tree.dependents("core/src")


def test_a_namespace_that_several_share_is_told_apart(tmp_path: Path) -> None:
    shim = '__path__ = __import__("pkgutil").extend_path(__path__, __name__)\n'
    files = {
        "use/pyproject.toml": project("use"),
        "use/use.py": "from acme.data import read\nimport acme.web.views\nimport acme.cloud\nfrom acme import other\n",
    }
    for name in ("data", "web", "jobs"):
        files |= {
            f"{name}/pyproject.toml": project(f"acme-{name}"),
            f"{name}/src/acme/__init__.py": shim,
            f"{name}/src/acme/{name}/__init__.py": "",
            f"{name}/src/acme/{name}/views.py": f"from acme.{name} import models\n",
        }
    # One that has its own part of the namespace, and none of the shim.
    files |= {
        "etl/pyproject.toml": project("acme-etl"),
        "etl/src/acme/etl/__init__.py": "from acme.jobs import run\n",
    }
    tree = grown(tmp_path, files)
    assert list(needed(tree, "data")) == ["use"]
    assert needed(tree, "web") == {"use": ("use/use.py:2 import acme.web.views", 1)}
    assert needed(tree, "jobs") == {"etl": ("etl/src/acme/etl/__init__.py:1 import acme.jobs", 1)}
    assert needed(tree, "etl") == {}


def test_of_modules_called_alike_the_declared_one_is_meant_else_any(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        {
            "one/pyproject.toml": project("one"),
            "one/app/main.py": "",
            "two/pyproject.toml": project("two"),
            "two/app/main.py": "",
            "a/pyproject.toml": project("a", "two"),
            "a/a.py": "import app.main\n",
            "b/pyproject.toml": project("b"),
            "b/b.py": "import app.main\n",
        },
    )
    assert list(needed(tree, "one")) == ["b"]
    assert list(needed(tree, "two")) == ["a", "b"]


def test_tests_examples_and_documentation_are_a_packages_own_matter(tmp_path: Path) -> None:
    own = {
        "tests/__init__.py": "",
        "tests/helpers.py": "",
        "tests/test_a.py": "from tests.helpers import x\nfrom helpers import y\nimport conftest\n",
        "docs/conf.py": "",
        "conftest.py": "",
        "setup.py": "",
    }
    files = {f"{name}/{path}": text for name in ("a", "b") for path, text in own.items()}
    files |= {f"{name}/pyproject.toml": project(name) for name in ("a", "b", "c")}
    files["c/c.py"] = "import conf, conftest, setup, helpers, tests.helpers\n"
    tree = grown(tmp_path, files)
    assert [tree.dependents(name) for name in "abc"] == [[], [], []]


def test_a_namespace_folder_above_a_package_is_a_part_of_its_name(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        {
            "a/pyproject.toml": project("a"),
            "a/acme_samples/ag/__init__.py": "",
            "a/acme_samples/main.py": "from acme_samples.ag import x\nimport ag\n",
            # Where its own files import it by the short name, that one counts.
            "b/pyproject.toml": project("b"),
            "b/backend/shop/__init__.py": "",
            "b/backend/main.py": "import shop\n",
            "use/pyproject.toml": project("use"),
            "use/use.py": "import ag\nimport shop\n",
        },
    )
    assert needed(tree, "a") == {}
    assert needed(tree, "b") == {"use": ("use/use.py:2 import shop", 1)}


def test_test_data_that_is_imported_is_needed_unless_another_of_that_name_is_declared(
    tmp_path: Path,
) -> None:
    tree = grown(
        tmp_path,
        {
            "a/tests/data/tool/pyproject.toml": project("tool"),
            "a/tests/data/tool/tool/__init__.py": "",
            "a/pyproject.toml": project("a"),
            "a/tests/test_a.py": "import tool\n",
            "b/pyproject.toml": project("b", "tool"),
            "b/b.py": "import tool\n",
        },
    )
    assert needed(tree, "a/tests/data/tool") == {"a": ("a/tests/test_a.py:1 import tool", 1)}


def test_modules_of_a_folder_of_scripts_are_for_these(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        {
            "bench/run-it/entry.py": "",
            "bench/run-it/main.py": "import entry\n",
            "a/pyproject.toml": project("a"),
            "a/a.py": "import entry\n",
        },
    )
    assert needed(tree, "") == {}


def test_pants_and_bazel_by_imports_alone(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        {
            "pants.toml": "",
            "src/python/acme/core/BUILD": "python_sources()\n",
            "src/python/acme/core/__init__.py": "",
            "src/python/acme/web/BUILD": "python_sources(dependencies=['src/python/acme/core'])\n",
            "src/python/acme/web/app.py": "from acme.core import db\n",
            "tests/web/BUILD": "python_tests()\n",
            "tests/web/test_app.py": "import acme.web.app\nimport plugins.lint\n",
            # No import names the folder above: the names start below it.
            "build-support/plugins/lint/BUILD": "python_sources()\n",
            "build-support/plugins/lint/__init__.py": "",
        },
    )
    assert needed(tree, "src/python/acme/core") == {
        "src/python/acme/web": ("src/python/acme/web/app.py:1 import acme.core", 1),
        "tests/web": ("tests/web/test_app.py:1 import acme.web.app", 2),
    }
    assert list(needed(tree, "build-support/plugins/lint")) == ["tests/web"]


def test_a_package_without_python_files_passes_dependencies_on(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        CORE
        | {
            "all/pyproject.toml": project("acme-all", "acme-core"),
            "use/pyproject.toml": project("use", "acme-all"),
        },
    )
    assert [each.package.folder for each in tree.dependents("core")] == ["all", "use"]


def test_files_are_read_where_dependents_are_asked_for_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, CORE)
    reads: list[str] = []

    def counted(path: str) -> bytes:
        reads.append(path)
        return read_source(path)

    monkeypatch.setattr(imports, "read_source", counted)
    tree = packages(tmp_path)
    assert (len(list(tree)), [*tree.files("core")]) == (1, sorted(path for path in CORE if path.endswith(".py")))  # fmt: skip
    assert tree.of("core/src/x.py") is not None
    assert reads == []
    for _ in range(2):
        tree.dependents("core")
    assert len(reads) == 3


def test_a_file_that_does_not_parse_or_cannot_be_read(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        CORE
        | {
            "a/pyproject.toml": project("a"),
            "a/old.py": "print 'x'\nimport acme_core\n",
            "b/pyproject.toml": project("b"),
            "b/gone.py": "import acme_core\n",
        },
    )
    (tmp_path / "b/gone.py").unlink()
    assert needed(tree, "core") == {"a": ("a/old.py:2 import acme_core", 1)}
