"""Git's locks that a run killed while it committed left behind: removed, or told of."""

from __future__ import annotations

import os

from fixaudit.files.git_repository import GitError
from fixaudit_cli.git.own_locks import free_own_locks
from fixaudit_cli.git.owners import OwningRepositories
from fixaudit_cli.output.terminal import note
from fixaudit_cli.write.ledger import Ledger


def free_locks(ledger: Ledger) -> None:
    """Remove the locks that are proved to be of this ledger's runs, and name those that are not.

    In the repositories that own the recorded files. What cannot be done is told, and no error: the
    files do not need git.
    """
    with ledger.transaction() as db:
        paths = [path for (path,) in db.execute("SELECT DISTINCT path FROM files")]
    owners = OwningRepositories()
    folders = dict.fromkeys(os.path.dirname(path) for path in paths)
    try:
        for repository in owners.grouped({ledger.root / folder / "_": "" for folder in folders}):
            for lock in () if repository is None else free_own_locks(repository, ledger.token):
                note(f"removed {lock}, which a killed run of fixaudit had left")
        for line in owners.told_locks(ledger.token):
            note(line)
    except (GitError, OSError) as error:
        note(f"git's locks were not looked for: {error}")
