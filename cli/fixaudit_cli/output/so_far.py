"""What a run has written up to now, for the line that tells of its early end."""

from __future__ import annotations


class SoFar:
    """`words` are None until a run is about to write."""

    def __init__(self) -> None:
        self.words: str | None = None

    def restart(self) -> None:
        """A command line begins."""
        self.words = None

    def nothing(self) -> None:
        """The run is going to write, and has not begun."""
        self.words = "no file was changed"

    def unfinished(self, run: int) -> None:
        """Files of the recorded run are being written."""
        self.words = (
            f"run {run} is unfinished: `fixaudit resume` finishes it, `fixaudit undo` takes it back"
        )

    def ended(self, run: int) -> None:
        """Every file of the recorded run was written, skipped or restored."""
        self.words = f"run {run} has ended: `fixaudit runs` shows its state"


SO_FAR = SoFar()
