"""What is built: the version is the package's own, and only the three packages are in it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from checkout import ROOT
from house_files import ROOTS

import fixaudit


def test_the_wheel_has_the_version_and_the_packages(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    assert wheel.name == f"fixaudit-{fixaudit.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = archive.read(f"fixaudit-{fixaudit.__version__}.dist-info/METADATA").decode()
    assert f"\nVersion: {fixaudit.__version__}\n" in metadata
    assert {name.partition("/")[0] for name in names} == {
        *ROOTS,
        f"fixaudit-{fixaudit.__version__}.dist-info",
    }
    shipped = {
        f"{root}/{path.relative_to(ROOT / folder).as_posix()}"
        for root, folder in ROOTS.items()
        for pattern in ("*.py", "*.pyi", "*.css", "py.typed")
        for path in (ROOT / folder).rglob(pattern)
    }
    assert shipped <= names
