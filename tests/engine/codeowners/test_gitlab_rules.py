"""Rules of GitLab's dialect, after the examples and rules of its pages "Syntax of CODEOWNERS file"
and "Advanced CODEOWNERS configuration"."""

from __future__ import annotations

from pathlib import Path

import pytest
from owner_trees import gitlab

# One rule, a path, and whether the rule's owner owns it.
RULES = [
    ("*", "README", True),
    ("*", "a/b/.hidden", True),
    # without a leading slash: at every depth, folders in the pattern or not
    ("README.md", "README.md", True),
    ("README.md", "app/lib/README.md", True),
    ("README.md", "app/OLD_README.md", False),
    ("internal/README.md", "internal/README.md", True),
    ("internal/README.md", "docs/api/internal/README.md", True),
    ("internal/README.md", "docs/README.md", False),
    ("*.rb", "config/database.rb", True),
    ("**/*.rb", "app/controllers/users/stars_controller.rb", True),
    ("LICENSE", "sub/LICENSE", True),
    ("foo/*", "foo/bar", True),
    ("foo/*", "baz/foo/bar", True),
    ("foo/*", "fufoo/bar", False),
    # with one: from the root
    ("/README.md", "README.md", True),
    ("/README.md", "docs/README.md", False),
    ("/docs/README.md", "docs/README.md", True),
    ("/config/", "config/database.yml", True),
    ("/config/", "other/config/database.yml", False),
    ("/*", "README.md", True),
    ("/*", "nested/path/README.md", False),
    # a slash at the end: all below the folder; none: the path itself
    ("/docs/", "docs/a.md", True),
    ("/docs/", "docs/a/b/c.md", True),
    ("/docs/", "docs", False),
    ("/docs", "docs/a.md", False),
    ("/docs", "docs", True),
    ("lib/", "lib/gitlab/git/repository.rb", True),
    ("lib/", "ee/lib/gitlab/git/repository.rb", True),
    ("ee/docs", "ee/docs/a.md", False),
    ("ee/docs", "x/ee/docs", True),
    ("/", "a/b", True),
    # `*` does not cross a slash
    ("/docs/*.md", "docs/a.md", True),
    ("/docs/*.md", "docs/api/a.md", False),
    ("/docs/index.*", "docs/index.html", True),
    ("/docs/*spec*", "docs/qa_specs.rb", True),
    ("/docs/*spec*", "docs/runtime.spec", True),
    ("/docs/*spec*", "docs/spec/a.rb", False),
    ("/docs/*/README.md", "docs/api/README.md", True),
    ("/docs/*/README.md", "docs/README.md", False),
    ("/docs/*/README.md", "docs/a/b/README.md", False),
    ("/docs/*", "docs/.hidden", True),
    # `**` before a slash is any number of folders, elsewhere it is `*`
    ("/docs/**/index.md", "docs/index.md", True),
    ("/docs/**/index.md", "docs/api/graphql/index.md", True),
    ("/docs/**/*.md", "docs/a/b.md", True),
    ("/docs/**", "docs/a", True),
    ("/docs/**", "docs/a/b", False),
    ("docs/**/*", "x/docs/a/b", True),
    ("/db/**/index.md", "db/index.md", True),
    ("**/generated/", "a/generated/b.py", True),
    # spaces, pounds and other characters behind a backslash
    ("path\\ with\\ spaces/", "path with spaces/docs.md", True),
    ("path\\ with\\ spaces/*.md", "x/path with spaces/a.md", True),
    ("\\#file_with_pound.rb", "examples/#file_with_pound.rb", True),
    ("a\\*b", "axb", False),
    # one of several characters, as Ruby's File.fnmatch has it
    ("*.[ch]", "src/ceval.c", True),
    ("*.[ch]", "src/ceval.cc", False),
    ("/v[0-9]/", "v7/a", True),
    ("/v[^0-9]/", "v7/a", False),
    ("/v[^0-9]/", "vx/a", True),
    ("a{b,c}", "ab", False),
    ("Dangerfile", "ee/Dangerfile", True),
    ("/db/*migrate/", "db/post_migrate/1.rb", True),
    ("/db/*migrate/", "db/a/post_migrate/1.rb", False),
    ("/**/lib/**/ci/", "ee/lib/a/b/ci/c.rb", True),
    ("/**/lib/**/ci/", "lib/ci", False),
    (".rubocop*.yml", "gems/.rubocop_todo.yml", True),
    ("v?.txt", "docs/v1.txt", True),
    ("v?.txt", "docs/v12.txt", False),
    # case counts
    ("/Docs/", "docs/a", False),
]


@pytest.mark.parametrize(("pattern", "path", "is_owned"), RULES)
def test_a_rule_of_gitlab(tmp_path: Path, pattern: str, path: str, is_owned: bool) -> None:
    found = gitlab(tmp_path, f"{pattern} @owner\n")
    assert found.of(path) == (("@owner",) if is_owned else ())
    assert found.rule_of(path) == ((1,) if is_owned else ())
    assert (found.path, found.dialect, found.notes) == (".gitlab/CODEOWNERS", "gitlab", ())
