"""The first text of a campaign's file: what the repository suggests, and the rest as comments."""

from __future__ import annotations

import json
import os
import posixpath
from collections.abc import Iterator, Sequence
from pathlib import Path

from fixaudit.campaigns.branch_names import default_branch
from fixaudit.campaigns.definition import campaign_file, read_campaign
from fixaudit.campaigns.definition_checks import NAME
from fixaudit.campaigns.errors import CampaignError
from fixaudit.codeowners.owners import owners
from fixaudit.config.toml import shown
from fixaudit.errors import ConfigError
from fixaudit.files.atomic_write import write_atomically
from fixaudit.files.git_repository import find_repository
from fixaudit.workspace.packages import Packages, packages

_USUAL = ("main", "master", "trunk", "develop")
# The file that a tool locks versions in, and what makes an environment of it in the work tree.
_SETUPS: dict[str, tuple[tuple[str, ...], ...]] = {
    "uv.lock": (("uv", "sync", "--frozen", "--all-packages"),),
    "poetry.lock": (("poetry", "install", "--no-interaction"),),
    "pdm.lock": (("pdm", "sync"),),
    "Pipfile.lock": (("pipenv", "sync", "--dev"),),
}
_RUNNERS = {
    "uv.lock": ("uv", "run", "--frozen"),
    "poetry.lock": ("poetry", "run"),
    "pdm.lock": ("pdm", "run"),
    "Pipfile.lock": ("pipenv", "run"),
}
_PYTEST_MARKS = ((b"[tool.pytest", "pyproject.toml"), (b"[tool:pytest]", "setup.cfg"))


def new_campaign(root: Path, name: str, select: Sequence[str]) -> Path:
    """Write `campaigns/NAME.toml` with what the repository suggests, and give its path.

    Raises:
        CampaignError: there is a campaign of that name, no such selector, or the file cannot be written:
            nothing is left then.
    """
    top = Path(os.path.abspath(root))
    path = campaign_file(top, name)
    if NAME.fullmatch(name) is None:
        raise CampaignError(
            f'"{name}" is no name of a campaign: small letters, digits and hyphens, as branches bear it'
        )
    if os.path.lexists(path):
        raise CampaignError(f"{shown(path)}: is there already; edit it, or choose another name")
    try:
        text = template(top, name, select)
        os.makedirs(path.parent, exist_ok=True)
        write_atomically(os.fspath(path), text.encode())
    except OSError as error:
        raise CampaignError(f"cannot write {shown(path)}: {error.strerror or error}") from error
    except ConfigError as error:
        raise CampaignError(str(error)) from error
    try:
        read_campaign(top, name)
    except CampaignError:
        path.unlink()
        raise
    return path


def template(root: Path, name: str, select: Sequence[str]) -> str:
    """The text of a campaign's file for the repository at `root`."""
    found = packages(root)
    remote = _remote(root)
    return "".join(f"{line}\n" for line in _lines(root, name, select, found, remote))


def _lines(
    root: Path, name: str, select: Sequence[str], found: Packages, remote: str
) -> Iterator[str]:
    lock = next((file for file in _SETUPS if (root / file).is_file()), None)
    by = _by(root, found)
    yield f"# A campaign of fixaudit: `fixaudit campaign plan {name}` shows its batches and writes nothing."
    yield f"name = {_value(name)}"
    yield f"select = {_value(select)}"
    yield '# title = ""                  # of the requests for review; empty: the codemod\'s own words'
    yield '# why = ""                    # what reviewers read first'
    yield '# paths = ["services"]        # only what lies there'
    yield ""
    yield "[batch]"
    yield f"by = {_value(by)}         # {_packages(found)}; of owner, package, codemod, folder"
    yield "max-files = 50"
    yield "max-lines = 400"
    yield 'verdicts = ["fix"]            # "unsafe" too: those edits come in batches of their own'
    yield ""
    yield "[worktree]"
    if lock is None:
        yield '# setup = [["uv", "sync", "--frozen"]]   # no lock file was found at the top'
    else:
        yield f"setup = {_value(_SETUPS[lock])}   # as there is {lock}"
    yield '# copy = [".env.test"]        # what git ignores and the tests need'
    yield ""
    yield "[verify]"
    yield from _verify(root, found, lock)
    yield 'scope = "dependents"          # or package, or affected with a command of your build tool'
    yield "max-dependents = 40"
    yield "# max-parallel = 4            # where tests share ports or databases"
    yield "baseline-run = true           # what is red before is not judged"
    yield "flaky-retries = 1"
    yield ""
    yield from _publish(root, remote)
    yield ""
    yield "[goal]"
    yield "findings = 0"
    yield "# deadline = 2027-01-31"


