"""A certificate authority of a test's own, and a certificate by it for scheduler, workers and clients."""

from __future__ import annotations

import subprocess
from pathlib import Path

_NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1"


def certificates(folder: Path) -> dict[str, str]:
    """The environment by which Dask finds the certificates, made in the folder with `openssl`."""
    ca, ca_key, key, asked, signed = (
        str(folder / name) for name in ("ca.pem", "ca.key", "own.key", "own.csr", "own.pem")
    )
    names = folder / "names"
    names.write_text(_NAMES)
    new = ("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    _run(*new, "-x509", "-subj", "/CN=ours", "-keyout", ca_key, "-out", ca, "-days", "2")
    _run(*new, "-subj", "/CN=localhost", "-keyout", key, "-out", asked)
    signing = ("openssl", "x509", "-req", "-in", asked, "-CA", ca, "-CAkey", ca_key, "-days", "2")
    _run(*signing, "-CAcreateserial", "-extfile", str(names), "-out", signed)
    tls = "DASK_DISTRIBUTED__COMM__TLS__"
    parts = {
        f"{tls}{who}__{what}": path
        for who in ("CLIENT", "SCHEDULER", "WORKER")
        for what, path in (("CERT", signed), ("KEY", key))
    }
    return {f"{tls}CA_FILE": ca, **parts}


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
