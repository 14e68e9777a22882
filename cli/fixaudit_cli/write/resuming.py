"""Finish what a kill, an interrupt or a full disk left half done."""

from __future__ import annotations

from fixaudit_cli.write.ledger import Ledger
from fixaudit_cli.write.undoing import retarget
from fixaudit_cli.write.write_run import Observer, RunReport, carry_out


def resume(
    ledger: Ledger, run: int | None = None, *, on_file: Observer | None = None
) -> RunReport | None:
    """Finish a killed or incomplete run (the newest one), be it an apply or an undo.

    A run killed while subsets of its edits were tried is applied whole, without validation. None where nothing is pending. Raises LedgerError where `run` does not exist.
    """
    if run is None:
        run = ledger.latest("pending")
    if run is None or ledger.run_state(run) != "pending":
        return None
    if ledger.validating(run):
        ledger.set_validating(run, False)
        return retarget(ledger, run, lambda claim: True, on_file=on_file)
    return carry_out(ledger, run, on_file)
