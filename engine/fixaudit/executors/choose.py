"""An executor by its name: `local`, `dask`, `dask://host:port`, `tls://host:port`, or an entry point."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from fixaudit.errors import FixauditError
from fixaudit.model.task import Executor as Executor
from fixaudit.model.task import ExecutorError

GROUP = "fixaudit.executors"
"""Entry points of this group are functions `(name, *, jobs, insecure) -> Executor`; `NAME` and
`NAME://…` are theirs, and are handed to them as they were written."""

_DASK = ("dask", "tls")


def open_executor(name: str, *, jobs: int | None, insecure: bool = False) -> Executor:
    """The executor that a name stands for, connected; the caller closes it.

    Args:
        jobs: processes, where they are of this machine; None for one a processor.
        insecure: whether a Dask scheduler on another machine may be reached without TLS.

    Raises:
        ExecutorError: no executor of that name, or one that cannot be reached; one line.
    """
    scheme, separator, _ = name.partition("://")
    if name == "local":
        from fixaudit.executors.local import LocalExecutor

        return LocalExecutor(jobs)
    if scheme in _DASK and (separator or scheme == "dask"):
        from fixaudit.executors.dask_cluster import open_dask

        return open_dask(name, jobs=jobs, insecure=insecure)
    return _by_entry_point(name, scheme, jobs=jobs, insecure=insecure)


@contextmanager
def opened(executor: str | Executor | None, jobs: int | None) -> Iterator[Executor | None]:
    """The executor, closed at the end where it was given by its name. Raises ExecutorError."""
    if not isinstance(executor, str):
        yield executor
        return
    found = open_executor(executor, jobs=jobs)
    try:
        yield found
    finally:
        found.close()


def _by_entry_point(name: str, scheme: str, *, jobs: int | None, insecure: bool) -> Executor:
    from importlib.metadata import entry_points

    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    if scheme not in found:
        known = ", ".join(["local", "dask", "dask://HOST:PORT", "tls://HOST:PORT", *sorted(found)])
        raise ExecutorError(f"no executor is called {name}; there are {known}")
    try:
        executor = found[scheme].load()(name, jobs=jobs, insecure=insecure)
    except FixauditError:
        raise
    except Exception as error:
        line = str(error).strip().partition("\n")[0]
        raise ExecutorError(
            f"the executor {scheme} ({found[scheme].value}) failed with {type(error).__name__}: {line}"
        ) from error
    if not isinstance(executor, Executor):
        raise ExecutorError(
            f"the executor {scheme} ({found[scheme].value}) offers no map and close"
        )
    return executor
