"""`fixaudit campaign`: findings in batches, each with its own branch, tests and reviewers."""

from __future__ import annotations

ACTIONS = {
    "new": ("new", "Write campaigns/NAME.toml, to be reviewed and committed."),
    "plan": ("plan", "Show the batches: what each one changes, and whom it concerns."),
    "run": ("run", "Verify batches in work trees; make branches of what stays green."),
    "merge": ("merge", "Put together what the shards of a run left."),
    "publish": ("publish", "Push branches and open requests for review, within the limits."),
    "sync": ("sync", "Learn what was merged, compute stale ones anew, and publish."),
    "status": ("status", "List the batches and how each one stands."),
    "retry": ("retry", "Have batches that failed be tried again."),
    "report": ("report", "Report what was done, dropped and left, with the end of logs."),
    "close": ("close", "End a campaign: forget it, and its merged branches here."),
}
"""Each action's module, and its line in `fixaudit campaign --help`."""
