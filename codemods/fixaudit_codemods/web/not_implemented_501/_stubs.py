"""Routes that answer with constants, and whose docstring or comments call that a stub."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from fixaudit import Evidence, Reach, Source, Strength
from fixaudit.authoring import Function
from fixaudit_codemods.web.not_implemented_501._response_body import RESPONSE, WORDS, is_placeholder

_STUB = re.compile(
    r"\bstub(?:bed|s)?\b|\bmock(?:ed)?\s+(?:response|data|result|implementation|answer)s?\b"
    r"|\bplaceholder\s+(?:response|implementation)\b|\btodo:?\s+implement",
    re.IGNORECASE,
)


def stubbed_return(function: Function) -> ast.Return | None:
    """The `return` that is all a function does, besides a docstring, with nothing worked out for it."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    if len(body) != 1 or not isinstance(body[0], ast.Return):
        return None
    value = body[0].value
    return body[0] if isinstance(value, (ast.Dict, ast.Call)) and _is_made_up(value) else None


def _is_made_up(value: ast.Dict | ast.Call) -> bool:
    if isinstance(value, ast.Dict):
        return is_placeholder(value)
    name = (
        value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
    )
    given = [*value.args, *(word.value for word in value.keywords)]
    makes = RESPONSE.fullmatch(name) is not None or name[:1].isupper()
    return makes and all(is_placeholder(entry) for entry in given)


def stub_words(source: Source, function: Function) -> Iterator[Evidence]:
    """The lines of a function's docstring and comments that call it a stub, as hints."""
    in_docstring = ast.get_docstring(function) is not None
    documented = function.body[0].end_lineno or 0 if in_docstring else 0
    for line in range(function.body[0].lineno, (function.end_lineno or 0) + 1):
        text = source.line_text(line)
        said = text if line <= documented else text.partition("#")[2]
        found = _STUB.search(said) or WORDS.search(said)
        if found is not None:
            where = "docstring" if line <= documented else "comment"
            words = f'its {where} says "{" ".join(found[0].split())}"'
            yield Evidence(Strength.HINT, Reach.FUNCTION, source.path, line, words)
