"""The page of the questions that a codemod can ask, with what each costs: `docs/questions.md`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import fixaudit
from fixaudit import authoring
from fixaudit.semantics.project import Project
from fixaudit.source.source import Source

TREE = "this file's tree, which is there"
FILE = "this file, once: the answer is kept while it is judged"
FACTS = "facts of other modules: each read once by content, kept for the run and in the cache"
TEXT = "a search of the text of all files, once a word and run"
FRAGMENT = "the text of one call, expression or statement"
NOTHING = "nothing is read"

# By where a question is answered; the longest prefix counts.
_COSTS = {
    "text": TREE,
    "files": NOTHING,
    "codeowners": "the owner file and the configuration, once a call",
    "syntax": TREE,
    "source": FILE,
    "source.static_type": FACTS,
    "source.values": FACTS,
    "source.expected_exceptions": TEXT,
    "source.watching_tests": FACTS,
    "source.origins": FACTS,
    "source.option_expressions": FILE,
    "semantics": FACTS,
    "semantics.headers": TEXT,
    "semantics.text_search": TEXT,
    "semantics.signatures": NOTHING,
    "semantics.values.narrowing": TREE,
    "semantics.values.known_objects": NOTHING,
    "edits": FRAGMENT,
    "suppress": "settings files above this one, once a folder",
}
_SEARCHES = frozenset({"mentions", "headers", "naming_as_base", "async_names", "renamed", "answer"})
_OF_THE_ENGINE = frozenset(
    {
        "overlay",
        "forget",
        "keep_facts_in",
        "leave",
        "settle",
        "close",
        "recording",
        "replay",
        "stamp",
    }
    | {"is_current", "still_holds", "first_told", "empty", "parses"}
)

_HEAD = """# Questions a codemod can ask

Generated from docstrings by `make docs`. A codemod imports `fixaudit` and `fixaudit.authoring`, and asks the
`Source` it is given. None means "not known". The last column says what is looked at for an answer; what is
kept for a file or a run costs once, however often it is asked. `semantics` answers are also kept from run to
run, by content.

Most codemods need few of them: `source.qualified_name`, `source.lookup`, `keyword`, `unpacks`, `add_keywords` and its
`Refusal`, `value_of`, `origin_match`, `loggers.in_scope`.
"""


def questions_page() -> str:
    """The text of the page."""
    parts = [_HEAD, "\n## Of the source: `source.…`\n\n", _table(_methods(Source, "source", TREE))]
    parts += ["\n## Of the project: `source.project.…`\n\n"]
    parts += [_table(_methods(Project, "source.project", FACTS))]
    parts += ["\n## From `fixaudit`\n\n", _table(_face(vars(fixaudit)["_HOME"], fixaudit))]
    parts += [
        "\n## From `fixaudit.authoring`\n\n",
        _table(_face(vars(authoring)["_HOME"], authoring)),
    ]
    for name in sorted(vars(fixaudit)["_MODULES"]):
        module = getattr(fixaudit, name)
        rows = list(_functions(module))
        if rows:
            parts += [
                f"\n## From `fixaudit.{name}`\n\n{_first_line(module)}\n\n",
                _table(iter(rows)),
            ]
    return "".join(parts)


Row = tuple[str, str, str]


def _table(rows: Iterator[Row]) -> str:
    lines = [f"| `{name}` | {text} | {cost} |\n" for name, text, cost in rows]
    return "| question | what it answers | looked at |\n|---|---|---|\n" + "".join(lines)


def _methods(owner: type[Any], spoken: str, cost: str) -> Iterator[Row]:
    for name in sorted(dir(owner)):
        value = inspect.getattr_static(owner, name)
        if name.startswith("_") or name in _OF_THE_ENGINE or isinstance(value, classmethod):
            continue
        text = _first_line(getattr(value, "func", getattr(value, "fget", value)))
        if not text:
            continue
        shown = f"{spoken}.{name}{_arguments(value)}"
        yield shown, text, TEXT if name in _SEARCHES else cost


def _face(homes: dict[str, str], face: Any) -> Iterator[Row]:
    for name in sorted(homes, key=lambda name: (homes[name], name.lower())):
        value = getattr(face, name)
        if not inspect.isfunction(value) and not inspect.isclass(value):
            continue
        if inspect.isclass(value) and issubclass(value, Exception):
            continue
        text = _first_line(value)
        if text:
            shown = f"{name}{_arguments(value) if inspect.isfunction(value) else ''}"
            yield shown, text, _cost(homes[name]) if inspect.isfunction(value) else "a noun"


def _functions(module: ModuleType) -> Iterator[Row]:
    """The public functions that a module defines."""
    home = module.__name__.removeprefix("fixaudit.")
    for name, value in sorted(vars(module).items()):
        defined = getattr(value, "__module__", "") == module.__name__
        if inspect.isfunction(value) and defined and not name.startswith("_"):
            yield f"{name}{_arguments(value)}", _first_line(value), _cost(home)


def _cost(home: str) -> str:
    found = [prefix for prefix in _COSTS if home == prefix or home.startswith(f"{prefix}.")]
    return _COSTS[max(found, key=len)] if found else NOTHING


def _arguments(value: Callable[..., Any] | object) -> str:
    if not inspect.isfunction(value):
        return ""
    names = [name for name in inspect.signature(value).parameters if name != "self"]
    return f"({', '.join(names)})"


def _first_line(value: object) -> str:
    text = inspect.cleandoc(getattr(value, "__doc__", None) or "").partition("\n\n")[0]
    return " ".join(text.split()).replace("|", "\\|")
