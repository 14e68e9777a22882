"""What a function does with the text of a parameter before it uses it."""

from __future__ import annotations

import ast

import pytest

from fixaudit import Source
from fixaudit.authoring import conversion_of, refusal_of


def of(body: str) -> tuple[Source, ast.FunctionDef]:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    source = Source("app/x.py", f"import re\n\ndef read(key, other=None):\n{lines}".encode())
    return source, source.nodes(ast.FunctionDef)[0]


@pytest.mark.parametrize(
    "body",
    [
        "if key not in KEYS:\n    raise KeyError(key)",
        "if not re.fullmatch('[a-z]+', key):\n    return None",
        "found = PATTERN.match(key)\nif not found:\n    raise ValueError",
        "if not key.isdigit():\n    raise ValueError",
        "try:\n    number = UUID(key)\nexcept ValueError:\n    return None",
        "with lock:\n    if key not in KEYS:\n        raise KeyError(key)",
    ],
)
def test_a_refusal_is_a_proof(body: str) -> None:
    found = refusal_of(*of(body), "key")
    assert found is not None
    assert not found.is_hint


@pytest.mark.parametrize(
    "body",
    [
        "if other is None:\n    if key not in KEYS:\n        raise KeyError(key)",
        "if key not in KEYS:\n    KEYS.add(key)",
        "if key in ('', 'index'):\n    return 1",
        "if other not in KEYS:\n    raise KeyError(key)",
        "try:\n    number = UUID(key)\nfinally:\n    close()",
        "def inner(key):\n    if key not in KEYS:\n        raise KeyError",
        "return KEYS[key]",
    ],
)
def test_what_refuses_nothing_for_certain_is_none(body: str) -> None:
    assert refusal_of(*of(body), "key") is None


def test_a_check_by_its_name_is_a_hint() -> None:
    found = refusal_of(*of("validate_key(key)"), "key")
    assert found is not None
    assert found.is_hint


def test_a_conversion_that_nothing_guards() -> None:
    found = conversion_of(*of("return load(UUID(key))"), "key")
    assert found is not None
    assert ast.unparse(found) == "UUID(key)"
    for guarded in (
        "try:\n    return int(key)\nexcept ValueError:\n    return 0",
        "return int(key) if key.isdigit() else 0",
        "return int(other)",
        "return int(key, 16)",
    ):
        assert conversion_of(*of(guarded), "key") is None
