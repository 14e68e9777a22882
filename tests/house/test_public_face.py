"""The documented names: the same objects whatever was imported before them, and under old paths."""

from __future__ import annotations

import ast
import json
from pathlib import Path

from checkout import ROOT, house, python

import fixaudit

LIKE_A_MODULE = {
    "cst": "fixaudit.edits.cst",
    "handlers": "fixaudit.edits.except_clause",
    "loggers": "fixaudit.source.loggers",
    "rewriting": "fixaudit.edits.statements",
}
OLD_PATHS = {
    **{f"fixaudit.{name}": path for name, path in LIKE_A_MODULE.items()},
    "fixaudit.kit": "fixaudit.testing",
    "fixaudit.kit.plugin": "fixaudit.testing.plugin",
}


def homes() -> dict[str, str]:
    """Each public name with where it is defined, as `fixaudit/__init__.pyi` says."""
    stub = ast.parse(Path(ROOT, "engine/fixaudit/__init__.pyi").read_text("utf-8"))
    found = {}
    for node in stub.body:
        match node:
            case ast.ImportFrom(module=module, names=[ast.alias(name=name, asname=given)]):
                found[given or name] = f"{module}.{name}"
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=given)):
                found[name] = found[given]
    return {name: home for name, home in found.items() if name[0] != "_" or name == "__version__"}


_COMPARED = """\
import json, sys
from importlib import import_module
homes, first = json.loads(sys.argv[1]), json.loads(sys.argv[2])
for name in first:
    import_module(name)
import fixaudit
for name, home in homes.items():
    module, _, attribute = home.rpartition(".")
    try:
        documented = import_module(home)
    except ModuleNotFoundError:
        documented = getattr(import_module(module), attribute)
    if getattr(fixaudit, name) is not documented:
        print(name, "is", getattr(fixaudit, name))
print(type(fixaudit.run).__name__, len(homes))
"""


def submodules() -> list[str]:
    """All modules of the engine but the programs, which run when they are imported."""
    return [file.name for file in house().of("fixaudit") if not file.name.endswith(".__main__")]


def test_type_checkers_see_the_same_names() -> None:
    assert set(homes()) == set(fixaudit.__all__)


def test_public_names_are_the_documented_objects_at_first() -> None:
    assert python(_COMPARED, json.dumps(homes()), "[]") == f"function {len(homes())}\n"


def test_public_names_are_the_documented_objects_after_all_submodules() -> None:
    printed = python(_COMPARED, json.dumps(homes()), json.dumps(submodules()))
    assert printed == f"function {len(homes())}\n"


def test_documented_modules_are_where_they_are_said_to_be() -> None:
    assert {name: homes()[name] for name in LIKE_A_MODULE} == LIKE_A_MODULE


def test_old_paths_are_the_same_modules_in_either_order() -> None:
    script = (
        "import json, sys\nfrom importlib import import_module\n"
        "for pair in json.loads(sys.argv[1]):\n"
        "    one, other = [import_module(name) for name in pair]\n"
        "    assert one is other is sys.modules[pair[0]] is sys.modules[pair[1]], pair\n"
    )
    for pairs in (list(OLD_PATHS.items()), [(new, old) for old, new in OLD_PATHS.items()]):
        assert python(script, json.dumps(pairs)) == ""


def test_the_class_of_a_source_is_served_by_its_package() -> None:
    script = (
        "import sys, fixaudit.source\n"
        "assert 'fixaudit.source.source' not in sys.modules\n"
        "from fixaudit.source import Source\nimport fixaudit\n"
        "print(Source is fixaudit.Source is sys.modules['fixaudit.source.source'].Source)\n"
    )
    assert python(script) == "True\n"


def test_the_kit_runs_under_its_old_path() -> None:
    assert python("", "-m", "fixaudit.kit", "--help") == python(
        "", "-m", "fixaudit.testing", "--help"
    )
    assert "fixaudit.testing" in python("", "-m", "fixaudit.kit", "--help")


def test_the_plugin_is_one_module_under_both_paths(tmp_path: Path) -> None:
    """Loaded twice it would register its options twice, and pytest would refuse to start."""
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p fixaudit.kit.plugin\n")
    (tmp_path / "test_own.py").write_text(
        "import sys\n\n\ndef test_own(request):\n"
        "    import fixaudit.kit.plugin as old, fixaudit.testing.plugin as new\n"
        "    assert old is new is sys.modules['fixaudit.kit.plugin']\n"
        "    plugins = [p for p in request.config.pluginmanager.get_plugins() if p is new]\n"
        "    names = [n for n, p in request.config.pluginmanager.list_name_plugin() if p is new]\n"
        "    assert (len(plugins), names) == (1, ['fixaudit.kit.plugin'])\n"
    )
    for more in ([], ["-p", "fixaudit.kit.plugin"]):
        printed = python("", "-m", "pytest", "-q", "-p", "no:cacheprovider", *more, cwd=tmp_path)
        assert "1 passed" in printed
