"""The only place that starts git, for the engine and the command line alike.

A repository's own configuration can name programs: a file system monitor, hooks, filters, external
diffs, transports of missing objects. None of them is started here, but for the hooks of a commit or
a work tree that was asked for, and the transport of a fetch or a push that was.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from fixaudit.files.git_filters import FilterSettings

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

# What `git rev-parse --local-env-vars` names, but for the configuration a user gives by the
# environment, and what would start a program or read names otherwise.
_DROPPED = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_ATTR_SOURCE", "GIT_COMMON_DIR", "GIT_CONFIG",
        "GIT_DIFF_OPTS", "GIT_DIR", "GIT_EXTERNAL_DIFF", "GIT_GLOB_PATHSPECS", "GIT_GRAFT_FILE",
        "GIT_ICASE_PATHSPECS", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_INDEX_VERSION",
        "GIT_INTERNAL_SUPER_PREFIX", "GIT_LITERAL_PATHSPECS", "GIT_NAMESPACE",
        "GIT_NOGLOB_PATHSPECS", "GIT_NO_REPLACE_OBJECTS", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX",
        "GIT_QUARANTINE_PATH", "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
    }
)  # fmt: skip
_EMPTY = "FIXAUDIT_EMPTY"
# A missing object is an error: fetching it would start the transport a configuration names.
_OFFLINE = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
    _EMPTY: "",
}
# Fetching and pushing by the protocols that git itself knows: no helper that a URL such as
# `ext::command` names. Who must be asked for a password is refused.
_ONLINE = {"GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh", "SSH_ASKPASS_REQUIRE": "never"}
_SETTINGS = (
    *("-c", "core.fsmonitor=false", "-c", "core.safecrlf=false", "-c", "core.splitIndex=false"),
    *("-c", "safe.bareRepository=explicit", "-c", "submodule.recurse=false", "-c", "gc.auto=0"),
    *("-c", f"core.hooksPath={os.devnull}", "--no-pager"),
)
_CONVERTING = frozenset({"diff", "hash-object", "update-index"})
# Their hooks get what the filters write, where hooks are wanted.
_CHECKING_OUT = frozenset({"reset", "worktree"})


def run_git(
    folder: str | Path,
    *arguments: str,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
    hooks: bool = False,
    transports: bool = False,
    timeout: float | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run a git command in `folder`, the top of a repository; its exit code is the caller's to judge.

    The environment is this process's, without what a hook says of its own repository, and with
    `environment` added. With `hooks` the command may run hooks, which then may do as they like, and
    a work tree is checked out with the filters that are configured. With `transports` it may reach
    other repositories, with what the user's git has for it (credentials, ssh), and asks nobody; hooks
    stay off. Raises OSError where git cannot be started, subprocess.TimeoutExpired where it takes longer
    than `timeout` seconds.
    """
    settings: Sequence[str] = ()
    if arguments[0] in _CONVERTING or (arguments[0] in _CHECKING_OUT and not hooks):
        settings = _filters.emptied(os.fspath(folder), environment)
    return _run(folder, (*settings, *arguments), stdin, environment, hooks, transports, timeout)


def start_git(folder: str | Path, *arguments: str, hooks: bool = False) -> subprocess.Popen[bytes]:
    """Start a git command that is talked to: its input is a pipe, its output and errors another.

    Otherwise as `run_git`, for commands that convert nothing. Raises OSError.
    """
    import subprocess

    return subprocess.Popen(
        _command(arguments, hooks),
        cwd=folder,
        env=_environment(None, hooks, False),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def git_program() -> str:
    """The path of git, never one that the folder at hand holds. Raises FileNotFoundError."""
    for folder in os.get_exec_path():
        for name in ("git.exe",) if os.name == "nt" else ("git",):
            path = os.path.join(folder, name)
            if os.path.isabs(folder) and os.path.isfile(path) and os.access(path, os.X_OK):
                return path
    raise FileNotFoundError(2, "no git on the PATH")


def _run(
    folder: str | Path,
    arguments: Sequence[str],
    stdin: bytes,
    environment: Mapping[str, str] | None,
    hooks: bool,
    transports: bool = False,
    timeout: float | None = None,
) -> subprocess.CompletedProcess[bytes]:
    import subprocess

    return subprocess.run(
        _command(arguments, hooks),
        cwd=folder,
        env=_environment(environment, hooks, transports),
        input=stdin,
        capture_output=True,
        check=False,
        timeout=timeout,
        # ssh asks for a passphrase on the terminal, where there is one.
        start_new_session=transports,
    )


def _command(arguments: Sequence[str], hooks: bool) -> list[str]:
    return [git_program(), *(() if hooks else _SETTINGS), *arguments]


def _environment(added: Mapping[str, str] | None, hooks: bool, transports: bool) -> dict[str, str]:
    whole = {name: value for name, value in os.environ.items() if name not in _DROPPED}
    # A hook's own git commands inherit what is set for this one.
    whole |= {} if hooks else _OFFLINE
    if transports:
        whole |= {**_ONLINE, "GIT_TERMINAL_PROMPT": "0"}
        # A program that answers, as build servers give one, stays; that of a configuration asks.
        whole.setdefault("GIT_ASKPASS", "")
    return {**whole, "GIT_EDITOR": ":", "GIT_SEQUENCE_EDITOR": ":", **(added or {})}


def _configured(
    folder: str | Path, *asked: str, environment: Mapping[str, str] | None
) -> subprocess.CompletedProcess[bytes]:
    return _run(folder, ("config", "--null", *asked), b"", environment, False)


_filters = FilterSettings(_configured, _EMPTY)
