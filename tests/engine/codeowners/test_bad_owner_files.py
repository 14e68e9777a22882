"""Owner files that cannot be used: one line with the place and what to do, and no other error."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from owner_trees import tree

import fixaudit
from fixaudit import ConfigError
from fixaudit.codeowners.github import github_rules
from fixaudit.codeowners.gitlab import gitlab_rules
from fixaudit.codeowners.owner_lines import OwnerLines
from fixaudit.codeowners.rules import RuleIndex
from fixaudit.text.visible import visible


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def refused(root: Path, files: dict[str, str | bytes], **asked: str) -> str:
    with pytest.raises(ConfigError) as caught:
        fixaudit.owners(tree(root, files), **asked)
    message = str(caught.value)
    assert "\n" not in message
    return message


GITHUB = [
    ("!docs/ @a", "`!docs/` is no path pattern: GitHub has no `!`; give the path a later line"),
    ("[ab].py @a", "`[ab].py` is no path pattern: GitHub has no ranges in `[ ]`; write both `\\[`"),
    ("a/[id/x @a", "`a/[id/x` is no path pattern: GitHub has no ranges"),
    ("a]b @a", "`a]b` is no path pattern: GitHub has no ranges"),
    (
        "\\#x @a",
        "`\\#x` is no path pattern: GitHub has no `\\#` at the start; write `?` for the `#`",
    ),
    ("/ @a", "`/` is no path pattern: `/` matches nothing; write `*` for all files"),
    ("a\\", "`a\\` is no path pattern: a backslash at the end escapes nothing; take it away"),
    (
        "* user",
        "`user` is no owner (`@user`, `@organisation/team` or an e-mail address), so GitHub",
    ),
    ("* @a,@b", "`@a,@b` is no owner"),
    ("* @", "`@` is no owner"),
    ("* @@developer", "`@@developer` is no owner"),
    ("* @org/team/sub", "`@org/team/sub` is no owner"),
    (
        "a b/c @a",
        "`b/c` is no owner (`@user`, `@organisation/team` or an e-mail address), so GitHub",
    ),
    ("* @a#comment", "`@a#comment` is no owner"),
    (
        "[Docs]",
        "`[Docs]` is a section, which GitHub does not have; for a file of GitLab's set `owners-",
    ),
    ("^[Docs][2] @a", "`^[Docs][2] @a` is a section"),
    ("* \x1b[31mred", "`\\x1b[31mred` is no owner"),
    ("* " + "x" * 99, f"`{'x' * 60}…` is no owner"),
]

GITLAB = [
    ("[Section name", "`[Section name` is no section: `[Name]`, `[Name][2]` or `^[Name]`, then"),
    ("^[Section", "`^[Section` is no section"),
    ("[ab].py @a", "`[ab].py @a` is no section"),
    ("[S]@a", "`[S]@a` is no section"),
    ("[]", "a section needs a name: `[Name]`"),
    ("[ ][2] @a", "a section needs a name: `[Name]`"),
    ("a[b.py @a", "`a[b.py` is no path pattern: a `[` that no `]` closes; write `\\[`"),
    ("a[b\\ @a", "`a[b\\ @a` is no path pattern: a `[` that no `]` closes"),
    ("a/b\\", "`a/b\\` is no path pattern: a backslash at the end escapes nothing; take it away"),
    ("! @a", "`!` takes out nothing; name a path behind it"),
]


@pytest.mark.parametrize(("line", "message"), GITHUB)
def test_lines_that_github_does_not_read(tmp_path: Path, line: str, message: str) -> None:
    found = refused(tmp_path, {".github/CODEOWNERS": f"# x\n* @ok\n{line}\n"})
    assert found.startswith(f".github/CODEOWNERS:3: {message}")


@pytest.mark.parametrize(("line", "message"), GITLAB)
def test_lines_that_gitlab_does_not_read(tmp_path: Path, line: str, message: str) -> None:
    found = refused(tmp_path, {".gitlab/CODEOWNERS": f"# x\n* @ok\n{line}\n"})
    assert found.startswith(f".gitlab/CODEOWNERS:3: {message}")


PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")


@pytest.mark.parametrize("place", PLACES)
def test_a_folder_in_its_place(tmp_path: Path, place: str) -> None:
    message = refused(tmp_path, {f"{place}/README": ""})
    assert message == f"{place}: is a folder; an owner file has to be a file"


@pytest.mark.parametrize("place", PLACES)
def test_not_utf8(tmp_path: Path, place: str) -> None:
    message = refused(tmp_path, {place: b"* @a\n# caf\xe9\n"})
    assert message == f"{place}:2: is not UTF-8; save the file as UTF-8"


def test_a_null_byte(tmp_path: Path) -> None:
    message = refused(tmp_path, {"CODEOWNERS": b"* @a\n\n\0 @b\n"})
    assert message == "CODEOWNERS:3: has a null byte, so it is no text; take it away"


def test_a_pipe_and_links_that_lead_nowhere(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "CODEOWNERS")
    assert refused(tmp_path, {}) == "CODEOWNERS: cannot be read: is no regular file"
    (tmp_path / "CODEOWNERS").unlink()
    (tmp_path / "CODEOWNERS").symlink_to("gone")
    assert re.match("CODEOWNERS: cannot be read: No such file", refused(tmp_path, {}))
    (tmp_path / "CODEOWNERS").unlink()
    (tmp_path / "CODEOWNERS").symlink_to("CODEOWNERS")
    assert re.match("CODEOWNERS: cannot be read: .*symbolic links", refused(tmp_path, {}))


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("fixaudit.codeowners.owners.read_source", denied)
    message = refused(tmp_path, {"CODEOWNERS": "* @a\n"})
    assert message == "CODEOWNERS: cannot be read: Permission denied"


def test_a_file_that_is_too_large_for_github(tmp_path: Path) -> None:
    rule = b"/packages/some/folder/ @a\n"
    message = refused(tmp_path, {"CODEOWNERS": rule * (3_000_000 // len(rule) + 1)})
    assert message.startswith(
        "CODEOWNERS: has 3,000,010 bytes, and GitHub loads no owner file of 3 MB"
    )


def test_a_file_that_is_named_and_missing(tmp_path: Path) -> None:
    message = refused(tmp_path, {"CODEOWNERS": "* @a\n"}, file="ops/OWNERS")
    assert message == f"ops/OWNERS: does not exist; name the owner file from {tmp_path}"


@pytest.mark.parametrize("name", ["a\0b", ".github/CODEOWNERS/x"])
def test_a_name_that_no_file_can_have(tmp_path: Path, name: str) -> None:
    message = refused(tmp_path, {".github/CODEOWNERS": "* @a\n"}, file=name)
    assert message.startswith(f"{name}: does not exist")


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    message = refused(tmp_path, {"CODEOWNERS": "* @a\n"}, file="a" * 300)
    assert message == f"{'a' * 300}: cannot be read: File name too long"


def test_a_path_of_gitlab_that_is_too_long_for_a_folder_is_read(tmp_path: Path) -> None:
    owners = fixaudit.owners(tree(tmp_path, {".gitlab/CODEOWNERS": f"{'a' * 300} @a\n"}))
    assert (owners.of("a" * 300), owners.notes) == (("@a",), ())


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="gone: is no folder"):
        fixaudit.owners(tmp_path / "gone")


@pytest.mark.parametrize(
    ("dialect", "hint"),
    [
        ("gitea", '"gitea"; did you mean "'),
        ("GitHub", '"GitHub"; did you mean "github"?'),
        ("", ""),
    ],
)
def test_an_unknown_dialect(tmp_path: Path, dialect: str, hint: str) -> None:
    message = refused(tmp_path, {"CODEOWNERS": "* @a\n"}, dialect=dialect)
    assert message.startswith("unknown dialect of owner files ")
    assert hint in message


def test_a_root_of_which_the_configuration_is_broken(tmp_path: Path) -> None:
    message = refused(tmp_path, {"CODEOWNERS": "* @a\n", "fixaudit.toml": "owners = \n"})
    assert message.startswith("fixaudit.toml:1: is not valid TOML")
    assert fixaudit.owners(tmp_path, file="CODEOWNERS", dialect="github").of("x") == ("@a",)


PIECES = ("*", "**", "/", "a", "docs/", "[", "]", "^", "!", "\\", "#", "@", "@me", "@@owner", "-", "é", "\x0b", " ", "  ", "\t", "\r\n", "\n", "\n", "[S]", "[2]", "a@b.c")  # fmt: skip


@pytest.mark.parametrize("read", [github_rules, gitlab_rules])
@settings(derandomize=True, database=None, deadline=None, max_examples=400)
@given(pieces=st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30))
@example(pieces=["\\ "])
@example(pieces=["a\\", " @me"])
def test_any_text_has_owners_or_one_line_that_says_why_not(
    read: Callable[[OwnerLines], RuleIndex], pieces: list[str]
) -> None:
    lines = OwnerLines("CODEOWNERS", "".join(pieces))
    try:
        index = read(lines)
    except ConfigError as error:
        said = [str(error)]
    else:
        written = {number for number, _ in lines}
        assert len(index) <= len(written)
        assert {rule.line for rule in index.deciding("docs/a")} <= written
        said = lines.notes
    for line in said:
        assert re.fullmatch(r"CODEOWNERS:\d+: .+", line), line
        assert line == visible(line)
