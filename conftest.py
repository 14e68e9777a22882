"""Keeps pytest out of the fixtures (`tests/test_fixtures.py` tries them, nothing imports them), and
what the tests keep from run to run out of the user's own cache folder."""

from __future__ import annotations

import os
import tempfile

collect_ignore = ["fixtures"]
_KEPT = tempfile.TemporaryDirectory(prefix="fixaudit-tests-")
os.environ["XDG_CACHE_HOME"] = _KEPT.name
os.environ["FIXAUDIT_STATE_DIR"] = os.path.join(_KEPT.name, "state")
