"""Files by word stay right, and in the order of all files, when some of them change."""

from __future__ import annotations

from fixaudit.semantics.by_word import ByWord


def test_a_changed_file_is_read_again_and_no_other() -> None:
    texts = {"a": "x y", "b": "y z", "c": "x"}
    read: list[str] = []

    def words_of(path: str) -> list[bytes]:
        read.append(path)
        return [word.encode() for word in texts[path].split()]

    index = ByWord(lambda: list(texts), words_of)
    assert [list(index.files(word)) for word in (b"x", b"y", b"none")] == [
        ["a", "c"],
        ["a", "b"],
        [],
    ]
    assert read == ["a", "b", "c"]
    texts["b"] = "x new"
    texts["d"] = "z"
    index.forget("b")
    index.forget("d")
    assert [list(index.files(word)) for word in (b"x", b"y", b"z", b"new")] == [
        ["a", "b", "c"],
        ["a"],
        ["d"],
        ["b"],
    ]
    assert read == ["a", "b", "c", "b", "d"]
