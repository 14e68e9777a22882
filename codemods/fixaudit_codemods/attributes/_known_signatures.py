"""What libraries declare of the methods that their users override, and of pytest's own fixtures.

Where each comes from: SQLAlchemy 2.0 `sqlalchemy/sql/type_api.py`; typeshed `json`, `logging`, `html`,
`threading`, `argparse`, `http.server`, `socketserver`; Starlette `middleware/base.py`; Pydantic 2
`main.py`; django-stubs `core/management/base.pyi`, `apps/config.pyi`; watchdog `events.py`; pytest
"Fixtures reference". A type is written with the full names of what it is made of.
"""

from __future__ import annotations

import ast
from typing import NamedTuple

from fixaudit import Source
from fixaudit.authoring import ClassFacts
from fixaudit_codemods.attributes._overrides import full_base_names

ANY = "typing.Any"
SAME_TYPES = {
    "sqlalchemy.engine.Dialect": ("sqlalchemy.Dialect", "sqlalchemy.engine.interfaces.Dialect"),
    "starlette.requests.Request": ("fastapi.Request", "fastapi.requests.Request"),
    "starlette.responses.Response": ("fastapi.Response", "fastapi.responses.Response"),
}
"""Where else the libraries themselves give a type: `sqlalchemy/__init__.py`, `fastapi/__init__.py`."""


class Known(NamedTuple):
    """One method: the types of its parameters behind the receiver, and what it gives.

    `rest` is the type of each of `*args` and `**kwargs`, where it takes them.
    """

    parameters: tuple[str, ...]
    result: str
    rest: str | None = None
    is_async: bool = False


_DIALECT = "sqlalchemy.engine.Dialect"
_RECORD = "logging.LogRecord"
_TYPE_DECORATOR = {
    "process_bind_param": Known((ANY, _DIALECT), ANY),
    "process_result_value": Known((ANY, _DIALECT), ANY),
    "process_literal_param": Known((ANY, _DIALECT), "str"),
    "load_dialect_impl": Known((_DIALECT,), "sqlalchemy.types.TypeEngine[typing.Any]"),
    "compare_values": Known((ANY, ANY), "bool"),
    "coerce_compared_value": Known((ANY, ANY), ANY),
}
_HANDLER = {"emit": Known((_RECORD,), "None")}
_THREAD = {"run": Known((), "None")}
_REQUEST_HANDLER = {name: Known((), "None") for name in ("setup", "handle", "finish")}
_EVENTS = {
    f"on_{name}": Known(("watchdog.events.FileSystemEvent",), "None")
    for name in ("any_event", "created", "deleted", "modified", "moved", "closed")
}
_TAG = Known(("str", "list[tuple[str, str | None]]"), "None")
_TEXT = Known(("str",), "None")
_HTML = {
    **{f"handle_{name}": _TEXT for name in ("endtag", "data", "comment", "decl")},
    **{f"handle_{name}": _TAG for name in ("starttag", "startendtag")},
}
_VALUES = "str | collections.abc.Sequence[typing.Any] | None"
_ACTION = Known(("argparse.ArgumentParser", "argparse.Namespace", _VALUES, "str | None"), "None")
_STARLETTE = "starlette.middleware.base"
_DISPATCH = ("starlette.requests.Request", f"{_STARLETTE}.RequestResponseEndpoint")
_COMMAND = {
    "add_arguments": Known(("argparse.ArgumentParser",), "None"),
    "handle": Known((), "str | None", rest=ANY),
}

BASES: dict[str, dict[str, Known]] = {
    "sqlalchemy.TypeDecorator": _TYPE_DECORATOR,
    "sqlalchemy.types.TypeDecorator": _TYPE_DECORATOR,
    "sqlalchemy.sql.type_api.TypeDecorator": _TYPE_DECORATOR,
    "sqlalchemy.types.UserDefinedType": {"get_col_spec": Known((), "str", rest=ANY)},
    "json.JSONEncoder": {"default": Known((ANY,), ANY)},
    "logging.Handler": _HANDLER,
    "logging.StreamHandler": _HANDLER,
    "logging.FileHandler": _HANDLER,
    "logging.Filter": {"filter": Known((_RECORD,), "bool")},
    "logging.Formatter": {"format": Known((_RECORD,), "str")},
    "html.parser.HTMLParser": _HTML,
    "threading.Thread": _THREAD,
    "multiprocessing.Process": _THREAD,
    "argparse.Action": {"__call__": _ACTION},
    "socketserver.BaseRequestHandler": _REQUEST_HANDLER,
    "socketserver.StreamRequestHandler": _REQUEST_HANDLER,
    "http.server.BaseHTTPRequestHandler": {"log_message": Known(("str",), "None", rest=ANY)},
    f"{_STARLETTE}.BaseHTTPMiddleware": {
        "dispatch": Known(_DISPATCH, "starlette.responses.Response", is_async=True)
    },
    "pydantic.BaseModel": {"model_post_init": Known((ANY,), "None")},
    **dict.fromkeys(
        ("django.core.management.base.BaseCommand", "django.core.management.BaseCommand"), _COMMAND
    ),
    "django.apps.AppConfig": {"ready": Known((), "None")},
    "watchdog.events.FileSystemEventHandler": _EVENTS,
    "watchdog.events.PatternMatchingEventHandler": _EVENTS,
}
METHODS = frozenset(name for methods in BASES.values() for name in methods)

FIXTURES = {
    "tmp_path": "pathlib.Path",
    "tmp_path_factory": "pytest.TempPathFactory",
    "monkeypatch": "pytest.MonkeyPatch",
    "capsys": "pytest.CaptureFixture[str]",
    "capfd": "pytest.CaptureFixture[str]",
    "caplog": "pytest.LogCaptureFixture",
    "recwarn": "pytest.WarningsRecorder",
    "pytestconfig": "pytest.Config",
    "request": "pytest.FixtureRequest",
}


def known_method(source: Source, node: ast.ClassDef, method: str) -> tuple[str, Known] | None:
    """The base that prescribes the method, by its full name, with what it prescribes."""
    if method not in METHODS or not node.bases:
        return None
    cls: ClassFacts = source.project.class_of(node, source.project.facts_of_source(source))
    for base in full_base_names(cls):
        known = BASES.get(base, {}).get(method)
        if known is not None:
            return base, known
    return None
