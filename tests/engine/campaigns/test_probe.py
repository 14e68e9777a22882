"""The probe against real editable installs: the tests run the work tree's code, or it refuses."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from editable_installs import LAYOUTS, Layout, installed, write_monorepo
from repositories import ENVIRONMENT, Work

from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.launch import PytestLaunch, PythonLaunch, launch_of
from fixaudit.campaigns.probe import ProbeError, probe
from fixaudit.campaigns.settings import Command, VerifySettings
from fixaudit.campaigns.source_roots import modules_and_roots
from fixaudit.checks.timed_command import TimedCommand
from fixaudit.workspace.packages import packages
from fixaudit.worktrees.worktree import Worktrees

COMMANDS = {
    "pytest": ("pytest", "-q"),
    "python -m pytest": ("python", "-m", "pytest", "-q"),
    "importlib": ("pytest", "-q", "--import-mode=importlib"),
    "append": ("pytest", "-q", "--import-mode=append"),
}
INNER, FLAT = LAYOUTS[:2]
BROKEN = "def price():\n    return 8\n"


@dataclass(frozen=True)
class Monorepo:
    """The user's tree, a work tree of its commit, and the scripts of an environment with its packages."""

    work: Work
    tree: Path
    scripts: Path

    def command(self, *words: str) -> Command:
        return (os.fspath(self.scripts / words[0]), *words[1:])

    def write(self, name: str, text: str) -> Path:
        return Work(self.tree).write(name, text)

    def run(self, layout: Layout, command: Command, environment: Mapping[str, str]) -> int | None:
        return TimedCommand(command, self.tree / layout.folder, 60, environment).run().returncode

    def probed(
        self,
        layout: Layout,
        command: Command,
        roots: tuple[str, ...] | None = None,
        settings: VerifySettings | None = None,
    ) -> Mapping[str, str]:
        return probe(
            self.tree,
            {f"{layout.name}.price": layout.module},
            (layout.root,) if roots is None else roots,
            command,
            settings or VerifySettings(),
            {},
            self.tree / layout.folder,
        )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Work, Path, Worktrees]]:
    top = Path(os.path.realpath(tmp_path_factory.mktemp("monorepo")))
    with pytest.MonkeyPatch.context() as environment:
        for name, value in ENVIRONMENT.items():
            environment.setenv(name, value)
        work = Work(top / "tree")
        work.top.mkdir()
        work.git("init", "--quiet", "--initial-branch=main")
        write_monorepo(work)
        python = installed(top / "environment", work)
        with Worktrees(work.repository, top / "trees") as trees:
            yield work, python.parent, trees


@pytest.fixture
def monorepo(
    made: tuple[Work, Path, Worktrees], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Monorepo]:
    work, scripts, trees = made
    monkeypatch.delenv("PYTHONPATH", raising=False)
    with trees.at("HEAD", "one", keep=True) as tree:
        yield Monorepo(work, tree, scripts)


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_broken_file_turns_the_tests_red(
    monorepo: Monorepo, layout: Layout, words: tuple[str, ...]
) -> None:
    command = monorepo.command(*words)
    environment = monorepo.probed(layout, command)
    assert monorepo.run(layout, command, environment) == 0
    monorepo.write(layout.module, BROKEN)
    assert monorepo.run(layout, command, environment) == 1


def test_a_module_in_folders_without_init_is_found_by_a_script(monorepo: Monorepo) -> None:
    path = "packages/deep/deep/inner/place.py"
    place = monorepo.write(path, "")
    command = monorepo.command("python", "check.py")
    modules = {"deep.inner.place": path}
    environment = probe(
        monorepo.tree, modules, ("packages/deep",), command, VerifySettings(), {}, place.parent
    )
    assert environment["PYTHONPATH"].startswith(f"{monorepo.tree}/packages/deep")


