"""Files larger than `max-file-size` are named and not parsed, nor are others that only are asked about."""

from __future__ import annotations

import ast
import json
import os
from pathlib import Path
from typing import Any

import pytest

from fixaudit.config.commandline import parse_config_arguments
from fixaudit.config.model import MAX_FILE_SIZE
from fixaudit.config.request import Request
from fixaudit.files import plain_file
from fixaudit.model.outcome import Changed, Note, Outcome, Unchanged
from fixaudit.pipeline.execution import Execution, Speed
from fixaudit.pipeline.runner import Worker
from fixaudit.syntax import parser
from fixaudit_cli.app import run as command_line

HASH = (
    "import hashlib\n\n\ndef tag(data: bytes) -> str:\n    return hashlib.md5(data).hexdigest()\n"
)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lengths of the texts that Python's parser was given."""
    lengths: list[int] = []
    real = ast.parse

    def counting(source: Any, *arguments: Any, **options: Any) -> Any:
        lengths.append(len(source))
        return real(source, *arguments, **options)

    monkeypatch.setattr(ast, "parse", counting)
    return lengths


def _outcomes(root: Path, *config: str) -> dict[str, Outcome]:
    request = Request(paths=(root,), root=root, select=("md5-to-sha256", "getattr-default-removal"), unsafe=True, config=parse_config_arguments(config))  # fmt: skip
    execution = Execution(Worker(request), Speed(jobs=1))
    return {o.path: o for o in execution.outcomes(execution._worker.discover().files)}


def _notes(outcome: Outcome) -> list[tuple[str, str]]:
    assert isinstance(outcome, Unchanged)
    return [(note.kind, note.message) for note in outcome.notes]


def test_a_large_file_is_named_and_not_parsed(tmp_path: Path, parsed: list[int]) -> None:
    (tmp_path / "large.py").write_text(HASH + "DATA = [" + "1," * (MAX_FILE_SIZE // 2) + "]\n")
    (tmp_path / "small.py").write_text(HASH)
    found = _outcomes(tmp_path)
    ((kind, message),) = _notes(found["large.py"])
    assert kind == "skipped"
    assert "1.0 MB" in message
    assert "max-file-size" in message
    assert isinstance(found["small.py"], Changed)
    assert max(parsed) < 1000


def test_a_data_file_in_which_nothing_can_be_found_is_parsed_by_nobody(tmp_path: Path, parsed: list[int]) -> None:  # fmt: skip
    (tmp_path / "data.py").write_text("DATA = [" + "1," * MAX_FILE_SIZE + "]\n")
    assert _notes(_outcomes(tmp_path)["data.py"]) == []
    assert parsed == []


def test_what_other_files_ask_of_a_large_one_is_not_known(tmp_path: Path, parsed: list[int], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(parser, "MOST_PARSED", 400)
    model = "class Item:\n    def __init__(self) -> None:\n        self.name = 'a'\n"
    (tmp_path / "model.py").write_text(model + "DATA = [" + "1," * 500 + "]\n")
    user = "from model import Item\n\n\ndef f(item: Item) -> str:\n    return getattr(item, 'name', '')\n"
    (tmp_path / "user.py").write_text(user)
    assert isinstance(_outcomes(tmp_path)["user.py"], Unchanged)
    assert max(parsed) < 400


def test_a_tree_lowers_the_limit_and_only_the_user_raises_it(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(HASH)
    (tmp_path / "fixaudit.toml").write_text("max-file-size = 50\n")
    assert _notes(_outcomes(tmp_path)["a.py"])[0][0] == "skipped"
    for typed in ("max-file-size = 500", "max-file-size = 0"):
        assert isinstance(_outcomes(tmp_path, typed)["a.py"], Changed)
    for value in (MAX_FILE_SIZE + 1, 0, -1):
        (tmp_path / "fixaudit.toml").write_text(f"max-file-size = {value}\n")
        config = Worker(Request(paths=(tmp_path,), root=tmp_path)).resolver.for_path(tmp_path)
        assert config.max_file_size == MAX_FILE_SIZE
        assert '"max-file-size" is not heeded in a file' in config.notes[0]


def test_no_more_is_read_than_a_source_can_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """Neither is a file of gigabytes, which holds no block of the disk."""
    monkeypatch.setattr(plain_file, "MOST_SOURCE_BYTES", 1_000)
    with open(tmp_path / "sparse.py", "wb") as file:
        file.truncate(1 << 40)
    found = _outcomes(tmp_path, "max-file-size = 0")
    assert _notes(found["sparse.py"])[0][0] == "skipped"


def test_the_command_line_tells_it_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "large.py").write_text(HASH)
    arguments = ["check", "--isolated", "--config", "max-file-size = 50"]
    for _ in range(2):  # computed, then from the cache
        assert command_line(arguments) == 0
        said = capsys.readouterr().err
        assert "large.py: skipped: " in said
        assert "1 file looked at" in said
    assert command_line([*arguments, "--output-format", "json", "large.py"]) == 0
    document = json.loads(capsys.readouterr().out)
    (note,) = document["notes"]
    assert (note["path"], note["kind"], note["line"]) == ("large.py", "skipped", None)
    assert (document["errors"], document["summary"]["files"]) == ([], 0)
    assert command_line([*arguments, "large.py"]) == 0
    assert "those that were to be are named above" in capsys.readouterr().err
    assert os.path.getsize("large.py") == len(HASH)


def test_a_note_of_a_whole_file_has_no_line() -> None:
    assert Note("a.py", "skipped", "is large").line is None
