"""URLs of repositories in a project that knows that a token or password may stand in them."""

from __future__ import annotations

import ast
import re

from fixaudit import Evidence, Reach, Source, memoized

_NAME = re.compile(r"_*(?:\w+_)?(?:repo(?:sitory)?|git|clone)_(?:url|uri)", re.I)
_OWNER = re.compile(r"_*(?:\w+_)?repo(?:sitory)?", re.I)
# What takes the user off a URL (yarl), and what puts a token into one.
_SIGNS = (b"with_user(None)", b"with_password(None)", b"x-access-token:", b"//oauth2:", b"}@github", b"}@gitlab")  # fmt: skip


def is_repository_url(node: ast.expr) -> bool:
    """True for `repo_url` and `repo.url`, by their names."""
    if isinstance(node, ast.Name):
        return _NAME.fullmatch(node.id) is not None
    if not isinstance(node, ast.Attribute):
        return False
    owner = node.value
    last = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
    named = node.attr in ("url", "uri") and _OWNER.fullmatch(last) is not None
    return named or _NAME.fullmatch(node.attr) is not None


@memoized
def credentials_in_urls(source: Source) -> Evidence | None:
    """Where the project shows that its URLs may hold credentials; None where it does not."""
    for sign in _SIGNS:
        for mention in source.project.mentions(sign, 5, along=_SIGNS):
            if not mention.is_test:
                text = "the project reckons with a user or token in such URLs"
                return source.proof_at(mention.path, mention.line, text, Reach.DISTRIBUTION)
    return None
