"""The index of words: it finds every file that holds a needle."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from fixaudit.semantics.project import Project
from fixaudit.semantics.text_search import READINGS_BEFORE_INDEX
from fixaudit.semantics.vocabulary import Vocabulary

_WORDS = ("set", "reset", "offset", "set_name", "name", "naïve", "x", "def", "async", "ünlü")
_BETWEEN = (" ", ".", "(", "\n", " = ", "::", "'", "  # ")


def _texts(chance: random.Random, files: int) -> dict[str, bytes]:
    def text() -> str:
        return "".join(chance.choice(_WORDS) + chance.choice(_BETWEEN) for _ in range(12))

    return {f"{number:02}.py": text().encode() for number in range(files)}


def test_no_file_with_the_needle_is_missed() -> None:
    chance = random.Random(7)
    found = 0
    for _ in range(60):
        texts = _texts(chance, 12)
        vocabulary = Vocabulary(texts, texts.get)
        whole = b"".join(texts.values())
        for _ in range(40):
            start = chance.randrange(len(whole))
            needle = whole[start : start + chance.randint(1, 14)]
            able = vocabulary.files(needle)
            holding = {name for name, text in texts.items() if needle in text}
            found += len(holding)
            assert able is None or able >= holding, needle
    assert found > 2000


def test_a_word_inside_of_the_needle_is_whole_and_one_at_its_edge_may_go_on() -> None:
    texts = {"a": b"obj.reset(1)", "b": b"obj.set(1)", "c": b"obj.set_name(1)", "d": b"other"}
    vocabulary = Vocabulary(texts, texts.get)
    assert vocabulary.files(b".set(") == {"b"}
    assert vocabulary.files(b"set(") == {"a", "b"}
    assert vocabulary.files(b".set") == {"b", "c"}
    assert vocabulary.files(b"set") == {"a", "b", "c"}
    assert vocabulary.files(b"absent") == set()
    assert vocabulary.files(b"](") is None


def test_a_file_of_data_and_one_that_changed_can_hold_everything() -> None:
    data = " ".join(f"w{number}" for number in range(30_000)).encode()
    texts = {"a": b"alpha", "b": b"beta", "data": data}
    vocabulary = Vocabulary(texts, texts.get)
    assert vocabulary.files(b"alpha") == {"a", "data"}
    vocabulary.forget("b")
    assert vocabulary.files(b"alpha") == {"a", "b", "data"}
    assert vocabulary.unread(["a", "b", "c"]) == {"c"}


def test_searches_find_the_same_with_the_index(
    grow: Callable[[dict[str, str]], Project], tmp_path: Path
) -> None:
    project = grow(
        {f"m{number}.py": f"value_{number} = helper.call_{number % 5}()\n" for number in range(30)}
    )
    for number in range(READINGS_BEFORE_INDEX):
        assert project.mentions(f"unknown_{number}".encode()) == ()
    files = sorted(tmp_path.glob("*.py"))
    found = project.mentions(b".call_3(")
    assert [item.path for item in found] == [
        file for file in files if "call_3" in file.read_text("utf-8")
    ]
    assert len(found) == 6
    # What an edit writes is found, in a file that the index knows and in one that it does not.
    project.overlay(tmp_path / "m0.py", "fresh = helper.call_3()\n")
    project.overlay(tmp_path / "new.py", "fresh = helper.call_3()\n")
    paths = [item.path.name for item in project.mentions(b".call_3(")]
    assert paths == sorted({"m0.py", "new.py", *(item.path.name for item in found)})
