"""The checkout that these tests are about, read once for all of them."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

from house_files import Checkout, read_checkout

ROOT = Path(__file__).resolve().parents[2]


@cache
def house() -> Checkout:
    return read_checkout(ROOT)


def python(script: str, *arguments: str, cwd: Path = ROOT) -> str:
    """What a new interpreter prints; it must end well and say nothing on standard error."""
    run = subprocess.run(
        [sys.executable, *(("-c", script) if script else ()), *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, ""), run.stderr
    return run.stdout
