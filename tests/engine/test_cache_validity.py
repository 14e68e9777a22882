"""Which kept outcomes a changed tree makes void, and that no other is looked at again."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from kept_runs import counted_run

from fixaudit.config.request import Request
from fixaudit.model.outcome import Outcome

_BASE = "class Base:\n    name = 'a'\n"
_USER = "from base import Base\n\n\ndef shown(item: Base) -> str:\n    return getattr(item, 'title', '')\n"


class Tree:
    """A folder, runs over it, and what each of them computed."""

    def __init__(self, root: Path, codemod: str = "getattr-default-removal") -> None:
        self.root = root
        self._codemod = codemod

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        os.utime(path, (1_000_000_000, 1_000_000_000))

    def run(self, *names: str, stop_after: int | None = None) -> tuple[list[Outcome], list[str]]:
        """The outcomes, and the names of the files that were computed."""
        paths = tuple(self.root / name for name in names) or (self.root,)
        request = Request(paths=paths, root=self.root, select=(self._codemod,))
        computed: list[str] = []
        outcomes = counted_run(request, computed)
        if stop_after is not None:
            return [next(outcomes) for _ in range(stop_after)], computed
        return list(outcomes), computed


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    grown = Tree(tmp_path)
    grown.write("base.py", _BASE)
    grown.write("user.py", _USER)
    grown.write("other.py", "VALUE = 1\n")
    return grown


def _database() -> Path:
    return Path(os.environ["FIXAUDIT_CACHE_DIR"]) / "outcomes.sqlite"


def _reasons(outcomes: Sequence[Outcome]) -> list[str]:
    return [site.finding.reason for item in outcomes for site in getattr(item, "sites", ())]


def test_a_subclass_that_appears_elsewhere_voids_what_rests_on_there_being_none(tree: Tree) -> None:
    before, _ = tree.run()
    assert "a bug?" in _reasons(before)[0]
    tree.write("other.py", "from base import Base as B\n\n\nclass Sub(B):\n    title = 'b'\n")
    after, computed = tree.run()
    assert computed == ["other.py", "user.py"]
    assert "its subclass `Sub` does" in _reasons(after)[0]


def test_a_store_that_appears_elsewhere_voids_what_rests_on_there_being_none(tree: Tree) -> None:
    tree.run()
    tree.write("other.py", "def late(item):\n    item.title = 'b'\n")
    after, computed = tree.run()
    assert computed == ["other.py", "user.py"]
    assert "other.py:2 sets an attribute of that name" in _reasons(after)[0]
    tree.write("other.py", "VALUE = 1\n")
    back, computed = tree.run()
    assert computed == ["other.py", "user.py"]
    assert "a bug?" in _reasons(back)[0]


def test_a_change_that_nothing_rests_on_voids_nothing_else(tree: Tree) -> None:
    tree.run()
    tree.write("other.py", "VALUE = 2\n")
    _, computed = tree.run()
    assert computed == ["other.py"]


def test_files_that_come_and_go_void_what_rests_on_them(tree: Tree) -> None:
    first, _ = tree.run()
    tree.write("more.py", "from base import Base\n\n\nclass More(Base):\n    title = ''\n")
    after, computed = tree.run()
    assert computed == ["more.py", "user.py"]
    assert "its subclass `More` does" in _reasons(after)[0]
    (tree.root / "more.py").unlink()
    back, computed = tree.run()
    assert computed == ["user.py"]
    assert _reasons(back) == _reasons(first)


def test_a_run_over_a_part_does_not_hide_a_change_from_the_next_over_all(tree: Tree) -> None:
    tree.run()
    tree.write("base.py", "class Base:\n    title = 'a'\n")
    tree.run("base.py")
    after, computed = tree.run()
    assert "user.py" in computed
    assert "a bug?" not in " ".join(_reasons(after))


def test_a_run_that_came_to_no_end_does_not_hide_a_change(tree: Tree) -> None:
    first, _ = tree.run()
    tree.write("base.py", "class Base:\n    title = 'a'\n")
    tree.run(stop_after=1)
    tree.write("base.py", _BASE)
    again, _ = tree.run()
    assert _reasons(again) == _reasons(first)
    tree.write("base.py", "class Base:\n    title = 'a'\n")
    tree.run(stop_after=1)
    after, computed = tree.run()
    assert "user.py" in computed
    assert _reasons(after) != _reasons(first)


def test_a_run_over_a_part_alone_says_nothing_of_a_tree_that_shrank_to_it(tree: Tree) -> None:
    tree.run("user.py")
    for name in ("base.py", "other.py"):
        (tree.root / name).unlink()
    _, computed = tree.run()
    assert computed == ["user.py"]


def test_dependencies_that_somebody_else_wrote_count_for_nothing(tree: Tree) -> None:
    import sqlite3

    first, _ = tree.run()
    with sqlite3.connect(_database()) as database:
        database.execute(
            "UPDATE entries SET dependencies = '[1, 2]' WHERE dependencies IS NOT NULL"
        )
    tree.write("other.py", "VALUE = 2\n")
    again, computed = tree.run()
    assert computed == ["other.py", "user.py"]
    assert again == first


def test_runs_over_parts_count_as_uses_of_what_is_kept(tree: Tree) -> None:
    import sqlite3

    tree.run("user.py")
    database = sqlite3.connect(_database())
    (before,) = database.execute("SELECT used FROM runs").fetchone()
    tree.write("user.py", _USER.replace("shown", "told"))
    tree.run("user.py")
    ((after,),) = database.execute("SELECT used FROM runs").fetchall()
    database.close()
    assert after > before


def test_a_call_between_a_test_and_a_print_voids_what_rests_on_there_being_none(
    tmp_path: Path,
) -> None:
    tree = Tree(tmp_path, "print-to-logger")
    tree.write("store.py", "def compact():\n    print('compacted the documents')\n")
    tree.write("jobs.py", "import store\n\n\ndef nightly():\n    return store\n")
    tree.write("tests/test_jobs.py", "import jobs\n\n\ndef test(capsys):\n    jobs.nightly()\n")
    before, _ = tree.run()
    assert "print becomes" in " ".join(_reasons(before))
    tree.write("jobs.py", "import store\n\n\ndef nightly():\n    store.compact()\n")
    after, computed = tree.run()
    assert "store.py" in computed
    assert _reasons(after) == [
        "tests/test_jobs.py:5 captures the output of a call that runs `compact`"
    ]


def test_who_reaches_a_print_is_asked_again_where_lines_that_name_it_change(tmp_path: Path) -> None:
    tree = Tree(tmp_path, "print-to-logger")
    tree.write("steps.py", "def step():\n    print('a step')\n")
    tree.write("run.py", "import steps\n\nVALUE = 1\n")
    tree.write("other.py", "VALUE = 1\n")
    before, _ = tree.run()
    assert "print becomes" in _reasons(before)[0]
    # A change of a file that imports the module, in lines that do not name the function.
    tree.write("run.py", "import steps\n\nVALUE = 22\n")
    _, computed = tree.run()
    assert computed == ["run.py"]
    tree.write("run.py", "import steps\n\nif __name__ == '__main__':\n    steps.step()\n")
    after, computed = tree.run()
    assert computed == ["run.py", "steps.py"]
    assert _reasons(after) == [
        "a terminal reads it: it stands under the `__main__` guard (run.py:3)"
    ]
