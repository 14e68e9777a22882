"""The applications that the oracle judges, by name and version: none of them was used to build a rule."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class OracleTree:
    """One application as its source distribution holds it; `folder` is what that unpacks to."""

    name: str
    version: str
    folder: str


def trees() -> tuple[OracleTree, ...]:
    """A chat service for models, two web services, a trading system, a database for agents, a bot."""
    return (
        OracleTree("fschat", "0.2.36", "fschat-0.2.36"),
        OracleTree("ethyca-fides", "2.78.2", "ethyca_fides-2.78.2"),
        OracleTree("lnbits", "1.6.2", "lnbits-1.6.2"),
        OracleTree("jesse", "3.5.3", "jesse-3.5.3"),
        OracleTree("mindsdb", "26.1.0", "mindsdb-26.1.0"),
        OracleTree("red-discordbot", "3.5.24", "red_discordbot-3.5.24"),
    )


def fetch(folder: Path) -> None:
    """Download and unpack what is not there yet.

    Raises `subprocess.CalledProcessError` where pip cannot get a source distribution.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for tree in trees():
        if (folder / tree.folder).is_dir():
            continue
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        wanted = ["--no-binary", ":all:", f"{tree.name}=={tree.version}"]
        subprocess.run([*command, *wanted, "--dest", str(folder)], check=True)
        with tarfile.open(folder / f"{tree.folder}.tar.gz") as archive:
            archive.extractall(folder, filter="data")


if __name__ == "__main__":
    fetch(Path(sys.argv[1]))
