"""Writing codemods: the scaffold works from the first second, the kit watches over it, packages
from elsewhere are found."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fixaudit_cli.app import run

THIRD_PARTY = Path(__file__).resolve().parents[1] / "third_party" / "acme_codemods"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "mine"\n')
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "folders.py").write_text(
        "import os\n\n\ndef here():\n    return os.getcwdu()\n"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fixaudit(
    *arguments: str, cwd: Path, path: Path | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NO_COLOR": "1"}
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    return subprocess.run(
        [sys.executable, "-m", "fixaudit_cli", *arguments],
        cwd=cwd, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_new_codemod_works_from_the_first_second(repository: Path) -> None:
    assert run(["new", "getcwdu-to-getcwd"]) == 0
    tested = fixaudit("test", "getcwdu-to-getcwd", cwd=repository)
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "passed" in tested.stdout
    assert "getcwdu-to-getcwd" in fixaudit("list", cwd=repository).stdout
    assert fixaudit("apply", "app", cwd=repository).returncode == 0
    assert "os.getcwd()" in (repository / "app" / "folders.py").read_text()


def test_a_wrong_fixture_fails_and_update_mends_it(repository: Path) -> None:
    assert run(["new", "getcwdu-to-getcwd"]) == 0
    after = repository / "fixtures" / "after" / "getcwdu-to-getcwd" / "fix_plain_call.py"
    right = after.read_text()
    after.write_text(right.replace("getcwd()", "getcwd2()"))
    failed = fixaudit("test", "-x", cwd=repository)
    assert failed.returncode == 1
    assert "fix_plain_call.py" in failed.stdout
    assert "Traceback" not in failed.stdout
    updated = fixaudit("test", "--update", cwd=repository)
    assert updated.returncode == 0
    assert "getcwd2" in updated.stdout
    assert after.read_text() == right


def test_nothing_is_overwritten_and_names_are_checked(repository: Path, capsys: Any) -> None:
    assert run(["new", "getcwdu-to-getcwd"]) == 0
    capsys.readouterr()
    assert run(["new", "getcwdu-to-getcwd"]) == 2
    assert run(["new", "Not_Kebab"]) == 2
    assert capsys.readouterr().err.count("\n") == 2
    assert fixaudit("test", "no-such-codemod", cwd=repository).returncode == 2


def test_a_broken_module_and_a_doubled_name_are_errors(repository: Path) -> None:
    assert run(["new", "getcwdu-to-getcwd"]) == 0
    module = repository / "tools" / "codemods" / "getcwdu_to_getcwd.py"
    twin = module.with_name("twin.py")
    twin.write_text(module.read_text())
    doubled = fixaudit("check", "app", "--trust", cwd=repository)
    assert doubled.returncode == 2
    assert "twin.py" in doubled.stderr
    assert "getcwdu_to_getcwd.py" in doubled.stderr
    twin.write_text("import nothing_like_it\n")
    broken = fixaudit("check", "app", "--trust", cwd=repository)
    assert broken.returncode == 2
    assert "twin.py" in broken.stderr
    assert broken.stderr.count("\n") == 1


def test_a_third_partys_wheel_is_found_listed_and_applied(repository: Path, tmp_path: Path) -> None:
    wheels, site = tmp_path / "wheels", tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    build = [
        *pip,
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(wheels),
        str(THIRD_PARTY),
    ]
    subprocess.run(build, check=True, capture_output=True)
    wheel = next(wheels.glob("acme_codemods-*.whl"))
    subprocess.run(
        [*pip, "install", "--no-deps", "--no-index", "--target", str(site), str(wheel)],
        check=True, capture_output=True,
    )  # fmt: skip
    assert "acme/old-client" in fixaudit("list", cwd=repository, path=site).stdout
    (repository / "app" / "client.py").write_text(
        "import acme\nimport other\n\nuse = acme.OldClient()\nkeep = other.OldClient()\n"
    )
    done = fixaudit("apply", "app", "--select", "acme", cwd=repository, path=site)
    assert done.returncode == 0, done.stderr
    text = (repository / "app" / "client.py").read_text()
    assert "use = acme.Client()" in text
    assert "keep = other.OldClient()" in text
    assert (
        fixaudit(
            "check", "app", "--select", "acme/old-client", cwd=repository, path=site
        ).returncode
        == 0
    )
