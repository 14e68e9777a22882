"""Patterns of owner files against what reads such patterns elsewhere: git, Ruby, and all ways tried."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixaudit.codeowners.path_pattern import PathPattern, github_pattern, gitlab_pattern
from fixaudit.codeowners.rules import OwnerRule, RuleIndex

PROFILE = settings(derandomize=True, database=None, deadline=None, max_examples=150)
NAMES = ("a", "b", "ab", ".a", "a.b", "*", "{a,b}")
ODD_NAMES = (*NAMES, "x y", "?", "!", "^", "[a]", "#", "b.ab")
PIECES = ("a", "b", ".", "*", "?", "\\*", "\\?", "\\ ", "!", "^", "{a,b}", "#")

paths = st.lists(st.sampled_from(NAMES) | st.sampled_from(ODD_NAMES), min_size=1, max_size=4).map(
    "/".join
)
composed = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join)
segments = st.one_of(
    st.sampled_from(("a", "b", "ab", ".a", "a.b", "**", "**")),
    st.sampled_from(("*", "a*", "*b", "?", "*.b", ".*", "a?b", "*a*")),
    composed.filter(lambda text: "**" not in text),
)


@st.composite
def patterns(draw: st.DrawFn) -> str:
    """Patterns that mean the same to gitignore and to GitHub; `**` only as a whole segment."""
    parts = draw(st.lists(segments, min_size=1, max_size=3))
    if parts[0].startswith(("!", "#")):
        parts.insert(0, "a")
    first = draw(st.sampled_from(("", "/")))
    last = draw(st.sampled_from(("", "/")))
    if parts[-1] == "*" and not last and (first or len(parts) > 1):
        parts.append("a")  # `docs/*` is what the two differ in
    return f"{first}{'/'.join(parts)}{last}"


@pytest.fixture(scope="module")
def ignored(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, list[str]], set[str]]:
    """Which paths a `.gitignore` of one pattern covers, as git says."""
    folder = tmp_path_factory.mktemp("repository")
    environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", "init", "-q", folder], check=True, env=environment)
    command = ["git", "-c", "core.ignorecase=false", "check-ignore", "--no-index", "-z", "--stdin"]

    def asked(pattern: str, paths: list[str]) -> set[str]:
        (folder / ".gitignore").write_text(f"{pattern}\n")
        given = "".join(f"{path}\0" for path in paths)
        done = subprocess.run(
            command,
            check=False,
            cwd=folder,
            input=given,
            text=True,
            capture_output=True,
            env=environment,
        )
        assert done.returncode in (0, 1), done.stderr  # 1: none of them
        return set(filter(None, done.stdout.split("\0")))

    return asked


@PROFILE
@given(pattern=patterns(), some=st.lists(paths, min_size=20, max_size=40, unique=True))
def test_github_reads_what_git_reads(
    ignored: Callable[[str, list[str]], set[str]], pattern: str, some: list[str]
) -> None:
    read = github_pattern(pattern)
    assert {path for path in some if read.expression.match(path)} == ignored(pattern, some)


@pytest.mark.parametrize(
    "pattern",
    ["docs/*", "/*", "docs/*/", "docs/**", "a/**/b", "**/b", "*.py", "docs/", "/docs", "a/*/b"],
)
def test_only_the_star_behind_a_folder_is_read_otherwise_than_by_git(
    ignored: Callable[[str, list[str]], set[str]], pattern: str
) -> None:
    some = [
        "docs",
        "docs/a",
        "docs/a/b",
        "x/docs/a",
        "a/b",
        "a/x/b",
        "a/x/y/b/c",
        "b.py",
        "z/b.py/c",
    ]
    read = github_pattern(pattern)
    ours = {path for path in some if read.expression.match(path)}
    deeper = {"docs/*": {"docs/a/b"}, "/*": {path for path in some if "/" in path}}
    assert ours == ignored(pattern, some) - deeper.get(pattern, set())


RECORDED = json.loads(Path(__file__).with_name("fnmatch_cases.json").read_text("utf-8"))


@pytest.mark.parametrize("pattern", RECORDED)
def test_gitlab_reads_what_ruby_reads(pattern: str) -> None:
    """The answers of `File.fnmatch?` (Ruby 3.1, FNM_PATHNAME | FNM_DOTMATCH) for the pattern as
    GitLab's pages complete it: `/**/` before one that does not begin with a slash, `**/*` behind
    one that ends with one."""
    cases = RECORDED[pattern]
    read = gitlab_pattern(pattern)
    found = {
        path: read.expression.match(path) is not None for path in (*cases["yes"], *cases["no"])
    }
    assert found == dict.fromkeys(cases["yes"], True) | dict.fromkeys(cases["no"], False)


@PROFILE
@given(
    rules=st.lists(
        st.tuples(patterns(), st.booleans(), st.integers(0, 2), st.booleans()), max_size=30
    ),
    some=st.lists(paths, min_size=1, max_size=20),
)
def test_the_index_finds_what_trying_every_rule_finds(
    rules: list[tuple[str, bool, int, bool]], some: list[str]
) -> None:
    listed = [
        OwnerRule(
            number, (github_pattern if of_github else gitlab_pattern)(text), (), section, excludes
        )
        for number, (text, of_github, section, excludes) in enumerate(rules)
    ]
    index = RuleIndex(listed)
    for path in some:
        matching = [rule for rule in listed if rule.pattern.expression.match(path)]
        assert {rule.line for rule in matching} <= set(index.candidates(path))
        deciding = []
        for section in range(3):
            of_section = [rule for rule in matching if rule.section == section]
            excluding = [rule for rule in of_section if rule.excludes]
            deciding += (excluding or of_section)[-1:]
        assert index.deciding(path) == deciding


@pytest.mark.parametrize("read", [github_pattern, gitlab_pattern])
def test_patterns_of_many_stars_do_not_try_all_ways(read: Callable[[str], PathPattern]) -> None:
    """Ends at all: each way to spread the path over the stars tried, these would take years."""
    assert read("/" + "*a" * 60 + "b").expression.match("a" * 5_000) is None
    assert read("**/a/" * 60 + "b").expression.match("a/" * 5_000 + "c") is None
    assert read("**/*a*a/" * 30 + "b").expression.match("aaaaaaaa/" * 200 + "c") is None


def test_rules_for_other_folders_are_not_tried() -> None:
    """What makes many packages cheap: each path tries the rules of its own folders, names, suffixes."""
    texts = [*(f"/packages/p{n}/" for n in range(400)), *(f"*.e{n}" for n in range(400)), *(f"n{n}/" for n in range(400))]  # fmt: skip
    index = RuleIndex([OwnerRule(n, github_pattern(text), ()) for n, text in enumerate(texts)])
    assert sorted(index.candidates("packages/p7/n9/x.e11")) == [7, 411, 809]