def test_without_the_probe_they_stay_green(monorepo: Monorepo) -> None:
    """What the probe is for: the tests of the work tree import the user's tree."""
    monorepo.write(INNER.module, BROKEN)
    assert monorepo.run(INNER, monorepo.command("pytest"), {}) == 0


def test_roots_that_nobody_named_are_found(monorepo: Monorepo) -> None:
    """A test that uses another package of the repository would import the user's tree for that one."""
    monorepo.write(
        "packages/inner/tests/test_both.py",
        "from flat.price import price\n\n\ndef test_both():\n    assert price() == 7\n",
    )
    command = monorepo.command("pytest", "-q", "tests/test_both.py")
    environment = monorepo.probed(INNER, command)
    paths = [str(monorepo.tree / root) for root in (INNER.root, FLAT.root)]
    assert environment == {"PYTHONPATH": os.pathsep.join(paths)}
    monorepo.write(FLAT.module, BROKEN)
    assert monorepo.run(INNER, command, environment) == 1
    assert monorepo.probed(INNER, command, roots=()) == {"PYTHONPATH": os.pathsep.join(paths)}


def test_what_is_set_already_stays_behind(
    monorepo: Monorepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = os.fspath(monorepo.work.top / INNER.root)
    monkeypatch.setenv("PYTHONPATH", before)
    environment = monorepo.probed(INNER, monorepo.command("pytest"))
    assert environment["PYTHONPATH"] == f"{monorepo.tree / INNER.root}{os.pathsep}{before}"


def _refusal(monorepo: Monorepo, *words: str) -> str:
    with pytest.raises(ProbeError) as caught:
        monorepo.probed(INNER, monorepo.command(*words))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_conftest_that_goes_back_to_the_users_tree(monorepo: Monorepo) -> None:
    back = os.fspath(monorepo.work.top / INNER.root)
    monorepo.write(
        "packages/inner/tests/conftest.py", f"import sys\n\nsys.path.insert(0, {back!r})\n"
    )
    assert _refusal(monorepo, "pytest", "-q").startswith(
        f"`inner.price` comes from {monorepo.work.top / INNER.module} for {monorepo.scripts}/python"
    )


def test_an_import_hook_before_all_others(monorepo: Monorepo) -> None:
    """As scikit-build-core and meson-python install: `PYTHONPATH` has no say."""
    finder = (
        "import importlib.util, sys\n\n\n"
        "class Hook:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        at = {os.fspath(monorepo.work.top / INNER.root)!r} + '/' + name.replace('.', '/')\n"
        "        if name == 'inner':\n"
        "            return importlib.util.spec_from_file_location(\n"
        "                name, at + '/__init__.py', submodule_search_locations=[at])\n\n\n"
        "sys.meta_path.insert(0, Hook())\n"
    )
    site = next(monorepo.scripts.parent.glob("lib/python*/site-packages"))
    (site / "inner_hook.py").write_text(finder)
    (site / "inner_hook.pth").write_text("import inner_hook\n")
    try:
        told = _refusal(monorepo, "pytest", "-q")
        assert f"`inner.price` comes from {monorepo.work.top / INNER.module} for " in told
        assert "[worktree] setup" in told
        assert "[verify] python" in told
        assert "comes from" in _refusal(monorepo, "python", "-m", "unittest")
    finally:
        (site / "inner_hook.pth").unlink()


def test_tests_of_the_users_tree(monorepo: Monorepo) -> None:
    tests = monorepo.work.top / INNER.folder / "tests"
    told = _refusal(monorepo, "pytest", "-q", os.fspath(tests))
    assert told.endswith(f"runs tests of {tests}/test_inner.py, which is not in the work tree")


def test_a_compiled_module_beside_its_source(monorepo: Monorepo) -> None:
    """It is imported in place of the file that a batch edits."""
    built = monorepo.write(f"{INNER.root}/inner/price.abi3.so", "")
    told = _refusal(monorepo, "python", "-m", "unittest")
    assert told.startswith(f"`inner.price` comes from {built} for ")


def test_a_module_that_is_in_no_root(monorepo: Monorepo) -> None:
    with pytest.raises(ProbeError, match=r"^`other\.price` \(other/price\.py\) cannot be imported"):
        probe(
            monorepo.tree,
            {"other.price": "other/price.py"},
            (),
            monorepo.command("pytest"),
            VerifySettings(),
            {},
            monorepo.tree / INNER.folder,
        )


def test_a_pytest_that_does_not_start(monorepo: Monorepo) -> None:
    silent = monorepo.write("silent/pytest", "#!/bin/sh\necho one\necho no tests today\nexit 5\n")
    silent.chmod(0o755)
    told = _refusal(monorepo, os.fspath(silent))
    assert "did not tell from where it imports; it ended with 5: no tests today; give" in told
    assert _refusal(monorepo, "python", "-I", "-m", "pytest").endswith("take away -I and -E")
    assert "there is no nowhere/pytest;" in _refusal(monorepo, "nowhere/pytest").replace(
        f"{monorepo.scripts}/", ""
    )


@pytest.mark.parametrize("failing", ["raise OSError", "import nowhere"])
def test_a_red_conftest_is_the_matter_of_the_tests(monorepo: Monorepo, failing: str) -> None:
    monorepo.write("packages/inner/conftest.py", failing)
    assert monorepo.probed(INNER, monorepo.command("pytest"))


@pytest.mark.parametrize("words", [("pytest",), ("python", "-m", "unittest")])
def test_namespaces_in_namespaces(monorepo: Monorepo, words: tuple[str, ...]) -> None:
    """No folder above the module has an `__init__.py`, and the tests import none of them."""
    path = "far/src/acme/far/deep/price.py"
    monorepo.write(path, "")
    monorepo.write("other/src/acme/far/deep/cost.py", "")
    modules = {"acme.far.deep.price": path}
    roots = ("other/src", "far/src")
    folder = monorepo.tree / INNER.folder
    command = monorepo.command(*words)
    found = probe(monorepo.tree, modules, roots, command, VerifySettings(), {}, folder)
    assert os.fspath(monorepo.tree / "far/src") in found["PYTHONPATH"].split(os.pathsep)


def test_a_red_conftest_of_a_package_that_is_not_installed(monorepo: Monorepo) -> None:
    """Its command is red before any edit, which says more than that nothing can be imported."""
    monorepo.write("packages/inner/conftest.py", "import nowhere")
    modules = {"other.price": "other/price.py"}
    folder = monorepo.tree / INNER.folder
    command = monorepo.command("pytest")
    assert probe(monorepo.tree, modules, (), command, VerifySettings(), {}, folder) == {}


@pytest.mark.parametrize("command", [("make", "test"), ("tox", "-q"), ("./run-tests",)])
def test_what_hides_its_python_needs_it_named(monorepo: Monorepo, command: Command) -> None:
    shown = shlex.join(command)
    with pytest.raises(ProbeError, match=rf"^which Python `{shown}` uses cannot be told; .*python"):
        monorepo.probed(INNER, command)
    settings = VerifySettings(python=monorepo.command("python"))
    expected = {"PYTHONPATH": os.fspath(monorepo.tree / INNER.root)}
    assert monorepo.probed(INNER, command, settings=settings) == expected


PLACE = Path("/place")


@pytest.mark.parametrize(
    "line",
    [
        "pytest | -q",
        ".venv/bin/py.test |",
        "env A=1 pytest | x",
        "python3.12 -X dev -P -m pytest | x",
        "uv run pytest |",
        "uv run --python python3.12 --frozen pytest | -x",
        "uv run -m pytest | -x",
        "uv --directory d run python -m pytest |",
        "poetry run pytest | -m slow",
        "hatch -e test run pytest |",
        "coverage run -m pytest | -q",
        "python -m coverage run --source a -m pytest |",
    ],
)
def test_where_a_command_starts_pytest(line: str) -> None:
    start, arguments = (tuple(part.split()) for part in line.split("|"))
    found = launch_of((*start, *arguments), PLACE, {"PATH": ""})
    assert found == PytestLaunch(start, arguments)


@pytest.mark.parametrize(
    ("line", "start", "first"),
    [
        ("uv run manage.py test", "uv run python", ""),
        ("uv run -m unittest", "uv run python", ""),
        ("poetry run trial x", "poetry run python", None),
        ("pdm run coverage run -m unittest", "pdm run python", None),
        ("python -m unittest", "python", ""),
        ("python -c pass", "python", ""),
        ("python -W error tests/run.py", "python -W error", "tests"),
    ],
)
def test_how_a_command_starts_python(line: str, start: str, first: str | None) -> None:
    found = launch_of(tuple(line.split()), PLACE, {"PATH": ""})
    assert found == PythonLaunch(tuple(start.split()), first)


@pytest.mark.parametrize(
    "line", ["python -m tox", "uv run tox", "nox", "docker compose run app pytest"]
)
def test_where_it_cannot_be_told(line: str) -> None:
    with pytest.raises(ProbeError, match=r"\[verify\] python"):
        launch_of(tuple(line.split()), PLACE, {"PATH": ""})


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("#!/opt/x/bin/python3.12 -P\n", ("/opt/x/bin/python3.12", "-P")),
        ("#!/usr/bin/env python3\n", ("python3",)),
        ("#!/usr/bin/env -S python3 -P\n", ("python3", "-P")),
        ("#!/bin/sh\n'''exec' \"/a long/python\" \"$0\" \"$@\"\n' '''\n", ("/a long/python",)),
        ("#!/bin/sh\n'''exec' /a/python \"$0\" \"$@\"\n' '''\n", ("/a/python",)),
        ("#!/bin/sh\nmake test\n", None),
        ("#!/bin/bash\n", None),
        ("#!'\n", None),
        ("\x7fELF", None),
    ],
)
def test_the_interpreter_of_a_script(tmp_path: Path, lines: str, expected: Command | None) -> None:
    script = Work(tmp_path).write("check", lines)
    script.chmod(0o755)
    if expected is None:
        with pytest.raises(ProbeError):
            launch_of(("./check",), tmp_path, {})
    else:
        assert launch_of(("check",), PLACE, {"PATH": os.fspath(tmp_path)}) == PythonLaunch(
            expected, None
        )


