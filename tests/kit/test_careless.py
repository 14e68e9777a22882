"""A careless codemod fails in each way it is careless, and a careful one passes."""

from __future__ import annotations

from pathlib import Path

import careless_codemods as careless
import pytest
from fixture_trees import LEFT, TWO_SITES, failures, pair, usual, with_sha, write

from fixaudit.authoring.codemod import Codemod
from fixaudit.testing.cases import find_cases
from fixaudit.testing.variant_checks import variants_of
from fixaudit.testing.variants import NAMES


def test_a_careful_codemod_passes_every_variant(tmp_path: Path) -> None:
    usual(tmp_path)
    assert failures(tmp_path, careless.Careful) == {}
    cases = find_cases(tmp_path / "fixtures", [careless.Careful])
    assert {variant.name for case in cases for variant in variants_of(case)} == NAMES


@pytest.mark.parametrize(
    ("codemod", "failing", "words"),
    [
        (careless.InText, "unsafe_keys.py[string]", "text that is no code was edited"),
        (careless.InText, "unsafe_keys.py[docstring]", "-        return hashlib.md5(text.encode"),
        (careless.InText, "unsafe_keys.py[comment]", "would be lost"),
        (careless.InText, "leave_etag.py", "with --unsafe the text becomes another"),
        (careless.ByName, "unsafe_keys.py[aliased-import]", "the verdicts are none, those of"),
        (careless.ByName, "unsafe_keys.py[from-import]", "the verdicts are none, those of"),
        (careless.ByName, "unsafe_keys.py[shadowed]", "'hashlib' is a parameter here"),
        (careless.Regenerates, "unsafe_keys.py", "the comment '# never empty' would be lost"),
        (careless.NeverDone, "unsafe_keys.py", "its edit would be made again without end"),
        (careless.Silent, "leave_etag.py", "the reason must be a line of text: ' '"),
        (careless.Talkative, "leave_etag.py", "the reason must be a line of text"),
        (careless.TooBold, "unsafe_keys.py", "without --unsafe the text becomes another"),
        (careless.OnlyInFunctions, "unsafe_keys.py[decorator]", "AttributeError"),
        (careless.WrongTrigger, "unsafe_keys.py", "none of the codemod's triggers"),
        (careless.EditsWhatItLeaves, "leave_etag.py", "a leave finding has edits"),
        (careless.LooksAway, "leave_etag.py", "no leave finding is there; findings: none"),
        (careless.TakesItsWord, "leave_etag.py[renamed]", "leave (it makes entity tags) is unsafe"),
    ],
)
def test_carelessness_is_named(
    tmp_path: Path, codemod: type[Codemod], failing: str, words: str
) -> None:
    usual(tmp_path)
    found = failures(tmp_path, codemod)
    assert failing in found
    assert words in found[failing]
    assert found[failing].startswith(f"fixtures/before/careful/{failing}\n")


def test_a_name_may_be_heard_as_a_hint(tmp_path: Path) -> None:
    write(tmp_path, pair("careful", "review_etag.py", LEFT))
    assert failures(tmp_path, careless.HearsItsWord) == {}


def test_quotes_of_its_own_show_in_the_diff(tmp_path: Path) -> None:
    before = 'import hashlib\n\nkey = hashlib.md5("a".encode()).hexdigest()\n'
    write(tmp_path, pair("careful", "unsafe_quotes.py", before, with_sha(before)))
    assert failures(tmp_path, careless.Careful) == {}
    text = failures(tmp_path, careless.Regenerates)["unsafe_quotes.py"]
    assert '-key = hashlib.sha256("a".encode()).hexdigest()\n' in text
    assert "+key = hashlib.sha256('a'.encode()).hexdigest()" in text


def test_newlines_of_its_own_fail_with_crlf_alone(tmp_path: Path) -> None:
    before = "import hashlib\n\n\ndef key() -> str:\n    return hashlib.md5(b'').hexdigest()\n"
    after = with_sha(before).replace("    return", "    # was MD5\n    return")
    write(tmp_path, pair("careful", "unsafe_newlines.py", before, after))
    found = failures(tmp_path, careless.UnixNewlines)
    assert set(found) == {"unsafe_newlines.py[crlf]"}
    assert "-    # was MD5\\r\n" in found["unsafe_newlines.py[crlf]"]


def test_indentation_of_its_own_fails_with_tabs_and_deeper_code(tmp_path: Path) -> None:
    before = "import hashlib\n\n\ndef key() -> str:\n    return hashlib.md5(b'').hexdigest()\n"
    after = with_sha(before).replace("    return", "    checked = True\n    return")
    write(tmp_path, pair("careful", "unsafe_indent.py", before, after))
    found = failures(tmp_path, careless.FourSpaces)
    assert "unsafe_indent.py" not in found
    assert "does not parse" in found["unsafe_indent.py[tabs]"]
    assert "does not parse" in found["unsafe_indent.py[method]"]


def test_a_second_run_that_goes_on_is_found(tmp_path: Path) -> None:
    one_done = TWO_SITES.replace("hashlib.md5", "hashlib.sha256", 1)
    write(tmp_path, pair("careful", "unsafe_keys.py", TWO_SITES, one_done))
    text = failures(tmp_path, careless.OnceOneAtATime)["unsafe_keys.py"]
    assert "a second run with --unsafe changes the text again" in text
    assert "-        return hashlib.md5(text.encode('utf-8'))" in text


def test_sites_that_come_one_after_another_are_done_in_one_run(tmp_path: Path) -> None:
    write(tmp_path, pair("careful", "unsafe_keys.py", TWO_SITES, with_sha(TWO_SITES)))
    assert "unsafe_keys.py" not in failures(tmp_path, careless.OneAtATime)
    assert "unsafe_keys.py" in failures(tmp_path, careless.OnceOneAtATime)


def test_a_fixture_that_promises_another_verdict(tmp_path: Path) -> None:
    write(tmp_path, pair("careful", "review_etag.py", LEFT))
    found = failures(tmp_path, careless.Careful)
    assert "no review finding is there; findings: 1 leave" in found["review_etag.py"]
