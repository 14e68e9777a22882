"""Keeps pytest out of the fixtures (`tests/test_fixtures.py` tries them, nothing imports them) and of
the services that tests copy, and what the tests keep from run to run out of the user's own folders.

Each test has folders of its own, so that none is warm by another's runs. What is known of the
installed codemods is the same for all of them: it is passed on from test to test.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

collect_ignore = ["fixtures", "tests/cli/audit_services"]
_KEPT = tempfile.TemporaryDirectory(prefix="fixaudit-tests-")
_SHARED = Path(_KEPT.name, "shared")
# For what runs before the first test.
os.environ["FIXAUDIT_CACHE_DIR"] = str(_SHARED)
os.environ["FIXAUDIT_STATE_DIR"] = str(Path(_KEPT.name, "state"))


@pytest.fixture(autouse=True)
def own_folders() -> Iterator[None]:
    """State and cache of one test, also for the processes that it starts.

    The environment is changed by itself: what a test patches is as it was when its folders go.
    """
    own = Path(tempfile.mkdtemp(dir=_KEPT.name))
    cache = own / "cache"
    cache.mkdir()
    for path in _SHARED.glob("codemods-*.json"):
        shutil.copyfile(path, cache / path.name)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FIXAUDIT_CACHE_DIR", str(cache))
        environment.setenv("FIXAUDIT_STATE_DIR", str(own / "state"))
        yield
    for path in cache.glob("codemods-*.json"):
        if not (_SHARED / path.name).exists():
            _SHARED.mkdir(exist_ok=True)
            shutil.copyfile(path, _SHARED / path.name)
    shutil.rmtree(own, ignore_errors=True)
