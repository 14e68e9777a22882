"""The types that `annotate-overrides` writes: SQLAlchemy works with them, mypy takes each override."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select

from fixaudit.model.outcome import Changed
from fixaudit.pipeline.pipeline import Plan, process
from fixaudit.source.source import Source
from fixaudit_codemods.attributes.annotate_overrides.codemod import AnnotateOverrides

JSON_TYPE = """\
import json

from sqlalchemy import Text, TypeDecorator


class JSONType(TypeDecorator):
    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value, dialect):
        return None if value is None else json.dumps(value)

    def process_result_value(self, value, dialect):
        return None if value is None else json.loads(value)
"""
OVERRIDES = """\
import argparse
import json
import logging
import threading
from html.parser import HTMLParser
from typing import Any

from pydantic import BaseModel
from sqlalchemy.types import Text, TypeDecorator, UserDefinedType
from starlette.middleware.base import BaseHTTPMiddleware


class Encoder(json.JSONEncoder):
    def default(self, o):
        return str(o)


class Handler(logging.Handler):
    def emit(self, record):
        print(record.getMessage())


class Filter(logging.Filter):
    def filter(self, record):
        return record.levelno > 10


class Formatter(logging.Formatter):
    def format(self, record):
        return super().format(record)


class Links(HTMLParser):
    def handle_starttag(self, tag, attrs):
        print(dict(attrs).get("href"), tag)

    def handle_data(self, data):
        print(data.strip())


class Runner(threading.Thread):
    def run(self):
        print(self.name)


class Pair(argparse.Action):
    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, str(values).split("="))


class Timing(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        response = await call_next(request)
        response.headers["x-path"] = request.url.path
        return response


class Order(BaseModel):
    total: int = 0

    def model_post_init(self, context, /):
        self.total += 1


class Json(TypeDecorator[Any]):
    impl = Text

    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value, dialect):
        return json.dumps(value)

    def process_result_value(self, value, dialect):
        return json.loads(value)

    def process_literal_param(self, value, dialect):
        return json.dumps(value)

    def coerce_compared_value(self, op, value):
        return self.impl


class Point(UserDefinedType[str]):
    def get_col_spec(self, **kw):
        return "POINT"
"""


def rewritten(text: str) -> str:
    outcome = process(Source("app/own.py", text.encode()), Plan([AnnotateOverrides()], unsafe=True))
    assert isinstance(outcome, Changed)
    return outcome.after.decode()


def test_a_column_keeps_its_values() -> None:
    names: dict[str, Any] = {}
    exec(compile(rewritten(JSON_TYPE), "own.py", "exec"), names)
    table = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("data", names["JSONType"]()))  # fmt: skip
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(insert(table).values(data={"a": [1, None]}))
        assert connection.execute(select(table.c.data)).scalar_one() == {"a": [1, None]}


def test_mypy_takes_every_override(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(rewritten(OVERRIDES))
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "own.py"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
