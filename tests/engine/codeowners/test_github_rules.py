"""Rules of GitHub's dialect, after the examples and rules of its page "About code owners"."""

from __future__ import annotations

from pathlib import Path

import pytest
from owner_trees import github

# One rule, a path, and whether the rule's owner owns it.
RULES = [
    # `*` alone: everything in the repository
    ("*", "setup.py", True),
    ("*", "deep/down/here.py", True),
    ("*", ".github/workflows/ci.yml", True),
    # an extension, at every depth
    ("*.js", "app.js", True),
    ("*.js", "web/src/app.js", True),
    ("*.js", "app.jsx", False),
    ("*.js", ".js", True),
    ("*.go", "cmd/main.go", True),
    ("*.txt", "notes/a.txt/b", True),  # a folder of that name, and what is in it
    # anchored by the leading slash, a folder by the one at the end
    ("/build/logs/", "build/logs/a.log", True),
    ("/build/logs/", "build/logs/2026/a.log", True),
    ("/build/logs/", "sub/build/logs/a.log", False),
    ("/build/logs/", "build/logs", False),  # a file of that name
    ("/docs/", "docs/a/b.md", True),
    ("/docs/", "src/docs/a.md", False),
    ("/scripts/", "scripts/run.sh", True),
    # `docs/*`: the files directly in it; anchored by the slash in the middle
    ("docs/*", "docs/getting-started.md", True),
    ("docs/*", "docs/build-app/troubleshooting.md", False),
    ("docs/*", "src/docs/a.md", False),
    ("/docs/*", "docs/a.md", True),
    ("/docs/*", "docs/a/b.md", False),
    ("/*", "README.md", True),
    ("/*", "src/a.py", False),
    ("docs/*.md", "docs/a.md", True),
    ("docs/*.md", "docs/sub/a.md", False),
    ("docs/**/*.md", "docs/sub/deep/a.md", True),
    # a folder without a leading slash: at every depth
    ("apps/", "apps/a.py", True),
    ("apps/", "services/apps/sub/a.py", True),
    ("apps/", "services/apps", False),
    ("apps/", "myapps/a.py", False),
    ("apps", "services/apps", True),
    ("apps", "services/apps/a.py", True),
    # `**` is any number of folders
    ("**/logs", "build/logs/a", True),
    ("**/logs", "scripts/logs/b", True),
    ("**/logs", "deeply/nested/logs/c/d", True),
    ("**/logs", "logs", True),
    ("**/logs", "blogs/a", False),
    ("a/**/b", "a/b", True),
    ("a/**/b", "a/x/y/b/c", True),
    ("a/**/b", "z/a/b", False),
    ("abc/**", "abc/d/e", True),
    ("abc/**", "abc", False),
    ("**", "a/b", True),
    ("/**", "a", True),
    ("**/", "a/b", True),
    ("**/", "a", False),
    ("abc/**/", "abc/d/e", True),
    ("abc/**/", "abc/d", False),
    # without a slash at the end a folder counts with all below it
    ("/apps/github", "apps/github/a/b.py", True),
    ("/apps/github", "apps/github.py", False),
    ("/apps/github", "apps/github", True),
    # `?` is one character, no slash
    ("f?o.py", "foo.py", True),
    ("f?o.py", "fo.py", False),
    ("a?b", "a/b", False),
    ("Makefile", "tools/Makefile", True),
    ("/Makefile", "tools/Makefile", False),
    ("/src/*/tests/", "src/pay/tests/a.py", True),
    ("/src/*/tests/", "src/a/b/tests/a.py", False),
    ("/.*", ".github/workflows/ci.yml", True),
    ("/.*", "src/.hidden", False),
    ("/docs/**/api/", "docs/v1/api/a.md", True),
    ("/docs/**/api/", "docs/api", False),
    # case counts
    ("/Docs/", "docs/a.md", False),
    ("README.md", "readme.md", False),
    # a backslash takes the next character as it is
    ("path\\ with\\ spaces/", "path with spaces/a", True),
    ("a\\*b", "a*b", True),
    ("a\\*b", "axb", False),
    ("/pages/\\[id\\]/", "pages/[id]/index.py", True),
    ("/pages/\\[id\\]/", "pages/i/index.py", False),
    ("c#/", "c#/a.cs", True),
    ("a{b,c}.py", "a{b,c}.py", True),
    ("a{b,c}.py", "ab.py", False),
    ("^x", "^x", True),
    ("(group)/page.py", "(group)/page.py", True),
    ("a.b", "axb", False),
    # stars inside a name
    ("f*", "foo/bar", True),
    ("*spec*", "qa_specs.rb", True),
    ("a*b*c", "a1b2b3c", True),
    ("a*b*c", "a1b2b3d", False),
]


