"""Where an owner file is found, whose dialect it has, and what the configuration says of both."""

from __future__ import annotations

from pathlib import Path

import pytest
from owner_trees import tree

import fixaudit
from fixaudit import ConfigError, Owners

RULE = "* @a\n"
SECTION = "[S]\n* @a\n"


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, {".git/HEAD": "ref: refs/heads/main\n"})
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("files", "dialect", "found"),
    [
        # the four places
        ({".github/CODEOWNERS": RULE}, None, (".github/CODEOWNERS", "github")),
        ({"CODEOWNERS": RULE}, None, ("CODEOWNERS", "github")),
        ({"docs/CODEOWNERS": RULE}, None, ("docs/CODEOWNERS", "github")),
        ({".gitlab/CODEOWNERS": RULE}, None, (".gitlab/CODEOWNERS", "gitlab")),
        # the first of several
        (
            {".github/CODEOWNERS": RULE, "CODEOWNERS": "", "docs/CODEOWNERS": ""},
            None,
            (".github/CODEOWNERS", "github"),
        ),
        ({"CODEOWNERS": RULE, "docs/CODEOWNERS": ""}, None, ("CODEOWNERS", "github")),
        ({"docs/CODEOWNERS": RULE, ".gitlab/CODEOWNERS": ""}, None, ("docs/CODEOWNERS", "github")),
        # root and docs/: by the file or by the repository
        ({"CODEOWNERS": SECTION}, None, ("CODEOWNERS", "gitlab")),
        ({"CODEOWNERS": "^[S][2] @a\n*\n"}, None, ("CODEOWNERS", "gitlab")),
        ({"docs/CODEOWNERS": SECTION}, None, ("docs/CODEOWNERS", "gitlab")),
        ({"CODEOWNERS": RULE, ".gitlab-ci.yml": ""}, None, ("CODEOWNERS", "gitlab")),
        ({"docs/CODEOWNERS": RULE, ".gitlab-ci.yml": ""}, None, ("docs/CODEOWNERS", "gitlab")),
        (
            {".github/CODEOWNERS": RULE, ".gitlab-ci.yml": ""},
            None,
            (".github/CODEOWNERS", "github"),
        ),
        # the host's own order, where it is said
        (
            {".github/CODEOWNERS": "", "CODEOWNERS": RULE},
            "gitlab",
            ("CODEOWNERS", "gitlab"),
        ),
        (
            {".github/CODEOWNERS": "", ".gitlab/CODEOWNERS": RULE},
            "gitlab",
            (".gitlab/CODEOWNERS", "gitlab"),
        ),
        (
            {".gitlab/CODEOWNERS": "", "docs/CODEOWNERS": RULE},
            "github",
            ("docs/CODEOWNERS", "github"),
        ),
        ({"CODEOWNERS": RULE, ".gitlab-ci.yml": ""}, "github", ("CODEOWNERS", "github")),
    ],
)
def test_the_first_place_counts(
    tmp_path: Path, files: dict[str, str | bytes], dialect: str | None, found: tuple[str, str]
) -> None:
    owners = fixaudit.owners(tree(tmp_path, files), dialect=dialect)
    assert (owners.path, owners.dialect) == found
    assert (owners.of("x"), owners.rules) == (("@a",), 1)


@pytest.mark.parametrize(
    ("files", "dialect"),
    [({}, "github"), ({".gitlab-ci.yml": ""}, "gitlab"), ({"docs/x": ""}, "github")],
)
def test_without_a_file_nobody_owns_anything(
    tmp_path: Path, files: dict[str, str | bytes], dialect: str
) -> None:
    owners = fixaudit.owners(str(tree(tmp_path, files)))
    assert (owners.path, owners.dialect, owners.of("x"), owners.rules) == (None, dialect, (), 0)


