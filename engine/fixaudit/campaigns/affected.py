"""What a monorepo's own tool says is affected by a change: `[verify] affected`."""

from __future__ import annotations

from pathlib import Path

from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.settings import VerifySettings
from fixaudit.checks.timed_command import CommandError, TimedCommand


def affected_lines(settings: VerifySettings, tree: Path, base: str) -> list[str]:
    """The lines that the command prints, run at the top of a checkout; `{base}` stands for the commit.

    Raises CampaignError: it does not exist, fails, or takes too long.
    """
    command = tuple(word.replace("{base}", base) for word in settings.affected)
    try:
        result = TimedCommand(command, tree, settings.timeout, {}).run()
    except CommandError as error:
        raise CampaignError(f"verify.affected: {error}") from error
    if result.red:
        how = "did not end in time" if result.timed_out else f"failed ({result.returncode})"
        last = result.output.strip().splitlines()[-1:] or ["no output"]
        raise CampaignError(f"verify.affected: `{' '.join(command)}` {how}: {last[0]}")
    return [line.strip() for line in result.output.splitlines() if line.strip()]