@pytest.mark.parametrize(("pattern", "path", "is_owned"), RULES)
def test_a_rule_of_github(tmp_path: Path, pattern: str, path: str, is_owned: bool) -> None:
    found = github(tmp_path, f"{pattern} @owner\n")
    assert found.of(path) == (("@owner",) if is_owned else ())
    assert found.rule_of(path) == ((1,) if is_owned else ())
    assert (found.path, found.dialect, found.notes) == (".github/CODEOWNERS", "github", ())


EXAMPLE = """\
# Nobody else does.
*       @global-owner1 @global-owner2

*.js    @js-owner #A comment behind the owners.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/*  docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
/apps/special @doctocat  # @octocat is none of them
"""


@pytest.mark.parametrize(
    ("path", "owners", "line"),
    [
        ("setup.py", ("@global-owner1", "@global-owner2"), 2),
        ("web/app.js", ("@js-owner",), 4),
        ("main.go", ("docs@example.com",), 5),
        ("a/b.txt", ("@octo-org/octocats",), 6),
        ("build/logs.txt", ("@octo-org/octocats",), 6),
        ("build/logs/a.txt", ("@octocat",), 12),
        ("docs/a.md", ("@doctocat",), 10),
        ("docs/a/b.md", ("@doctocat",), 10),
        ("web/apps/a.py", ("@octocat",), 9),
        ("scripts/run.sh", ("@doctocat", "@octocat"), 11),
        ("apps/a.js", ("@octocat",), 13),
        ("apps/github/a.js", (), 14),
        ("apps/special/a.js", ("@doctocat",), 15),
        ("Apps/github/a.py", ("@global-owner1", "@global-owner2"), 2),
    ],
)
def test_the_last_rule_that_matches_decides_alone(
    tmp_path: Path, path: str, owners: tuple[str, ...], line: int
) -> None:
    found = github(tmp_path, EXAMPLE)
    assert (found.of(path), found.rule_of(path)) == (owners, (line,))
    assert (found.rules, found.notes) == (13, ())


def test_a_pattern_given_twice_counts_as_given_last(tmp_path: Path) -> None:
    assert github(tmp_path, "apps/ @octocat\napps/ @doctocat\n").of("apps/a.py") == ("@doctocat",)


def test_lines_of_other_systems_and_a_byte_order_mark(tmp_path: Path) -> None:
    found = github(tmp_path, "\ufeff*.py @a\r\n\r\n\t*.md\t@b\t@b  \r\n")
    assert (found.of("x.py"), found.of("x.md")) == (("@a",), ("@b",))


def test_an_empty_file_has_no_rules(tmp_path: Path) -> None:
    found = github(tmp_path, "# nothing\n")
    assert (found.rules, found.of("a"), found.rule_of("a")) == (0, (), ())


def test_a_line_of_owners_alone_is_a_path_and_is_told(tmp_path: Path) -> None:
    found = github(tmp_path, "* @org/all\n@org/team\n")
    assert found.of("a") == ("@org/all",)
    assert found.of("@org/team/a.py") == ()
    (note,) = found.notes
    assert note.endswith(
        "CODEOWNERS:2: `@org/team` is read as a path that nobody owns; for all files: `* @org/team`"
    )
