"""`--update` and the quick loop of an author."""

from __future__ import annotations

from pathlib import Path

import careless_codemods as careless
import pytest
from fixture_trees import LEFT, TWO_SITES, failures, only_case, usual, with_sha, write

from fixaudit.testing.__main__ import main
from fixaudit.testing.updating import Update, update

LOCAL = '''"""MD5 becomes SHA-256."""

import careless_codemods


class Local(careless_codemods.Careful):
    name = "local-hash"
    code = "LO001"
'''


def write_before(root: Path, name: str, text: str) -> Path:
    write(root, {f"fixtures/before/careful/{name}": text})
    return root / "fixtures/after/careful" / name


def test_the_after_file_is_written_once(tmp_path: Path) -> None:
    after = write_before(tmp_path, "unsafe_keys.py", TWO_SITES)
    new = with_sha(TWO_SITES).encode()
    found = list(update(only_case(tmp_path, careless.Careful)))
    assert found == [Update(after.as_posix(), None, new)]
    assert after.read_bytes() == new
    assert list(update(only_case(tmp_path, careless.Careful))) == []
    assert failures(tmp_path, careless.Careful) == {}


def test_what_must_stay_is_never_updated_to_what_a_codemod_does(tmp_path: Path) -> None:
    after = write_before(tmp_path, "leave_keys.py", TWO_SITES)
    assert len(list(update(only_case(tmp_path, careless.Careful)))) == 1
    assert after.read_text() == TWO_SITES
    assert "the text becomes another" in failures(tmp_path, careless.Careful)["leave_keys.py"]


def test_an_unsound_run_writes_nothing(tmp_path: Path) -> None:
    after = write_before(tmp_path, "unsafe_keys.py", TWO_SITES)
    (found,) = update(only_case(tmp_path, careless.Regenerates))
    assert found.refused is not None
    assert "would be lost" in found.refused
    assert not after.exists()


def test_files_gone_from_before_go_from_after(tmp_path: Path) -> None:
    write_before(tmp_path, "leave_app/main.py", LEFT)
    old = tmp_path / "fixtures/after/careful/leave_app/old.py"
    write(old.parent, {"main.py": LEFT, "old.py": LEFT})
    assert list(update(only_case(tmp_path, careless.Careful))) == [
        Update(old.as_posix(), LEFT.encode(), None)
    ]
    assert not old.exists()


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    usual(tmp_path, "local-hash")
    write(tmp_path, {"tools/local_hash.py": LOCAL})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> int:
    return main(["local-hash", "--codemods", "tools", *arguments])


def test_the_loop_prints_findings_and_diffs(
    workshop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 0
    text = capsys.readouterr().out
    assert "  13:23 unsafe (applied): the digest changes\n" in text
    assert "  8:12 leave: says itself that security does not rest on it\n" in text
    assert "-        return hashlib.md5(text.encode('utf-8'))" in text
    assert text.endswith("2 fixtures, 0 failures\n")


def test_the_loop_takes_one_case_and_fails(
    workshop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(workshop, {"fixtures/after/local-hash/unsafe_keys.py": TWO_SITES + "\n"})
    assert run("unsafe", "-q") == 1
    text = capsys.readouterr().out
    assert text.startswith("FAILED fixtures/before/local-hash/unsafe_keys.py\n")
    assert "leave_etag" not in text


def test_the_loop_updates(workshop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    after = workshop / "fixtures/after/local-hash/unsafe_keys.py"
    after.unlink()
    assert run("--update", "-q") == 0
    assert after.read_text() == with_sha(TWO_SITES)
    assert "unsafe_keys.py: written\n--- before --update\n+++ now\n" in capsys.readouterr().out


def test_unknown_names_are_refused(workshop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no-such-codemod"]) == 2
    assert "no codemod is called no-such-codemod; there are" in capsys.readouterr().err
    assert run("nothing_like_it") == 2
    assert "no fixture of local-hash fits" in capsys.readouterr().err
