"""Sections, default owners, exclusions and owners of GitLab's dialect, after its documentation."""

from __future__ import annotations

from pathlib import Path

import pytest
from owner_trees import gitlab, tree

README = """\
* @admin

[README Owners]
README.md @user1 @user2
internal/README.md @user4

[README other owners]
README.md @user3
"""

DEFAULTS = """\
* @general-approvers

[Documentation][2] @docs-team
docs/
README.md
*.txt

^[Database] @database-team @agarcia
model/db/
config/db/database-setup.md @docs-team
"""

SAME_NAME = """\
[Documentation]
ee/docs/ @docs
docs/ @docs

[Database]
README.md @database
model/db/ @database

[DOCUMENTATION] @late
README.md @docs
docs/late.md
"""

EXCLUSIONS = """\
* @default-owner
!pom.xml                    # Nobody needs to look.
!**/generated/
!/special/*.py
/special/a.py @never        # what is out stays out

[Ruby]
*.rb @ruby-team
!/config/**/*.rb
/config/routes.rb @ops

[Config]
/config/ @ops-team
"""


@pytest.mark.parametrize(
    ("text", "path", "owners", "lines"),
    [
        (README, "README.md", ("@admin", "@user1", "@user2", "@user3"), (1, 4, 8)),
        (README, "internal/README.md", ("@admin", "@user4", "@user3"), (1, 5, 8)),
        (README, "a.py", ("@admin",), (1,)),
        (DEFAULTS, "docs/a.md", ("@general-approvers", "@docs-team"), (1, 4)),
        (DEFAULTS, "model/db/a.py", ("@general-approvers", "@database-team", "@agarcia"), (1, 9)),
        (
            DEFAULTS,
            "model/db/CHANGELOG.txt",
            ("@general-approvers", "@docs-team", "@database-team", "@agarcia"),
            (1, 6, 9),
        ),
        (
            DEFAULTS,
            "config/db/database-setup.md",
            ("@general-approvers", "@docs-team"),
            (1, 10),
        ),
        (SAME_NAME, "README.md", ("@docs", "@database"), (10, 6)),
        (SAME_NAME, "ee/docs/a", ("@docs",), (3,)),
        (SAME_NAME, "docs/late.md", ("@late",), (11,)),
        (SAME_NAME, "model/db/a", ("@database",), (7,)),
        (EXCLUSIONS, "pom.xml", (), (2,)),
        (EXCLUSIONS, "sub/pom.xml", (), (2,)),
        (EXCLUSIONS, "a.py", ("@default-owner",), (1,)),
        (EXCLUSIONS, "x/generated/y/a.py", (), (3,)),
        (EXCLUSIONS, "special/a.py", (), (4,)),
        (EXCLUSIONS, "a.rb", ("@default-owner", "@ruby-team"), (1, 8)),
        (EXCLUSIONS, "config/routes.rb", ("@default-owner", "@ops-team"), (1, 9, 13)),
        (EXCLUSIONS, "config/a.yml", ("@default-owner", "@ops-team"), (1, 13)),
        ("*.md @doc-team\nterms.md @legal-team\n", "terms.md", ("@legal-team",), (2,)),
        ("*.md @a\nterms.md @b\n*.md @c\n", "terms.md", ("@c",), (3,)),
        ("*.md @a\n[S]\n*.md @a @b\n", "x.md", ("@a", "@b"), (1, 3)),
        ("* @a\n/free/\n", "free/x", (), (2,)),
        ("    [Required]\n*.rb @a\n", "x.rb", ("@a",), (2,)),
        ("[Two Words] @x\nREADME.md\n", "README.md", ("@x",), (2,)),
        ("[Double::Colon]\nREADME.md @x\n", "README.md", ("@x",), (2,)),
        ("docs/**/* @group\n[Empty]\n", "docs/a", ("@group",), (1,)),
    ],
)
def test_sections(
    tmp_path: Path, text: str, path: str, owners: tuple[str, ...], lines: tuple[int, ...]
) -> None:
    found = gitlab(tmp_path, text)
    assert (found.of(path), found.rule_of(path), found.notes) == (owners, lines, ())


OWNERS = [
    "@user",
    "@group",
    "@group/subgroup",
    "@group/with-nested/subgroup",
    "@user.name_x-1",
    "janedoe@gitlab.com",
    "jane+x@git.lab.com",
    "@@developer",
    "@@maintainers",
    "@@Owner",
]


@pytest.mark.parametrize("owner", OWNERS)
def test_owners_of_all_forms(tmp_path: Path, owner: str) -> None:
    found = gitlab(tmp_path, f"LICENSE @legal\t{owner}\n[S] {owner}\n*.md\n")
    assert (found.of("LICENSE"), found.of("a.md")) == (("@legal", owner), (owner,))
    assert found.notes == ()


@pytest.mark.parametrize(
    ("text", "path", "owners", "notes"),
    [
        (
            "/path/* @group user_without_at_symbol @user\n",
            "path/a",
            ("@group", "@user"),
            ["1: `user_without_at_symbol` is no owner, so GitLab ignores it"],
        ),
        ("* some @@reporter\n", "a", (), ["1: `some`", "1: `@@reporter`", "1: names no owner"]),
        (
            "folder with spaces/*.md @group\n",
            "folder",
            ("@group",),
            ["1: `with` is no owner", "1: `spaces/*.md` is no owner"],
        ),
        ("[S] nobody @a\n*.md\n", "a.md", ("@a",), ["1: `nobody` is no owner"]),
        (
            "* @a # ask @bob.\n",
            "x",
            ("@a", "@bob"),
            ["1: GitLab has no comments behind a path: `@bob`"],
        ),
        ("[S] @a\ndocs/ # later\n", "docs/x", (), ["2: names no owner"]),
        ("[S][0] @a\n*\n", "x", ("@a",), ["1: `[0]` is no number of approvals"]),
        ("[S][q] @a\n*\n", "x", ("@a",), ["1: `[q]` is no number of approvals"]),
        ("^[S][5] @a\n*\n", "x", ("@a",), ["1: an optional section needs no approvals; `[5]`"]),
        ("* @a\n!*.md @b\n", "x.md", (), ["2: `!*.md` takes paths out of the section; `@b`"]),
        ("@group/team\n", "x", (), ["1: `@group/team` is read as a path that nobody owns"]),
    ],
)
def test_what_gitlab_reads_otherwise_than_it_looks_is_told(
    tmp_path: Path, text: str, path: str, owners: tuple[str, ...], notes: list[str]
) -> None:
    found = gitlab(tmp_path, text)
    assert found.of(path) == owners
    assert len(found.notes) == len(notes)
    for told, note in zip(found.notes, notes, strict=True):
        assert f"CODEOWNERS:{note}" in told


def test_folders_that_are_written_as_files_are_told_once(tmp_path: Path) -> None:
    tree(tmp_path, {"components/bt/a.c": "", "docs/a.md": "", "Makefile": "", "x*/a": ""})
    found = gitlab(tmp_path, "components/bt @a\n/docs @b\n/Makefile @c\ndocs/ @d\nx* @e\n!/docs\n")
    assert (found.of("components/bt/a.c"), found.of("docs/a.md")) == ((), ("@d",))
    (note,) = found.notes
    assert note.endswith(
        ".gitlab/CODEOWNERS:1: `components/bt` is a folder, and GitLab reads the rule for a file;"
        " for all that lies in it write `components/bt/`; 2 more lines are like it"
    )
