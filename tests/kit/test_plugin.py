"""The pytest plugin: what it collects, what a failure prints, what it keeps pytest away from."""

from __future__ import annotations

from pathlib import Path

import pytest
from fixture_trees import LEFT, TWO_SITES, pair, usual, with_sha, write

from fixaudit.registry.loader import installed_codemods

pytest_plugins = ["pytester"]

# Each run inside a test forgets what it imported; what was there before stays.
installed_codemods()

INI = """
[pytest]
addopts = -p fixaudit.testing.plugin -p no:cacheprovider -p no:hypothesispytest -p no:anyio
fixaudit_codemods = tools/codemods
"""
CODEMOD = '''"""MD5 becomes SHA-256."""

import sys

sys.path.insert(0, {folder!r})

import careless_codemods


class Local(careless_codemods.{base}):
    name = "local-hash"
    code = "LO001"
'''


def repository(pytester: pytest.Pytester, base: str = "Careful") -> Path:
    """A user's repository with a codemod of its own and two fixtures."""
    root = pytester.path
    codemod = CODEMOD.format(folder=str(Path(__file__).parent), base=base)
    write(root, {"tox.ini": INI, "tools/codemods/local_hash.py": codemod})
    usual(root, "local-hash")
    return root


def outcomes(pytester: pytest.Pytester, *arguments: str) -> tuple[dict[str, int], str]:
    result = pytester.runpytest_inprocess("-q", *arguments)
    return result.parseoutcomes(), result.stdout.str() + result.stderr.str()


def test_fixtures_and_variants_are_named_by_their_paths(pytester: pytest.Pytester) -> None:
    repository(pytester)
    _, text = outcomes(pytester, "--collect-only")
    lines = text.splitlines()
    folder = "fixtures/before/local-hash"
    assert f"{folder}/unsafe_keys.py" in lines
    assert f"{folder}/unsafe_keys.py[crlf]" in lines
    assert f"{folder}/leave_etag.py[shadowed]" in lines
    assert f"{folder}::coverage" in lines
    assert "fixtures/before::orphans" in lines


def test_a_careful_codemod_passes(pytester: pytest.Pytester) -> None:
    repository(pytester)
    counts, text = outcomes(pytester)
    assert set(counts) == {"passed"}, text
    assert counts["passed"] > 30


def test_a_failure_is_a_path_and_a_diff(pytester: pytest.Pytester) -> None:
    repository(pytester, "TooBold")
    counts, text = outcomes(pytester, "fixtures/before/local-hash/unsafe_keys.py")
    assert counts["failed"] >= 1
    assert "fixtures/before/local-hash/unsafe_keys.py\n  without --unsafe the text becomes" in text
    assert "+        return hashlib.sha256(text.encode('utf-8'))" in text.replace("\n ", "\n")
    assert "Traceback" not in text
    assert "runtest" not in text


def test_one_codemod_can_be_chosen_by_path_and_word(pytester: pytest.Pytester) -> None:
    repository(pytester)
    _, text = outcomes(pytester, "--collect-only", "-k", "crlf", "fixtures/before/local-hash")
    names = {line.rpartition("/")[2] for line in text.splitlines() if line.startswith("fixtures")}
    assert names == {"unsafe_keys.py[crlf]", "leave_etag.py[crlf]"}


def test_fixture_files_are_never_imported(pytester: pytest.Pytester) -> None:
    root = repository(pytester)
    bomb = 'raise SystemExit("imported")\n'
    write(root, pair("local-hash", "leave_project/main.py", LEFT))
    for name in ("conftest.py", "test_bomb.py", "__init__.py", "pkg/__init__.py", "pkg/test_x.py"):
        write(root, pair("local-hash", f"leave_project/{name}", bomb))
    for arguments in ((), ("fixtures",), ("fixtures/before/local-hash",)):
        counts, text = outcomes(pytester, "-k", "leave_project and not [", *arguments)
        assert counts["passed"] == 1, text
        assert counts["deselected"] > 50, text
    name = "fixtures/after/local-hash/leave_etag.py"
    _, text = outcomes(pytester, name)
    assert "no tests ran" in text


def test_a_folder_is_one_case(pytester: pytest.Pytester) -> None:
    root = repository(pytester)
    write(root, pair("local-hash", "unsafe_project/app/keys.py", TWO_SITES, with_sha(TWO_SITES)))
    write(root, pair("local-hash", "unsafe_project/app/other.py", "VALUE = 1\n"))
    _, text = outcomes(pytester, "--collect-only")
    assert "fixtures/before/local-hash/unsafe_project\n" in text
    assert "fixtures/before/local-hash/unsafe_project[bom]\n" in text
    counts, text = outcomes(pytester, "-k", "unsafe_project and (crlf or not [)")
    assert counts["passed"] == 2, text


def test_a_codemod_without_leave_fixtures_fails(pytester: pytest.Pytester) -> None:
    root = repository(pytester)
    for side in ("before", "after"):
        (root / f"fixtures/{side}/local-hash/leave_etag.py").unlink()
    counts, text = outcomes(pytester, "-k", "coverage or orphans")
    assert counts["failed"] == 1
    assert "no leave_ fixture shows what local-hash must not touch" in text


def test_a_codemod_without_a_folder_fails(pytester: pytest.Pytester) -> None:
    root = repository(pytester)
    other = CODEMOD.format(folder=str(Path(__file__).parent), base="Careful")
    other = other.replace("local-hash", "other-hash").replace("LO001", "LO002")
    write(root, {"tools/codemods/other_hash.py": other})
    counts, text = outcomes(pytester, "-k", "coverage or orphans")
    assert counts["failed"] == 1
    assert "fixtures/before/other-hash: the codemod other-hash has no fixtures" in text


def test_orphans_fail(pytester: pytest.Pytester) -> None:
    root = repository(pytester)
    write(
        root, {"fixtures/after/local-hash/fix_gone.py": "", "fixtures/before/unknown/fix_a.py": ""}
    )
    counts, text = outcomes(pytester, "-k", "coverage or orphans")
    assert counts["failed"] == 1
    assert "fixtures/after/local-hash/fix_gone.py: is missing in `before`" in text
    assert "fixtures/before/unknown: no codemod is called unknown" in text


def test_a_broken_codemod_stops_the_run(pytester: pytest.Pytester) -> None:
    root = repository(pytester)
    write(root, {"tools/codemods/broken.py": "import nowhere_at_all\n"})
    result = pytester.runpytest_inprocess("-q")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    text = result.stdout.str() + result.stderr.str()
    assert "broken.py: does not import: ModuleNotFoundError" in text


def test_ordinary_tests_run_as_ever(pytester: pytest.Pytester) -> None:
    root = repository(pytester)
    write(root, {"test_own.py": "def test_own() -> None:\n    assert 1 + 1 == 2\n"})
    write(root, {"fixtures/test_data.py": "def test_data() -> None:\n    assert True\n"})
    counts, text = outcomes(pytester, "test_own.py", "fixtures/test_data.py")
    assert counts == {"passed": 2}, text