def test_names_and_roots(made: tuple[Work, Path, Worktrees]) -> None:
    found = packages(made[0].top)
    paths = [INNER.module, FLAT.module, "packages/inner/tests/test_inner.py", "nowhere/x.py"]
    names = {"flat.price": FLAT.module, "inner.price": INNER.module}
    assert modules_and_roots(found, paths) == (names, ("packages/flat", "packages/inner/src"))
    assert modules_and_roots(found, paths, INNER.folder)[1] == (
        "packages/inner/src",
        "packages/flat",
    )
    init = f"{INNER.root}/inner/__init__.py"
    assert modules_and_roots(found, [init]) == ({"inner": init}, (INNER.root,))


def test_two_files_of_one_name(tmp_path: Path) -> None:
    """As services have them: the one whose package is tested counts, and nobody guesses."""
    for service in ("one", "two"):
        Work(tmp_path).write(f"{service}/pyproject.toml", f'[project]\nname = "{service}"\n')
        Work(tmp_path).write(f"{service}/app/__init__.py", "")
        Work(tmp_path).write(f"{service}/app/main.py", "")
    found = packages(tmp_path)
    paths = ["one/app/main.py", "two/app/main.py"]
    for service in ("one", "two"):
        expected = {"app.main": f"{service}/app/main.py"}
        assert modules_and_roots(found, paths, service) == (expected, (service,))
    with pytest.raises(CampaignError, match=r"are both imported as `app\.main`"):
        modules_and_roots(found, paths)
