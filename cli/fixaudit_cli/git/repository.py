"""Reading from git, for the command line: see `fixaudit.files.git_repository`."""

from fixaudit.files.git_changed_lines import LineRanges as LineRanges
from fixaudit.files.git_changed_lines import changed_lines as changed_lines
from fixaudit.files.git_repository import GitError as GitError
from fixaudit.files.git_repository import Repository as Repository
from fixaudit.files.git_repository import base as base
from fixaudit.files.git_repository import changed as changed
from fixaudit.files.git_repository import every_change_seen as every_change_seen
from fixaudit.files.git_repository import find_repository as find_repository
from fixaudit.files.git_repository import fork_point as fork_point
from fixaudit.files.git_repository import since as since
from fixaudit.files.git_repository import staged as staged
from fixaudit.files.git_repository import untracked as untracked
