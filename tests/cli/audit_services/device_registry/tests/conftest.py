"""Sessions are mocks here: SQLAlchemy's asyncio module is imported and nothing of it runs."""

from __future__ import annotations

import importlib.util
import sys
import types

if importlib.util.find_spec("greenlet") is None:
    stub = types.ModuleType("greenlet")
    stub.getcurrent = lambda: None  # type: ignore[attr-defined]
    stub.greenlet = type("greenlet", (), {})  # type: ignore[attr-defined]
    sys.modules["greenlet"] = stub
