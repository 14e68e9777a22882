"""Imports and module-level names go where an engineer would put them."""

from __future__ import annotations

import pytest

from fixaudit.edits.compose import apply_edits
from fixaudit.edits.needed_names import settle
from fixaudit.model.finding import NeededImport, NeededModuleName, NeededName, ObsoleteImport
from fixaudit.source.source import Source

LOGGING = NeededImport("logging", None, "logging")
UUID5 = NeededImport("uuid", "uuid5", "uuid5")
HTTP = NeededImport("fastapi", "HTTPException", "HTTPException")
LOGGER = NeededModuleName("logger", "logger = logging.getLogger(__name__)")


def settled(text: str, *needed_names: NeededName, path: str = "pkg/mod.py") -> str:
    source = Source(path, text.encode(), module="pkg.mod")
    return apply_edits(source.body, settle(source, needed_names)).decode()


CASES: dict[str, tuple[str, tuple[NeededName, ...], str]] = {
    "sorted plain imports keep their order": (
        "import json\nimport os\n\nX = 1\n",
        (LOGGING,),
        "import json\nimport logging\nimport os\n\nX = 1\n",
    ),
    "a plain import goes above the from imports of its section": (
        "from os import path\nfrom sys import argv\n",
        (LOGGING,),
        "import logging\nfrom os import path\nfrom sys import argv\n",
    ),
    "two new names of one module share a line": (
        "import asyncio\n\nX = 1\n",
        (
            NeededImport("collections.abc", "Iterable", "Iterable"),
            NeededImport("typing", "TypeVar", "TypeVar"),
            NeededImport("collections.abc", "Awaitable", "Awaitable"),
        ),
        "import asyncio\nfrom collections.abc import Awaitable, Iterable\nfrom typing import TypeVar\n\nX = 1\n",
    ),
    "a name that a new function needs stands above it": (
        "import os\n\n\ndef f():\n    return g(_T)\n",
        (NeededModuleName("_T", "_T = 1"), NeededModuleName("g", "def g(x):\n    return x\n")),
        "import os\n\n_T = 1\n\n\ndef g(x):\n    return x\n\n\ndef f():\n    return g(_T)\n",
    ),
    "an unsorted file gets it behind the last of its kind": (
        "import sys\nimport json\nfrom a import b\n",
        (LOGGING,),
        "import sys\nimport json\nimport logging\nfrom a import b\n",
    ),
    "a new section is parted by blank lines": (
        "import os\n\nfrom .local import thing\n",
        (HTTP,),
        "import os\n\nfrom fastapi import HTTPException\n\nfrom .local import thing\n",
    ),
    "after the docstring and the future": (
        '"""Doc."""\nfrom __future__ import annotations\n\nX = 1\n',
        (LOGGING,),
        '"""Doc."""\nfrom __future__ import annotations\n\nimport logging\n\nX = 1\n',
    ),
    "after a docstring alone": (
        '"""Doc."""\n\nX = 1\n',
        (LOGGING,),
        '"""Doc."""\n\nimport logging\n\nX = 1\n',
    ),
    "after shebang and licence": (
        "#!/usr/bin/env python\n# Licence: MIT\n\nX = 1\n",
        (LOGGING,),
        "#!/usr/bin/env python\n# Licence: MIT\n\nimport logging\n\nX = 1\n",
    ),
    "a from import is extended in order": (
        "from fastapi import APIRouter, Request\n",
        (HTTP,),
        "from fastapi import APIRouter, HTTPException, Request\n",
    ),
    "a parenthesised import gets a line": (
        "from fastapi import (\n    APIRouter,  # routes\n    Request,\n)\n",
        (HTTP,),
        "from fastapi import (\n    APIRouter,  # routes\n    HTTPException,\n    Request,\n)\n",
    ),
    "a comment behind the last name stays there": (
        "from fastapi import (\n    APIRouter,\n    Depends,  # wiring\n)\n",
        (HTTP,),
        "from fastapi import (\n    APIRouter,\n    Depends,  # wiring\n    HTTPException,\n)\n",
    ),
    "never under TYPE_CHECKING": (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import logging\n\nX = 1\n",
        (UUID5,),
        (
            "from typing import TYPE_CHECKING\nfrom uuid import uuid5\n\nif TYPE_CHECKING:\n"
            "    import logging\n\nX = 1\n"
        ),
    ),
    "third-party imports stay below the sys.path line": (
        "import sys\nsys.path.insert(0, 'lib')\nimport vendored\n",
        (HTTP,),
        "import sys\nsys.path.insert(0, 'lib')\nimport vendored\nfrom fastapi import HTTPException\n",
    ),
    "a logger stands below the imports": (
        "import os\n\n\ndef f():\n    logger.info('x')\n",
        (LOGGING, LOGGER),
        (
            "import logging\nimport os\n\nlogger = logging.getLogger(__name__)\n\n\n"
            "def f():\n    logger.info('x')\n"
        ),
    ),
    "a logger without any import above it": (
        "def f():\n    logger.info('x')\n",
        (LOGGING, LOGGER),
        "import logging\n\nlogger = logging.getLogger(__name__)\n\n\ndef f():\n    logger.info('x')\n",
    ),
    "a logger is not doubled": (
        "import logging\n\nlogger = logging.getLogger('mine')\n",
        (LOGGING, LOGGER),
        "import logging\n\nlogger = logging.getLogger('mine')\n",
    ),
    "an unused import goes": (
        "import os\nfrom hashlib import md5, sha256\n\nprint(os, sha256)\n",
        (ObsoleteImport("md5"),),
        "import os\nfrom hashlib import sha256\n\nprint(os, sha256)\n",
    ),
    "a used import stays": (
        "from hashlib import md5\n\nmd5(b'')\n",
        (ObsoleteImport("md5"),),
        "from hashlib import md5\n\nmd5(b'')\n",
    ),
    "an import that __all__ names stays": (
        "from hashlib import md5\n\n__all__ = ['md5']\n",
        (ObsoleteImport("md5"),),
        "from hashlib import md5\n\n__all__ = ['md5']\n",
    ),
    "an import that an annotation in quotes names stays": (
        "from datetime import datetime\n\n\ndef f(x: 'datetime | None'):\n    return x\n",
        (ObsoleteImport("datetime"),),
        "from datetime import datetime\n\n\ndef f(x: 'datetime | None'):\n    return x\n",
    ),
    "an import that a doctest names stays": (
        "import time\n\n\ndef f():\n    '>>> time.time() > 0'\n",
        (ObsoleteImport("time"),),
        "import time\n\n\ndef f():\n    '>>> time.time() > 0'\n",
    ),
    "an import that prose or another program's text names goes": (
        "import time\n\nrun('import time; time.time()')\nprint('the time is up')\n",
        (ObsoleteImport("time"),),
        "\nrun('import time; time.time()')\nprint('the time is up')\n",
    ),
    "an import stays where the file executes texts": (
        "import time\n\nexec('import os; time.time()')\n",
        (ObsoleteImport("time"),),
        "import time\n\nexec('import os; time.time()')\n",
    ),
    "an import that a comment keeps stays": (
        "from hashlib import md5  # noqa: F401\n",
        (ObsoleteImport("md5"),),
        "from hashlib import md5  # noqa: F401\n",
    ),
    "two names of three go and the third stays": (
        "from asyncio import new_event_loop, run, set_event_loop\n\nrun(main())\n",
        (ObsoleteImport("new_event_loop"), ObsoleteImport("set_event_loop")),
        "from asyncio import run\n\nrun(main())\n",
    ),
    "an empty file": ("", (LOGGING,), "import logging\n"),
}


@pytest.mark.parametrize("case", CASES)
def test_wishes_are_settled(case: str) -> None:
    before, needed_names, after = CASES[case]
    assert settled(before, *needed_names) == after
    compile(after, case, "exec")
    assert settled(after, *needed_names) == after


@pytest.mark.parametrize("case", [name for name in CASES if CASES[name][0]])
def test_wishes_keep_the_newline_style(case: str) -> None:
    before, needed_names, after = CASES[case]
    assert settled(before.replace("\n", "\r\n"), *needed_names) == after.replace("\n", "\r\n")