def test_a_file_that_the_call_names(tmp_path: Path) -> None:
    tree(tmp_path, {"CODEOWNERS": "", "ops/OWNERS": SECTION, "x/.gitlab/CODEOWNERS": "docs/a @a\n"})
    owners = fixaudit.owners(tmp_path, file="ops/OWNERS")
    assert (owners.path, owners.dialect, owners.of("y")) == ("ops/OWNERS", "gitlab", ("@a",))
    other = fixaudit.owners(tmp_path, file="x/.gitlab/CODEOWNERS")
    assert (other.dialect, other.of("y/docs/a")) == ("gitlab", ("@a",))
    same = fixaudit.owners(tmp_path, file="x/.gitlab/CODEOWNERS", dialect="github")
    assert (same.dialect, same.of("y/docs/a"), same.of("docs/a")) == ("github", (), ("@a",))


def _configured(tmp_path: Path, config: str, root: str = "") -> Owners:
    tree(tmp_path, {"fixaudit.toml": config, "ops/OWNERS": "docs/a @a\n", "CODEOWNERS": "* @b\n"})
    return fixaudit.owners(tmp_path / root)


def test_the_configuration_names_file_and_dialect(tmp_path: Path) -> None:
    owners = _configured(tmp_path, 'owners = "ops/OWNERS"\nowners-dialect = "gitlab"\n')
    assert (owners.path, owners.dialect) == ("ops/OWNERS", "gitlab")
    assert owners.of("x/docs/a") == ("@a",)


def test_what_the_call_says_counts_before_the_configuration(tmp_path: Path) -> None:
    config = 'owners = "ops/OWNERS"\nowners-dialect = "gitlab"\n'
    assert _configured(tmp_path, config).dialect == "gitlab"
    assert fixaudit.owners(tmp_path, dialect="github").of("x/docs/a") == ()
    assert fixaudit.owners(tmp_path, file="CODEOWNERS").of("x") == ("@b",)


def test_a_configured_file_is_found_from_a_folder_below(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    owners = _configured(tmp_path, 'owners = "ops/OWNERS"\n', "sub")
    assert (owners.path, owners.dialect) == ("../ops/OWNERS", "github")


def test_an_extended_configuration_gives_what_the_nearer_one_does_not(tmp_path: Path) -> None:
    tree(tmp_path, {"base.toml": 'owners = "ops/OWNERS"\nowners-dialect = "gitlab"\n'})
    owners = _configured(tmp_path, 'extend = "base.toml"\nowners-dialect = "github"\n')
    assert (owners.path, owners.dialect) == ("ops/OWNERS", "github")


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            'unsafe = false\nowners = "nowhere"\n',
            'fixaudit.toml:2: "owners" names nowhere, which does not exist',
        ),
        ('owners = "../OWNERS"\n', 'fixaudit.toml:1: "owners" names '),
        ("owners = 3\n", 'fixaudit.toml:1: "owners" must be a string, not 3'),
        ('owners-dialect = "gitea"\n', 'fixaudit.toml:1: "owners-dialect" must be '),
        ('owner = "x"\n', 'fixaudit.toml:1: unknown key "owner"; did you mean "owners"?'),
    ],
)
def test_mistakes_in_the_configuration(tmp_path: Path, config: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        _configured(tmp_path, config)
    assert str(caught.value).startswith(message)


def test_two_hosts_in_one_repository_are_told(tmp_path: Path) -> None:
    tree(tmp_path, {".github/CODEOWNERS": RULE, ".gitlab/CODEOWNERS": SECTION})
    (note,) = fixaudit.owners(tmp_path).notes
    assert note.startswith(".github/CODEOWNERS: is read as GitHub's, .gitlab/CODEOWNERS is not;")
    assert fixaudit.owners(tmp_path, dialect="github").notes == ()


def test_a_pipeline_of_gitlab_beside_a_folder_of_github_is_told(tmp_path: Path) -> None:
    tree(tmp_path, {"CODEOWNERS": RULE, ".gitlab-ci.yml": "", ".github/workflows/ci.yml": ""})
    owners = fixaudit.owners(tmp_path)
    (note,) = owners.notes
    assert owners.dialect == "gitlab"
    assert note.startswith("CODEOWNERS: is read as GitLab's, as there is .gitlab-ci.yml")
    assert fixaudit.owners(tmp_path, dialect="gitlab").notes == ()
