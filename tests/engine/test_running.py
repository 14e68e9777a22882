"""What code runs, and lines that move below a header."""

from __future__ import annotations

import ast
from pathlib import Path

from fixaudit import Source
from fixaudit.authoring import move_below, own_nodes, run_by, unknown_calls
from fixaudit.edits.compose import apply_edits
from fixaudit.semantics.project import Project

OWN = """\
import redis
from app.other import Mailer, connect


def build(handle):
    client = redis.from_url("redis://")
    client.ping()
    connect(client)
    handle.deliver()
    handle.nowhere()
    return Mailer(client)
"""
OTHER = """\
def connect(client):
    return resolve(client)


def resolve(client):
    return client


class Mailer:
    def __init__(self, client):
        self.client = client

    def deliver(self):
        return self.client
"""


def source_in(folder: Path) -> Source:
    package = folder / "app"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "own.py").write_text(OWN)
    (package / "other.py").write_text(OTHER)
    path = package / "own.py"
    project = Project(folder)
    return Source("app/own.py", path.read_bytes(), project=project, module="app.own", location=path)


def test_calls_are_followed_and_only_names_of_the_project_are_unknown(tmp_path: Path) -> None:
    source = source_in(tmp_path)
    build = source.nodes(ast.FunctionDef)[0]
    names = {each.name for each in run_by(source, own_nodes(build))}
    assert names == {"connect", "__init__", "resolve"}
    assert [each.text for each in unknown_calls(source, own_nodes(build))] == ["handle.deliver"]
    assert {each.name for each in run_by(source, own_nodes(build), deep=1)} == names - {"resolve"}


TEXT = '''\
def query(names):
    text = """
  select
    """ + f"""
  {names}"""

    # why
    return text
'''


def test_lines_move_below_a_header_but_for_those_inside_of_strings() -> None:
    source = Source("m.py", TEXT.encode())
    edits = move_below(source, 2, 8, "    with lock:", "    ")
    changed = apply_edits(source.body, edits)
    assert changed.decode() == '''\
def query(names):
    with lock:
        text = """
  select
    """ + f"""
  {names}"""

        # why
        return text
'''


PORT = """\
from typing import Protocol


class Store(Protocol):
    def keep(self, row): ...


def save(store: Store, row):
    store.keep(row)
"""
STORE = """\
class Table:
    def keep(self, row):
        return written(row)


def written(row):
    return row
"""


def test_a_port_runs_the_only_class_behind_it_and_none_of_several(tmp_path: Path) -> None:
    package = tmp_path / "app"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "own.py").write_text(PORT)
    (package / "one.py").write_text(STORE)
    path = package / "own.py"

    def names() -> set[str]:
        project = Project(tmp_path)
        source = Source("app/own.py", path.read_bytes(), project=project, module="app.own", location=path)  # fmt: skip
        (save,) = (each for each in source.nodes(ast.FunctionDef) if each.name == "save")
        return {f"{each.path.stem}.{each.name}" for each in run_by(source, own_nodes(save))}

    assert names() == {"own.keep", "one.keep", "one.written"}
    (package / "two.py").write_text(STORE)
    assert names() == {"own.keep"}