def _by(root: Path, found: Packages) -> tuple[str, ...]:
    """What keeps batches apart: their owners, where anybody owns anything."""
    within = "package" if len(found) > 1 else "folder"
    return ("owner", within) if owners(root).rules else ("folder",)


def _verify(root: Path, found: Packages, lock: str | None) -> Iterator[str]:
    runner = _RUNNERS[lock] if lock is not None else ()
    if _has_pytest(root, found):
        yield f"commands = {_value([(*runner, 'pytest', '-q')])}   # run in each package's folder"
    else:
        yield '# commands = [["pytest", "-q"]]   # pytest is not configured: how are the tests run here?'


def _publish(root: Path, remote: str) -> Iterator[str]:
    base = default_branch(root, remote) or _usual_branch(root)
    yield "[publish]"
    yield 'branch = "fixaudit/{campaign}/{batch}"'
    yield f"base = {_value(base)}"
    yield f"push-remote = {_value(remote)}"
    yield "# draft = true                # ready-command is run once the checks are green"
    yield '# command = ["gh", "pr", "create", …]   # docs/campaigns.md has those of GitHub and GitLab'
    yield "max-open = 20"
    yield "max-open-per-owner = 3"
    yield '# rate = "10/hour"'
    yield '# window = "mon-thu 09:00-16:00"'
    yield '# timezone = "Europe/Berlin"'


def _packages(found: Packages) -> str:
    return "1 package was found" if len(found) == 1 else f"{len(found)} packages were found"


def _value(value: object) -> str:
    """A text or a list of them in TOML, whose basic strings and lists are those of JSON."""
    return json.dumps(value, ensure_ascii=False)


def _has_pytest(root: Path, found: Packages) -> bool:
    folders = ["", *(package.folder for package in found if not package.is_sample)]
    return any(_configures_pytest(root / folder) for folder in folders)


def _configures_pytest(folder: Path) -> bool:
    if any((folder / name).is_file() for name in ("pytest.ini", ".pytest.ini", "conftest.py")):
        return True
    for mark, name in _PYTEST_MARKS:
        try:
            if mark in (folder / name).read_bytes():
                return True
        except OSError:
            continue
    return (folder / posixpath.join("tests", "conftest.py")).is_file()


def _remote(root: Path) -> str:
    """The remote that is pushed to: `origin`, else the only one there is."""
    repository = find_repository(root)
    if repository is None:
        raise CampaignError(f"{root}: a campaign needs a git repository, there is none")
    names = repository.run("remote").decode("utf-8", "replace").split()
    return names[0] if names and "origin" not in names else "origin"


def _usual_branch(root: Path) -> str:
    """Without a remote that says it: the usual name that there is, else the branch at hand."""
    repository = find_repository(root)
    if repository is None:
        return _USUAL[0]
    for name in _USUAL:
        if not repository.attempt("show-ref", "--quiet", f"refs/heads/{name}").returncode:
            return name
    done = repository.attempt("symbolic-ref", "--quiet", "--short", "HEAD")
    return done.stdout.decode("utf-8", "replace").strip() or _USUAL[0]
