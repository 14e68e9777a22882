"""Where a symbol is named over the project: every word of it, other files judged whole, modules passing it on."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from fixaudit import Source
from fixaudit.authoring import (
    HindranceKind,
    Written,
    files_naming,
    identifiers,
    modules_handed_on,
    of_other_file,
    scan_for_symbol,
    symbols_meant,
)
from fixaudit.semantics.project import Project

ALL_KINDS = """\
from word import word as word
import a.word

@word
async def word(word, *, other=1): ...

class Other:
    global word
    word: "word" = word.word(word=1)

try: ...
except word as word: ...

match Other():
    case Point(word=1) as word: ...
    case {**word}: ...
"""
FILES = {
    "app/__init__.py": "from app.prices import net\n",
    "app/prices.py": "def net(gross):\n    return gross\n\n\nclass Tax:\n    def rate(self): ...\n",
    "app/orders.py": "from app import net\nimport app.prices as p\n\nprint(net(1), p.net(2))\n",
    "app/charts.py": "def net(rows):\n    return rows\n",
    "app/again.py": "from app.prices import net as gross_to_net\n",
    "tests/test_prices.py": "from app.prices import Tax\n\n\nclass Flat(Tax):\n    def rate(self): ...\n",
}


def source_at(root: Path, name: str, files: dict[str, str] | None = None) -> Source:
    for each, text in (files or FILES).items():
        (root / each).parent.mkdir(parents=True, exist_ok=True)
        (root / each).write_text(text)
    path, project = root / name, Project(root)
    return Source(
        name, path.read_bytes(), project=project, module=project.module_name(path), location=path
    )


def test_every_kind_of_place_that_writes_a_word_is_found() -> None:
    source = Source("main.py", ALL_KINDS.encode())
    found = identifiers(source, "word")
    assert {each.kind for each in found} == set(Written)
    for each in found:
        for span in each.spans:
            assert source.slice(span) == "word", each
    placed = {each.kind for each in found if each.spans}
    assert {*Written} - placed == {Written.BOUND, Written.PATTERN, Written.MODULE}


def test_words_in_strings_are_placed_where_no_escape_moves_them() -> None:
    source = Source("main.py", b'a = "word, words and word"\nb = "\\tword"\nc = f"{word} word"\n')
    strings = [each for each in identifiers(source, "word") if each.kind is Written.STRING]
    assert [len(each.spans) for each in strings] == [2, 0, 0]


def test_another_file_is_judged_as_if_it_were_the_one_at_hand(tmp_path: Path) -> None:
    source = source_at(tmp_path, "app/prices.py")
    project = source.project
    facts = project.facts_of_source(source)

    def read(other: Source) -> tuple[str, int]:
        assert project.own_path == tmp_path / "app/orders.py"
        return other.module, len(other.nodes(ast.Call))

    path = tmp_path / "app/orders.py"
    assert of_other_file(source, path, "calls", read) == ("app.orders", 3)
    assert project.facts_of_source(source) is facts
    # Kept for the run: not read again.
    assert of_other_file(source, path, "calls", lambda other: ("", 0)) == ("app.orders", 3)
    path.write_text("def (:\n")
    project.forget(path)
    assert of_other_file(source, path, "calls", read) is None


def test_files_that_name_a_word_are_told_with_tests_and_without_this_one(tmp_path: Path) -> None:
    source = source_at(tmp_path, "app/prices.py")
    names = [path.name for path in files_naming(source, "Tax")]
    assert names == ["test_prices.py"]


def test_a_name_stands_in_the_modules_that_pass_it_on(tmp_path: Path) -> None:
    source = source_at(tmp_path, "app/prices.py")
    (found,) = symbols_meant(source, "app.prices.net", "net_price")
    assert {path.name for path in found.homes} == {"prices.py", "__init__.py", "orders.py"}
    assert found.shown == "app.prices.net"
    both = symbols_meant(source, "net", "net_price")
    assert {each.shown for each in both} == {"app.prices.net", "app.charts.net"}


def test_a_method_is_meant_with_what_overrides_it_in_tests_too(tmp_path: Path) -> None:
    source = source_at(tmp_path, "app/prices.py")
    (found,) = symbols_meant(source, "Tax.rate", "percentage")
    assert {name for _, name in found.family} == {"Tax", "Flat"}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("from app.prices import *", HindranceKind.USE),
        ("import app.prices\nshow(app.prices)", HindranceKind.MODULES),
        ("load('app.prices')", HindranceKind.MODULES),
        ("call('net')", HindranceKind.STRINGS),
        ("from app.prices import net\nnet_price = net(1)", HindranceKind.TAKEN),
    ],
)
def test_what_is_not_proved_is_told(tmp_path: Path, line: str, kind: HindranceKind) -> None:
    files = {"app/__init__.py": "", "app/prices.py": FILES["app/prices.py"], "app/use.py": line}
    source = source_at(tmp_path, "app/use.py", files)
    (symbol,) = symbols_meant(source, "app.prices.net", "net_price")
    found = [*scan_for_symbol(source, symbol).hindrances, *modules_handed_on(source, symbol)]
    assert {each.kind for each in found} == {kind}


def test_files_beside_the_code_are_searched_and_remembered_with_the_answer(tmp_path: Path) -> None:
    source = source_at(tmp_path, "app/prices.py")
    (tmp_path / "pyproject.toml").write_text('[project.scripts]\nnet = "app.prices:net"\n')
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "a.json").write_text('{"net": 1}')
    project = source.project
    with project.recording() as seen:
        found = project.mentions_beside(b"app.prices:net")
    assert [(each.path.name, each.line) for each in found] == [("pyproject.toml", 2)]
    assert project.still_holds(seen)
    (tmp_path / "pyproject.toml").write_text("")
    project.forget(tmp_path / "pyproject.toml")
    assert not project.still_holds(seen)


def test_an_answer_holds_for_the_files_of_its_run(tmp_path: Path) -> None:
    project = source_at(tmp_path, "app/prices.py").project
    path = tmp_path / "app/orders.py"
    assert project.is_in_run(path)
    project.in_run = frozenset({tmp_path / "app/prices.py"})
    with project.recording() as seen:
        assert not project.is_in_run(path)
    assert project.still_holds(seen)
    project.in_run = None
    assert not project.still_holds(seen)
