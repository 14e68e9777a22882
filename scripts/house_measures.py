"""The measures that may only fall, for `tests/house/test_ratchet.py` and `lower_ratchet.py`.

`LIMITS` names them. What is at or under its limit is not recorded: it is free to grow up to it.
"""

from __future__ import annotations

import ast
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from house_files import Checkout, Function, circles
from house_syntax import (
    FACE_PACKAGES,
    annotation_texts_in_codemods,
    complexity,
    function_lines,
    parameters,
    public_names_of_face,
)

RATCHET = Path(__file__).resolve().parents[1] / "tests" / "house" / "ratchet.toml"
Values = dict[str, int]


def _lines_of_folder(house: Checkout) -> Values:
    """Folders of the engine and the command line; codemods are measured one by one."""
    found: Values = {}
    for file in (*house.of("fixaudit"), *house.of("fixaudit_cli")):
        parts = file.path.split("/")
        folder = "/".join(parts[: 3 if len(parts) > 3 else 2])
        found[folder] = found.get(folder, 0) + file.lines
    return found


def _lines_of_codemod(house: Checkout) -> Values:
    return {house.files[name].path: lines for name, lines in codemod_lines(house).items()}


def codemod_lines(house: Checkout) -> Values:
    """Lines of each codemod with its own parts: the helper modules that no other codemod reaches."""
    graph = house.graph()
    codemods = [
        file.name
        for file in house.of("fixaudit_codemods")
        if not file.is_package
        and not any(part.startswith("_") for part in file.name.split(".")[1:])
    ]
    users: dict[str, set[str]] = {}
    for codemod in codemods:
        reached, ahead = {codemod}, [codemod]
        while ahead:
            for name in graph[ahead.pop()] - reached:
                if name.startswith("fixaudit_codemods.") and name not in codemods:
                    reached.add(name)
                    ahead.append(name)
        for name in reached:
            users.setdefault(name, set()).add(codemod)
    own = Counter[str]()
    for name, of in users.items():
        if len(of) == 1:
            own[next(iter(of))] += house.files[name].lines
    return dict(own)


def _lines_of_file(house: Checkout) -> Values:
    return {file.path: file.lines for file in house.files.values()}


def _house_imports_of_file(house: Checkout) -> Values:
    """Distinct modules of the house; a face with many names counts once."""
    return {
        file.path: len({entry.target for entry in file.imports if entry.target in house.files})
        for file in house.files.values()
    }


def _of_functions(measure: Callable[[Function], int]) -> Callable[[Checkout], Values]:
    def measured(house: Checkout) -> Values:
        found: Values = {}
        for file in house.files.values():
            for name, node in file.functions():  # of an overloaded name the largest counts
                key = f"{file.path}::{name}"
                found[key] = max(found.get(key, 0), measure(node))
        return found

    return measured


def _circle_of_module(house: Checkout) -> Values:
    return {name: len(group) for group in circles(house.graph()) for name in group}


def _classes_of_one_name(house: Checkout) -> Values:
    """Classes of the engine at the top of their files, by name."""
    return dict(
        Counter(
            node.name
            for file in house.of("fixaudit")
            for node in file.tree.body
            if isinstance(node, ast.ClassDef)
        )
    )


def _engine_modules_in_codemods(house: Checkout) -> Values:
    """Modules of the engine that codemods import besides the two faces: in how many files."""
    found = Counter[str]()
    for file in house.of("fixaudit_codemods"):
        found.update(
            {
                entry.target
                for entry in file.imports
                if entry.target.partition(".")[0] == "fixaudit"
                and entry.target not in FACE_PACKAGES
            }
        )
    return dict(found)


LIMITS: Mapping[str, tuple[int, Callable[[Checkout], Values]]] = {
    "lines_of_folder": (0, _lines_of_folder),
    "lines_of_codemod_with_own_parts": (400, _lines_of_codemod),
    "lines_of_file": (300, _lines_of_file),
    "lines_of_function": (40, _of_functions(function_lines)),
    "complexity_of_function": (15, _of_functions(complexity)),
    "parameters_of_function": (8, _of_functions(parameters)),
    "house_imports_of_file": (12, _house_imports_of_file),
    "public_names_of_face": (0, public_names_of_face),
    "files_of_import_circle": (1, _circle_of_module),
    "classes_of_one_name": (1, _classes_of_one_name),
    "engine_modules_in_codemods": (0, _engine_modules_in_codemods),
    "annotation_texts_in_codemods": (0, annotation_texts_in_codemods),
}


def measured(house: Checkout) -> dict[str, Values]:
    """All values above their limits, by measure and by what was measured."""
    return {
        name: {key: value for key, value in sorted(measure(house).items()) if value > limit}
        for name, (limit, measure) in LIMITS.items()
    }


def growth(recorded: Mapping[str, Values], now: Mapping[str, Values]) -> list[str]:
    """What is above its limit and above what was recorded: one line for each."""
    return [
        f"{name}: {key} has {value}, {_allowed(name, recorded.get(name, {}).get(key))}"
        for name, values in now.items()
        for key, value in values.items()
        if value > recorded.get(name, {}).get(key, LIMITS[name][0])
    ]


def lowered(recorded: Mapping[str, Values], now: Mapping[str, Values]) -> dict[str, Values]:
    """The record with every value at the lower of the two; what is within its limit leaves it."""
    return {
        name: {
            key: min(value, now[name][key])
            for key, value in recorded.get(name, {}).items()
            if key in now[name]
        }
        for name in LIMITS
    }


def read_ratchet(path: Path = RATCHET) -> dict[str, Values]:
    return tomllib.loads(path.read_text("utf-8"))


def write_ratchet(values: Mapping[str, Values], path: Path = RATCHET) -> None:
    """Measures in the order of `LIMITS`, what was measured by name."""
    text = _HEAD
    for name, entries in values.items():
        if entries:
            text += f"\n[{name}]  # limit {LIMITS[name][0]}\n"
            text += "".join(f'"{key}" = {value}\n' for key, value in sorted(entries.items()))
    path.write_text(text, "utf-8")


def _allowed(name: str, before: int | None) -> str:
    limit = LIMITS[name][0]
    return f"recorded are {before}" if before is not None else f"the limit is {limit}"


_HEAD = """\
# What is above its limit today, and may only fall. `python scripts/lower_ratchet.py` lowers values
# and drops what is within its limit; nothing raises one but a hand, with its reason in the commit.
# What each measure counts: scripts/house_measures.py.
"""
