"""The verbs: one module of `fixaudit_cli.commands` each, imported when the verb is called."""

from __future__ import annotations

ABOUT = "Turns audit findings into reviewed, reversible edits of Python code."

VERBS = {
    "apply": ("apply", "Apply the fixes to files, or show them with --dry-run."),
    "check": ("check", "List the findings; exit 1 when there is something to act on."),
    "baseline": ("baseline", "Accept the findings of now, and tell new ones apart from them."),
    "burndown": ("burndown", "Show how the findings of the baseline became fewer."),
    "plan": ("plan", "Say what will happen to each finding of audit reports."),
    "campaign": ("campaign", "Migrate a repository in batches: tests, branches, reviewers."),
    "packages": ("packages", "List the packages of a repository: owners, size, dependents."),
    "list": ("listing", "List the codemods: code, name, on or off, sets, summary."),
    "explain": ("explain", "Explain a codemod, or what every codemod says at PATH:LINE."),
    "undo": ("undo", "Restore the files of a run as they were before it."),
    "trust": ("trust", "Trust a repository's own codemods and commands, as they are now."),
    "new": ("new", "Write a new codemod that works, with its fixtures."),
    "test": ("test", "Test codemods against their fixtures; exit 1 when one fails."),
    "resume": ("resume", "Finish a run that was interrupted, be it an apply or an undo."),
    "runs": ("runs", "List the recorded runs, the newest first."),
}
"""Each verb's module, and its line in `fixaudit --help`."""

ACTIONS = {
    "campaign": {
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
    },
}
"""Of verbs that have actions: each one's module in the verb's folder, and its line in its `--help`."""
