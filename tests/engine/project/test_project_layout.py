"""Module names and files: source layouts, monorepos, namespace packages, and never a guess."""

from __future__ import annotations

from pathlib import Path

from project_trees import Grow

from fixaudit.semantics.project import Project


def _at(project: Project, name: str) -> Path:
    assert project.root is not None
    return project.root / name


def test_construction_reads_nothing(tmp_path: Path) -> None:
    asked: list[str] = []

    def files() -> list[Path]:
        asked.append("files")
        return []

    project = Project(tmp_path / "absent", files)
    assert asked == []
    assert project.definition("a.b") is None
    assert asked == ["files"]


def test_empty_project_knows_nothing() -> None:
    project = Project.empty()
    assert project.definition("app.Settings") is None
    assert project.mentions(b"Settings") == ()
    assert project.path_of("app", Path("/elsewhere/app.py")) is None


def test_src_layout_names_start_below_src(grow: Grow) -> None:
    project = grow(
        {
            "pyproject.toml": "",
            "src/shop/__init__.py": "",
            "src/shop/cart.py": "",
            "tests/test_cart.py": "",
        }
    )
    assert project.module_name(_at(project, "src/shop/cart.py")) == "shop.cart"
    assert project.module_name(_at(project, "src/shop/__init__.py")) == "shop"
    near = _at(project, "tests/test_cart.py")
    assert project.path_of("shop.cart", near) == _at(project, "src/shop/cart.py")
    assert project.path_of("src.shop.cart", _at(project, "src/shop/__init__.py")) == _at(
        project, "src/shop/cart.py"
    )


def test_flat_layout_and_a_script_that_no_import_can_name(grow: Grow) -> None:
    project = grow({"shop/__init__.py": "", "shop/cart.py": "", "run-it.py": ""})
    assert project.module_name(_at(project, "shop/cart.py")) == "shop.cart"
    assert project.module_name(_at(project, "run-it.py")) is None


def test_namespace_packages_are_named_from_the_project_root(grow: Grow) -> None:
    project = grow({"app/core/settings.py": "", "app/api/routes.py": ""})
    near = _at(project, "app/api/routes.py")
    assert project.module_name(_at(project, "app/core/settings.py")) == "app.core.settings"
    assert project.path_of("app.core.settings", near) == _at(project, "app/core/settings.py")


def test_namespace_package_named_like_a_dependency_is_not_taken_for_it(grow: Grow) -> None:
    files = {
        "redis/client.py": "class Redis: ...",
        "app/cache.py": "from redis.client import Redis",
    }
    assert grow(files).definition("redis.client.Redis") is not None
    project = grow({**files, "requirements.txt": "redis>=5\nfastapi\n"})
    assert project.definition("redis.client.Redis", _at(project, "app/cache.py")) is None


def test_poetry_and_pep621_dependencies_count_too(grow: Grow) -> None:
    files = {"my_queue/client.py": "class Q: ...", "app.py": ""}
    project = grow({**files, "pyproject.toml": "[tool.poetry.dependencies]\nmy-queue = '*'\n"})
    assert project.path_of("my_queue.client", _at(project, "app.py")) is None
    project = grow({**files, "pyproject.toml": "[project]\ndependencies = ['My.Queue[fast]>=1']\n"})
    assert project.path_of("my_queue.client", _at(project, "app.py")) is None


def test_standard_library_names_never_mean_a_local_file(grow: Grow) -> None:
    project = grow({"logging.py": "class Logger: ...", "main.py": "import logging"})
    assert project.definition("logging.Logger", _at(project, "main.py")) is None


def test_stray_file_elsewhere_is_not_what_an_import_means(grow: Grow) -> None:
    project = grow(
        {
            "pyproject.toml": "",
            "src/app/__init__.py": "",
            "src/app/a.py": "import redis",
            "examples/redis.py": "class Redis: ...",
        }
    )
    assert project.path_of("redis", _at(project, "src/app/a.py")) is None


def test_monorepo_prefers_the_importing_files_root(grow: Grow) -> None:
    project = grow(
        {
            "libs/a/pyproject.toml": "",
            "libs/a/src/common/__init__.py": "",
            "libs/a/src/common/conf.py": "class Settings:\n    debug = True\n",
            "libs/a/src/a_pkg/__init__.py": "",
            "libs/a/src/a_pkg/main.py": "from common.conf import Settings",
            "libs/b/pyproject.toml": "",
            "libs/b/src/common/__init__.py": "",
            "libs/b/src/common/conf.py": "class Settings:\n    verbose = True\n",
            "libs/b/src/b_pkg/__init__.py": "",
            "libs/b/src/b_pkg/main.py": "from common.conf import Settings",
            "tools/report.py": "from common.conf import Settings",
        }
    )
    for side, attribute in (("a", "debug"), ("b", "verbose")):
        found = project.definition(
            "common.conf.Settings", _at(project, f"libs/{side}/src/{side}_pkg/main.py")
        )
        assert found is not None
        assert list(found.attributes) == [attribute]  # type: ignore[union-attr]
    assert project.definition("common.conf.Settings", _at(project, "tools/report.py")) is None
    across = project.path_of("b_pkg.main", _at(project, "libs/a/src/a_pkg/main.py"))
    assert across == _at(project, "libs/b/src/b_pkg/main.py")


def test_same_name_in_a_scripts_folder_and_at_the_root_is_ambiguous(grow: Grow) -> None:
    project = grow({"utils.py": "", "scripts/utils.py": "", "scripts/job.py": "", "other.py": ""})
    assert project.path_of("utils", _at(project, "scripts/job.py")) is None
    assert project.path_of("utils", _at(project, "other.py")) == _at(project, "utils.py")


def test_package_wins_over_the_module_beside_it(grow: Grow) -> None:
    project = grow({"conf.py": "", "conf/__init__.py": "", "main.py": ""})
    assert project.path_of("conf", _at(project, "main.py")) == _at(project, "conf/__init__.py")


def test_virtual_environments_and_build_output_are_not_the_project(grow: Grow) -> None:
    project = grow(
        {".venv/lib/x/mod.py": "", "node_modules/p/mod.py": "", "build/mod.py": "", "main.py": ""}
    )
    assert project.path_of("mod", _at(project, "main.py")) is None
