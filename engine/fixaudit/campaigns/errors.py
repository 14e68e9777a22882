"""The errors of campaigns; each message is one line that says what to do."""

from __future__ import annotations

from fixaudit.errors import FixauditError


class CampaignError(FixauditError):
    """A campaign that cannot go on: its file, its repository, its work trees, its host."""


class ProbeError(CampaignError):
    """The Python of a command would not run the code of a work tree, or it cannot be told."""
