"""How a Dask cluster is reached: an address that is safe to send to, and one line where none answers."""

from __future__ import annotations

import logging
from ipaddress import ip_address
from typing import TYPE_CHECKING

from fixaudit.executors.dask_executor import DaskExecutor
from fixaudit.model.task import ExecutorError

if TYPE_CHECKING:
    from distributed import Client, Security

_CONNECT_SECONDS = 5
_WORKER_SECONDS = 10
_EXTRA = "pip install 'fixaudit[dask]'"
_TLS_SETTINGS = (
    "set DASK_DISTRIBUTED__COMM__TLS__CA_FILE, …__CLIENT__CERT and …__CLIENT__KEY,"
    " or distributed.comm.tls in Dask's configuration"
)


def open_dask(name: str, *, jobs: int | None, insecure: bool) -> DaskExecutor:
    """The executor for `dask://host:port` or `tls://host:port`, or for `dask`: a cluster of `jobs`
    processes on this machine, which ends with it.

    Every worker is compared with this process. Whoever reaches the port of a scheduler runs code on its
    workers: off this machine plain TCP is refused, unless `insecure`.

    Raises:
        ExecutorError: the extra is absent, an address without TLS, no scheduler, no worker.
        WorkerDiffersError: a worker with other code.
    """
    safe = "" if name == "dask" else _address(name, insecure)
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise ExecutorError(f"{name}: Dask is not installed; {_EXTRA}") from error
    executor = _of_this_machine(jobs) if name == "dask" else _connected(name, safe)
    try:
        executor.compare()
    except BaseException:
        executor.close()
        raise
    return executor


def _address(name: str, insecure: bool) -> str:
    """The address as Dask writes it. Raises ExecutorError."""
    scheme, _, place = name.partition("://")
    host, colon, port = place.rpartition(":")
    if not (colon and host and port.isdecimal() and 0 < int(port) < 65536):
        raise ExecutorError(f"{name}: give host and port, such as {scheme}://127.0.0.1:8786")
    if scheme == "dask" and not insecure and not _is_loopback(host):
        raise ExecutorError(
            f"{name}: plain TCP to another machine, and a scheduler runs what it gets from anybody:"
            f" use tls://{place}, or --insecure in a network that nobody else is in"
        )
    return f"{'tls' if scheme == 'tls' else 'tcp'}://{place}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _connected(name: str, address: str) -> DaskExecutor:
    from distributed import Client

    security = _certificates(name) if address.startswith("tls:") else None
    try:
        client = Client(address, timeout=_CONNECT_SECONDS, security=security, set_as_default=False)
    except Exception as error:
        raise ExecutorError(
            f"{name}: no Dask scheduler answers at {address} within {_CONNECT_SECONDS} seconds"
            f" ({type(error).__name__}); start one, or name another"
        ) from error
    _wait_for_worker(name, address, client)
    return DaskExecutor(client, name)


def _wait_for_worker(name: str, address: str, client: Client) -> None:
    try:
        client.wait_for_workers(1, timeout=_WORKER_SECONDS)
    except Exception as error:
        client.close(timeout=5)
        raise ExecutorError(
            f"{name}: the scheduler has no worker; start some:"
            f" dask worker {address} --nthreads 1 --nworkers 2"
        ) from error


def _certificates(name: str) -> Security:
    from distributed import Security

    try:
        security = Security(require_encryption=True)
        if security.tls_ca_file is None:
            raise ExecutorError(f"{name}: no certificates are configured; {_TLS_SETTINGS}")
        security.get_connection_args("client")  # reads them
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        said = f"{where}{error.strerror or error}"
        raise ExecutorError(f"{name}: the certificates cannot be read: {said}") from error
    return security


def _of_this_machine(jobs: int | None) -> DaskExecutor:
    from dask import config
    from distributed import Client, LocalCluster

    # Dask's profiler looks through the stack of a task a hundred times a second, and ours are deep.
    with config.set({"distributed.worker.profile.enabled": False}):
        cluster = LocalCluster(
            n_workers=jobs,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
            memory_limit=None,
            silence_logs=logging.CRITICAL,
        )
    client = Client(cluster, timeout=_CONNECT_SECONDS, set_as_default=False)
    return DaskExecutor(client, "dask", cluster)
