"""What git refuses: see `fixaudit.files.git_errors`."""

from fixaudit.files.git_errors import GitError as GitError
from fixaudit.files.git_errors import OwnershipError as OwnershipError
