"""Which folders are packages: every kind, nested, none, twice, broken, named by the configuration."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from workspace.monorepos import found, git, grown, project, write

import fixaudit
from fixaudit.workspace.packages import packages

UV = {
    "pyproject.toml": '[project]\nname = "all"\n[tool.uv.workspace]\nmembers = ["libs/*", "apps/**"]\nexclude = ["libs/old*"]\n',
    "libs/core/pyproject.toml": project("acme-core"),
    "libs/core/src/acme_core/__init__.py": "",
    "libs/old-one/pyproject.toml": project("acme-old"),
    "libs/old-one/old.py": "x = 1\n",
    "libs/notes/readme.py": "",
    "apps/web/front/pyproject.toml": project("acme.front", "acme-core"),
    "apps/web/front/front.py": "",
    "elsewhere/pyproject.toml": project("elsewhere"),
    "elsewhere/e.py": "",
    "tool.py": "",
}


def test_uv_members_and_what_the_workspace_leaves_out(tmp_path: Path) -> None:
    tree = grown(tmp_path, UV)
    assert found(tree) == {
        "": "uv workspace",
        "libs/core": "uv workspace",
        "libs/old-one": "pyproject",
        "apps/web/front": "uv workspace",
        "elsewhere": "pyproject",
    }
    front = tree.at("apps/web/front")
    assert front is not None
    assert (front.name, front.needs) == ("acme-front", frozenset({"acme-core"}))
    assert tree.problems == ()


def test_each_file_has_one_package_the_nearest_above(tmp_path: Path) -> None:
    tree = grown(tmp_path, UV)
    homes = {
        path: package.folder for path in (*UV, "libs/core/new/x.py") if (package := tree.of(path))
    }
    assert homes["libs/core/new/x.py"] == "libs/core"
    assert homes["libs/notes/readme.py"] == homes["tool.py"] == ""
    assert {each.folder: list(tree.files(each.folder)) for each in tree} == {
        "": ["libs/notes/readme.py", "tool.py"],
        "libs/core": ["libs/core/src/acme_core/__init__.py"],
        "libs/old-one": ["libs/old-one/old.py"],
        "apps/web/front": ["apps/web/front/front.py"],
        "elsewhere": ["elsewhere/e.py"],
    }
    assert list(tree.outside) == []


def test_poetry_by_its_table_and_by_path_dependencies(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        {
            "app/pyproject.toml": """
                [tool.poetry]
                name = "app"
                [tool.poetry.dependencies]
                shared = {path = "../shared", develop = true}
                [tool.poetry.group.dev.dependencies]
                kit = [{path = "../kit", platform = "linux"}]
                outside = {path = "../../outside"}
            """,
            "app/app.py": "",
            "shared/setup.py": "from setuptools import setup\nsetup(name='shared')\n",
            "kit/setup.cfg": "[metadata]\nname = kit\n",
            "kit/kit.py": "",
        },
    )
    assert found(tree) == {"app": "poetry", "kit": "poetry", "shared": "poetry"}


def test_setup_cfg_setup_py_and_a_name_from_a_constant(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        {
            "a/setup.cfg": "[metadata]\nname = A.One\n[options]\ninstall_requires =\n  b-two>=1\n  six\n",
            "a/setup.py": "from setuptools import setup\nsetup()\n",
            "b/setup.py": """
                from setuptools import setup
                NAME = "b_two"
                BASE = ["six", "attrs>=20"]
                setup(name=NAME, install_requires=BASE + ["c"], extras_require={"all": ["d[x]"]},
                      tests_require=open("t.txt").read())
            """,
            # No build tool, no distribution: a module that is called so.
            "c/setup.py": "def setup(name): ...\nsetup(name='c')\n",
        },
    )
    assert {each.folder: (each.name, each.found, each.needs) for each in tree} == {
        "": (".", "plain", frozenset()),
        "a": ("a-one", "setup.cfg", frozenset({"b-two", "six"})),
        "b": ("b-two", "setup.py", frozenset({"six", "attrs", "c", "d"})),
    }


def test_nested_packages_and_the_template_that_is_a_part(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        {
            "pyproject.toml": project("outer"),
            "outer/__init__.py": "",
            # Metadata in a package of another distribution, which it names or builds: a part of it.
            "outer/wheel/pyproject.toml": project("outer"),
            "outer/wheel/x.py": "",
            "plugins/inner/pyproject.toml": project("inner", "outer"),
            "plugins/inner/inner.py": "",
            "plugins/inner/extra/pyproject.toml": project("extra"),
            "plugins/inner/extra/extra.py": "",
        },
    )
    assert sorted(found(tree)) == ["", "plugins/inner", "plugins/inner/extra"]
    assert list(tree.files("")) == ["outer/__init__.py", "outer/wheel/x.py"]


@pytest.mark.parametrize("more", [{}, {"pyproject.toml": "[tool.ruff]\nline-length = 100\n"}])
def test_without_any_the_root_is_the_only_one(tmp_path: Path, more: dict[str, str]) -> None:
    tree = grown(tmp_path, {"app/__init__.py": "", "run.py": "", **more})
    assert [(each.name, each.folder, each.found) for each in tree] == [(".", "", "plain")]
    assert len(tree.files("")) == 2


def test_nothing_at_all(tmp_path: Path) -> None:
    tree = grown(tmp_path, {"readme.md": ""})
    assert (len(tree), tree.of("x.py"), tree.problems) == (0, None, ())


def test_bazel_packages_nest_and_take_in_what_has_no_build_file(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        {
            "MODULE.bazel": "",
            "BUILD": "",
            "a/BUILD.bazel": "",
            "a/a.py": "",
            "a/deep/d.py": "",
            "a/b/BUILD": "",
            "a/b/b.py": "",
            # Of another language: no package of ours.
            "native/BUILD": "",
            "native/main.cc": "",
        },
    )
    assert {each.folder: (each.name, each.found) for each in tree} == {
        "a": ("//a", "bazel"),
        "a/b": ("//a/b", "bazel"),
    }
    assert list(tree.files("a")) == ["a/a.py", "a/deep/d.py"]


def test_pants_folders_and_the_distributions_among_them(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        {
            "pants.toml": "",
            "BUILD": "python_requirements(name='reqs')\n",
            "src/acme/web/BUILD": "python_sources()\n",
            "src/acme/web/app.py": "",
            "src/acme/web/api/BUILD": "python_sources()\n",
            "src/acme/web/api/v1.py": "",
            "src/acme/core/BUILD": """
                python_distribution(
                    name="dist",
                    provides=python_artifact(
                        name="acme.core",
                    ),
                )
            """,
            "src/acme/core/db.py": "",
            # The nearest distribution above owns what is below.
            "src/acme/core/sql/BUILD": "python_sources()\n",
            "src/acme/core/sql/x.py": "",
            "src/acme/BUILD.pants": "",
            "src/acme/top.py": "",
        },
    )
    assert {each.folder: (each.name, each.found) for each in tree} == {
        "src/acme": ("src/acme", "pants"),
        "src/acme/core": ("acme-core", "pants"),
        "src/acme/web": ("src/acme/web", "pants"),
        "src/acme/web/api": ("src/acme/web/api", "pants"),
    }
    assert list(tree.files("src/acme/core")) == ["src/acme/core/db.py", "src/acme/core/sql/x.py"]


def test_a_build_file_in_a_distribution_is_a_part_of_it_but_for_a_distribution(
    tmp_path: Path,
) -> None:
    tree = grown(
        tmp_path,
        {
            "pants.toml": "",
            "pyproject.toml": project("all"),
            "a/BUILD": "python_sources()\n",
            "a/a.py": "",
            "b/BUILD": "python_distribution(provides=setup_py(name='b'))\n",
            "b/b.py": "",
        },
    )
    assert found(tree) == {"": "pyproject", "b": "pants"}
    assert list(tree.files("")) == ["a/a.py"]


def test_a_file_called_build_means_nothing_without_a_build_system(tmp_path: Path) -> None:
    tree = grown(tmp_path, {"a/BUILD": "how to build it\n", "a/a.py": ""})
    assert found(tree) == {"": "plain"}


def test_the_configuration_replaces_what_is_found(tmp_path: Path) -> None:
    write(tmp_path, UV)
    (tmp_path / "fixaudit.toml").write_text('packages = ["libs/*", "apps/web"]\n')
    tree = packages(tmp_path)
    assert {each.folder: (each.name, each.found) for each in tree} == {
        "apps/web": ("apps/web", "configured"),
        "libs/core": ("acme-core", "configured"),
        "libs/notes": ("libs/notes", "configured"),
        "libs/old-one": ("acme-old", "configured"),
    }
    assert list(tree.outside) == ["elsewhere/e.py", "tool.py"]
    assert tree.of("tool.py") is None


def test_a_glob_without_a_folder_is_told_with_its_line(tmp_path: Path) -> None:
    write(tmp_path, UV)
    settings = '[tool.fixaudit]\nselect = ["core"]\npackages = ["libs/core", "lib/*"]\n'
    with (tmp_path / "pyproject.toml").open("a") as file:
        file.write(settings)
    tree = packages(tmp_path)
    assert list(found(tree)) == ["libs/core"]
    line = len(UV["pyproject.toml"].splitlines()) + 3
    (problem,) = tree.problems
    assert (problem.path, problem.line, problem.kind) == ("pyproject.toml", line, "config")
    assert "names lib/*" in problem.message


def test_what_is_excluded_is_no_package(tmp_path: Path) -> None:
    write(tmp_path, UV)
    (tmp_path / "fixaudit.toml").write_text('exclude = ["elsewhere/", "libs/old*"]\n')
    assert sorted(found(packages(tmp_path))) == ["", "apps/web/front", "libs/core"]


def test_a_package_twice_names_both_files_and_keeps_both(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        {
            "a/pyproject.toml": project("Acme_Core"),
            "a/a.py": "",
            "b/setup.py": "from setuptools import setup\nsetup(\n    name='acme.core',\n)\n",
            "c/setup.cfg": "[metadata]\nname = c\n",
        },
    )
    assert sorted(found(tree)) == ["a", "b", "c"]
    (problem,) = tree.problems
    assert (problem.path, problem.line, problem.kind) == ("b/setup.py", 3, "twice")
    assert problem.message.startswith('the package "acme-core" is in a/pyproject.toml too: rename')


@pytest.mark.parametrize(
    "folder",
    ["a/tests/data/core", "templates/service", "a/_template", "examples/core", "a/fixtures/x", "docs/core",
     "{{cookiecutter.name}}"],
)  # fmt: skip
def test_test_data_templates_and_examples_may_be_called_alike(tmp_path: Path, folder: str) -> None:
    tree = grown(
        tmp_path,
        {
            "core/pyproject.toml": project("core"),
            "core/core.py": "",
            f"{folder}/pyproject.toml": project("core"),
            f"{folder}/core.py": "",
            "user/pyproject.toml": project("user", "core"),
        },
    )
    assert tree.problems == ()
    assert {folder, "core", "user"} <= set(found(tree))
    assert [each.package.folder for each in tree.dependents("core")] == ["user"]
    assert tree.dependents(folder) == []


def test_a_package_that_is_itself_called_testing_is_one(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        {
            "libs/testing/pyproject.toml": project("acme-testing"),
            "app/pyproject.toml": project("app", "acme-testing"),
        },
    )
    assert [each.package.folder for each in tree.dependents("libs/testing")] == ["app"]


def test_members_of_two_uv_workspaces_may_be_called_alike(tmp_path: Path) -> None:
    files: dict[str, str] = {}
    for top in ("one", "two"):
        files |= {
            f"{top}/pyproject.toml": '[tool.uv.workspace]\nmembers = ["*"]\n',
            f"{top}/shared/pyproject.toml": project("shared"),
            f"{top}/app/pyproject.toml": project("app", "shared"),
        }
    tree = grown(tmp_path, files)
    assert tree.problems == ()
    assert [each.package.folder for each in tree.dependents("one/shared")] == ["one/app"]
    assert [each.package.folder for each in tree.dependents("two/shared")] == ["two/app"]


def test_two_without_a_name_of_their_own_are_not_one_twice(tmp_path: Path) -> None:
    text = "from setuptools import setup\nsetup(name=read())\n"
    tree = grown(tmp_path, {"a/server/setup.py": text, "b/server/setup.py": text, "setup.py": text})
    assert [(each.name, each.folder) for each in tree] == [(".", ""), ("server", "a/server"), ("server", "b/server")]  # fmt: skip
    assert tree.problems == ()


def test_a_broken_file_is_told_and_the_others_are_shown(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        {
            "a/pyproject.toml": '[project]\nname = "a"\nversion = \n',
            "a/a.py": "",
            "b/pyproject.toml": project("b"),
            "tests/data/pyproject.toml": "{{ a template }}",
        },
    )
    assert found(tree) == {"": "plain", "b": "pyproject"}
    (problem,) = tree.problems
    assert (problem.path, problem.line, problem.kind) == ("a/pyproject.toml", 3, "toml")
    assert problem.message.endswith("its folder is not taken for a package")


def test_a_broken_setup_cfg_is_told_with_its_line(tmp_path: Path) -> None:
    tree = grown(tmp_path, {"a/setup.cfg": "[metadata]\nname = a\nversion\n", "a/a.py": ""})
    assert found(tree) == {"": "plain"}
    (problem,) = tree.problems
    assert (problem.path, problem.line, problem.kind) == ("a/setup.cfg", 3, "ini")
    (tmp_path / "a/setup.cfg").write_text("\n[metadata\n")
    (problem,) = packages(tmp_path).problems
    assert (problem.line, problem.message[:15]) == (2, "is no INI file:")
    (tmp_path / "a/setup.cfg").write_bytes(b"[metadata]\nname = caf\xe9\n")
    (problem,) = packages(tmp_path).problems
    assert problem.message.startswith("cannot be read: 'utf-8' codec")


def test_a_member_and_a_stranger_of_one_name_are_one_package_twice(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        {
            "pyproject.toml": '[tool.uv.workspace]\nmembers = ["libs/*"]\n',
            "libs/core/pyproject.toml": project("core"),
            "old/core/pyproject.toml": project("core"),
        },
    )
    assert [(each.path, each.kind) for each in tree.problems] == [
        ("old/core/pyproject.toml", "twice")
    ]


def test_what_git_ignores_environments_vendored_and_inner_repositories(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            ".gitignore": "generated/\n",
            "a/pyproject.toml": project("a"),
            "a/a.py": "",
            "a/_vendor/six/pyproject.toml": project("six"),
            "a/_vendor/six/six.py": "",
            "third_party/b/pyproject.toml": project("b"),
            "third_party/b/b.py": "",
            "generated/pyproject.toml": project("a"),
            "generated/g.py": "",
            "env/pyvenv.cfg": "",
            "env/lib/pyproject.toml": project("a"),
            "env/lib/x.py": "",
            "inner/pyproject.toml": project("inner"),
            "inner/i.py": "",
        },
    )
    git(tmp_path, "init", "-q")
    git(tmp_path / "inner", "init", "-q")
    for root in (tmp_path, tmp_path / "inner"):
        tree = packages(root)
        name = "a" if root == tmp_path else ""
        assert list(found(tree)) == [name]
        assert len(tree.files(name)) == 1
    assert sorted(found(packages(tmp_path, recurse=True))) == ["a", "inner"]


def test_a_member_that_the_workspace_names_is_a_package_wherever_it_stands(tmp_path: Path) -> None:
    tree = grown(
        tmp_path,
        {
            "pyproject.toml": '[tool.uv.workspace]\nmembers = ["third_party/b", "examples"]\n',
            "third_party/b/pyproject.toml": project("b"),
            "third_party/b/b.py": "",
            "third_party/b/_vendor/c.py": "",
            "examples/pyproject.toml": project("samples", "b"),
        },
    )
    assert found(tree) == {"examples": "uv workspace", "third_party/b": "uv workspace"}
    assert list(tree.files("third_party/b")) == ["third_party/b/b.py"]
    assert [each.package.folder for each in tree.dependents("third_party/b")] == ["examples"]


def test_loops_of_links_and_names_that_are_not_utf_8(tmp_path: Path) -> None:
    write(tmp_path, {"a/pyproject.toml": project("a"), "a/a.py": ""})
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "pyproject.toml").symlink_to(tmp_path / "pyproject.toml")
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")
    os.mkdir(odd)
    for name, text in {"pyproject.toml": project("cafe"), "c.py": "import a\n"}.items():
        with open(f"{odd}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    for _ in range(2):
        tree = packages(tmp_path)
        assert {each.name: each.folder for each in tree} == {"a": "a", "cafe": "caf\udce9"}
        assert [each.path for each in tree.dependents("a")] == ["caf\udce9/c.py"]
        git(tmp_path, "init", "-q")


def test_it_is_a_public_name(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": ""})
    assert [each.folder for each in fixaudit.packages(str(tmp_path))] == [""]
