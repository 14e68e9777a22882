"""A scheduler and workers of Dask as processes of their own, as people start them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

_OF_THIS_MACHINE = ("--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0")
_SCHEDULER = ("-m", "distributed.cli.dask_scheduler", *_OF_THIS_MACHINE)
_WORKER = ("-m", "distributed.cli.dask_worker", "--nthreads", "1", *_OF_THIS_MACHINE)


@dataclass(frozen=True)
class Cluster:
    """A running scheduler. `address` is Dask's own; `folder` holds what the processes say."""

    address: str
    folder: Path
    environment: Mapping[str, str]

    @property
    def name(self) -> str:
        """The name of its executor."""
        return self.address.replace("tcp://", "dask://")

    @contextmanager
    def workers(
        self,
        count: int,
        *more: str,
        nanny: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> Iterator[None]:
        """So many workers more, by processes that end with the body. Whoever needs them waits.

        With `nanny` one that ends is started again.
        """
        words = (self.address, "--local-directory", str(self.folder), *more)
        given = {**self.environment, **(environment or {})}
        with ExitStack() as running:
            for _ in range(count):
                alone = () if nanny else ("--no-nanny",)
                log = self.folder / "workers.log"
                running.enter_context(_process([*_WORKER, *words, *alone], log, given))
            yield


@contextmanager
def cluster(
    folder: Path, *more: str, environment: Mapping[str, str] | None = None
) -> Iterator[Cluster]:
    """A scheduler at a free port of this machine, which ends with the body."""
    place = folder / "scheduler.json"
    os.mkfifo(place)  # to be read once the scheduler has written where it is
    given = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([*sys.path, os.path.dirname(__file__)]),
        **(environment or {}),
    }
    words = [*_SCHEDULER, "--port", "0", "--scheduler-file", str(place), *more]
    with _process(words, folder / "scheduler.log", given):
        address = json.loads(place.read_text())["address"]
        yield Cluster(address, folder, given)


@contextmanager
def _process(words: Sequence[str], log: Path, environment: Mapping[str, str]) -> Iterator[None]:
    with open(log, "ab") as output:
        process = subprocess.Popen(
            [sys.executable, *words],
            env=dict(environment),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
