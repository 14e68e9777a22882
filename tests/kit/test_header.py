"""Headers of fixtures: what they say to the kit, and what is refused."""

from __future__ import annotations

from pathlib import Path

import careless_codemods as careless
import pytest
from fixture_trees import LEFT, failures, only_case, pair, write

from fixaudit.files.file_roles import Role
from fixaudit.source.role import first_role
from fixaudit.testing.header import CaseError, Header, parse_header
from fixaudit.testing.variant_checks import variants_of


def test_all_lines_of_a_header() -> None:
    text = (
        "#!/usr/bin/env python\n"
        "# reason: one thing\n"
        "# an ordinary comment\n"
        "# reason: and another\n"
        "# guidance: look there\n"
        '# options: {"strategy": "uuid5"}\n'
        "\n"
        "# path: app/scripts/run.py\n"
        "# target-version: 3.12\n"
        "# variants: off(crlf, tabs) the protocol wants exact bytes\n"
        "import os\n"
        "# reason: too late\n"
    )
    assert parse_header(text.encode()) == Header(
        reasons=("one thing", "and another"),
        guidance=("look there",),
        options={"strategy": "uuid5"},
        path="app/scripts/run.py",
        target_version=(3, 12),
        off=frozenset({"crlf", "tabs"}),
    )


def test_options_may_be_toml() -> None:
    header = parse_header(b"# options: { limit = 8, name = 'x' }\r\nimport os\r\n")
    assert header.options == {"limit": 8, "name": "x"}


def test_a_file_without_header_has_an_empty_one() -> None:
    assert parse_header(b'"""Doc."""\n# reason: no header any more\n') == Header()
    assert not parse_header(b"")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("# reason:", "says nothing"),
        ("# options: nonsense", "neither JSON nor a TOML table"),
        ("# options: [1]", "must be a table"),
        ("# target-version: 4", "must look like 3.12"),
        ("# variants: off(crlf)", "needs a reason"),
        ("# variants: without crlf", "must look like"),
        ("# path: a.py\n# path: b.py", "more than once"),
    ],
)
def test_what_cannot_be_used_is_refused(line: str, words: str) -> None:
    with pytest.raises(CaseError, match=words):
        parse_header(line.encode())


def test_the_reason_must_be_given(tmp_path: Path) -> None:
    text = "# reason: says itself\n# reason: the moon\n" + LEFT
    write(tmp_path, pair("careful", "leave_etag.py", text))
    found = failures(tmp_path, careless.Careful)
    assert set(found) == {"leave_etag.py"}
    assert "no reason says 'the moon'; reasons: says itself that" in found["leave_etag.py"]


def test_the_guidance_must_be_given(tmp_path: Path) -> None:
    text = "# guidance: Look where\n# guidance: elsewhere\nimport hashlib\n\nh = hashlib.md5()\n"
    write(tmp_path, pair("careful", "review_filled.py", text))
    found = failures(tmp_path, careless.Careful)
    assert "no guidance says 'elsewhere'; guidance: Look where" in found["review_filled.py"]


def test_the_path_decides_where_the_file_stands(tmp_path: Path) -> None:
    write(tmp_path, pair("careful", "leave_etag.py", "# path: src/app/tests/__init__.py\n" + LEFT))
    (specimen,) = only_case(tmp_path, careless.Careful).specimens
    source = specimen.source(specimen.before or b"")
    assert source.path == "src/app/tests/__init__.py"
    assert source.module == "app.tests"
    assert source.is_test


def test_the_usual_path_has_no_role(tmp_path: Path) -> None:
    write(tmp_path, pair("careful", "leave_in_test.py", LEFT))
    (specimen,) = only_case(tmp_path, careless.Careful).specimens
    source = specimen.source(specimen.before or b"")
    assert source.module == "pkg.service"
    assert not source.is_test
    assert first_role(source, Role) is None


def test_unknown_options_and_variants_fail(tmp_path: Path) -> None:
    write(tmp_path, pair("careful", "leave_a.py", '# options: {"bits": 8}\n' + LEFT))
    write(tmp_path, pair("careful", "leave_b.py", "# variants: off(crfl) because\n" + LEFT))
    found = failures(tmp_path, careless.Careful)
    assert 'unknown key "bits"' in found["leave_a.py"]
    assert 'there is no variant "crfl"' in found["leave_b.py"]


def test_variants_can_be_turned_off(tmp_path: Path) -> None:
    write(tmp_path, pair("careful", "leave_a.py", "# variants: off(crlf, bom) because\n" + LEFT))
    names = {variant.name for variant in variants_of(only_case(tmp_path, careless.Careful))}
    assert "tabs" in names
    assert names.isdisjoint({"crlf", "bom"})
