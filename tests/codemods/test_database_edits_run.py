"""What rewritten database code does on the real SQLAlchemy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.pool import QueuePool

from fixaudit.model.outcome import Changed
from fixaudit.pipeline.pipeline import Plan, process
from fixaudit.source.source import Source
from fixaudit_codemods.database.engine_pool_options import codemod as engine_pool_options

ENGINES = """\
from sqlalchemy import QueuePool, create_engine

OPTIONS = {"pool_size": 1, "max_overflow": 0}


def build(url):
    options = {"echo": False}
    if url != "sqlite://":
        options["poolclass"] = QueuePool
        options["max_overflow"] = 3
    return create_engine(url, **options)


in_call = create_engine("sqlite:///x.db" if True else "", poolclass=QueuePool)
in_dict = create_engine("sqlite:///x.db" if True else "", **OPTIONS)
in_branch = build("sqlite:///x.db")
without = build("sqlite://")
"""


def run(codemod: Any, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The names of a module before and after its unsafe edits."""
    outcome = process(Source("pkg/db.py", text.encode()), Plan([codemod], unsafe=True))
    assert isinstance(outcome, Changed)
    assert not outcome.problems
    return executed(text.encode()), executed(outcome.after)


def executed(text: bytes) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "pkg.db"}
    exec(compile(text, "pkg/db.py", "exec", dont_inherit=True), names)
    return names


def test_engines_take_the_timeout_wherever_their_options_come_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    options = engine_pool_options.Options(pool_timeout=7, isolation_level="serializable")
    before, after = run(engine_pool_options.EnginePoolOptions(options), ENGINES)
    for name in ("in_call", "in_dict", "in_branch"):
        for names, seconds in ((before, 30), (after, 7)):
            pool = names[name].pool
            assert isinstance(pool, QueuePool)
            assert pool.timeout() == seconds
    assert not isinstance(after["without"].pool, QueuePool)
    with after["in_branch"].connect() as connection:
        assert connection.get_isolation_level() == "SERIALIZABLE"
