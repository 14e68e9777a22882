"""Codemods that behave badly in the files whose text asks for it.

One that hangs lets its time limit pass at once: whatever the limit is, only it is over its time.
"""

from __future__ import annotations

import ast
import os
import signal
import time
from collections.abc import Iterator
from types import SimpleNamespace
from unittest.mock import patch

from fixaudit import Codemod, Finding, Source
from fixaudit.pipeline import progress
from fixaudit.pipeline.progress import WATCH


class Misbehaving(Codemod):
    """Calls named `hang`, `spin`, `die`, `eat` and `fail` do so; every other call is a finding."""

    name = "misbehaving"
    code = "ZZ901"
    triggers = (b"(",)
    visits = (ast.Call,)

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        match node.func:
            case ast.Name(id="hang"):
                assert signal.getitimer(signal.ITIMER_REAL)[0] > 0, "there is no limit"
                signal.setitimer(signal.ITIMER_REAL, 1e-6)
                time.sleep(600)
            case ast.Name(id="spin"):
                assert signal.getitimer(signal.ITIMER_PROF)[0] > 0, "there is no limit"
                signal.setitimer(signal.ITIMER_PROF, 1e-3)
                while True:
                    pass
            case ast.Name(id="die"):
                os.kill(os.getpid(), signal.SIGKILL)
            case ast.Name(id="eat"):
                held = bytearray(64_000_000_000)
                assert held
            case ast.Name(id="fail"):
                raise ValueError("as asked")
        yield self.review(source, node, f"a call in {source.path}")


class Deaf(Codemod):
    """Calls named `deaf` hang and heed no alarm."""

    name = "deaf"
    code = "ZZ902"
    triggers = (b"deaf",)
    visits = (ast.Call,)

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
        with patch.object(progress, "time", SimpleNamespace(monotonic=lambda: -1e6)):
            WATCH.step(self.name, is_codemod=True)  # so it has begun long ago
        time.sleep(600)
        yield self.review(source, node, "never")


class Plain(Codemod):
    """Finds every call."""

    name = "plain"
    code = "ZZ903"
    triggers = (b"(",)
    visits = (ast.Call,)

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        yield self.review(source, node, "a call")
