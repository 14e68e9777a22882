"""Parts of a campaign that are run apart, without any engine: each leaves a file, and they are merged.

For the matrix of a CI system, an indexed job of Kubernetes, an array of SLURM.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fixaudit.campaigns.batch import Batch, CampaignPlan
from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.store import KeptResult, dumped, loaded
from fixaudit.files.atomic_write import write_atomically


@dataclass(frozen=True, slots=True)
class ShardResults:
    """What one of `count` shards came to; `index` is 1-based.

    `base`, `config` and `plan` (a digest) must be equal in all of them; `batches` are the names of all
    batches of the plan that were to be run, so that a lost one is told.
    """

    campaign: str
    base: str
    config: str
    plan: str
    index: int
    count: int
    batches: tuple[str, ...]
    results: tuple[KeptResult, ...]

    @property
    def file_name(self) -> str:
        return f"{self.campaign}-shard-{self.index}-of-{self.count}.json"


def part_of(batches: Sequence[Batch], shard: tuple[int, int]) -> list[Batch]:
    """Every n-th batch, by the order of the plan: (i, n), 1-based."""
    index, count = shard
    return [batch for number, batch in enumerate(batches) if number % count == index - 1]


def write_shard(folder: Path, found: ShardResults) -> Path:
    """Write a shard's file into a folder, which is made where it is missing. Raises CampaignError."""
    path = folder / found.file_name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, dumped(found))
    except OSError as error:
        raise CampaignError(f"cannot write {path}: {error.strerror or error}") from error
    return path


def read_shards(paths: Iterable[Path]) -> list[ShardResults]:
    """The shards of some files, and of all shard files in folders. Raises CampaignError."""
    files: list[Path] = []
    for path in paths:
        files += sorted(path.glob("*-shard-*-of-*.json")) if path.is_dir() else [path]
    return [_read(path) for path in dict.fromkeys(files)]


def _read(path: Path) -> ShardResults:
    try:
        return loaded(path.read_bytes(), ShardResults)
    except OSError as error:
        raise CampaignError(f"{path}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        told = f"{path}: is no file of a shard: {error}; `fixaudit campaign run --shard` makes one"
        raise CampaignError(told) from error


def merged(shards: Sequence[ShardResults], campaign: str) -> tuple[KeptResult, ...]:
    """The results of all batches, in the order of their names.

    Raises CampaignError: a shard is missing or there twice, is of another campaign, plan, commit or
    configuration, or lacks the result of one of its batches.
    """
    if not shards:
        raise CampaignError(f"campaign merge {campaign}: no file of a shard was given")
    first = shards[0]
    for shard in shards:
        _check_alike(shard, first, campaign)
    _check_complete([shard.index for shard in shards], first.count, campaign)
    found = {kept.report.batch: kept for shard in shards for kept in shard.results}
    lost = [name for name in first.batches if name not in found]
    if lost:
        where = first.batches.index(lost[0]) % first.count + 1
        raise CampaignError(
            f"campaign merge {campaign}: shard {where} of {first.count} has no result of {lost[0]}"
            f"{f' and {len(lost) - 1} more' if len(lost) > 1 else ''}; run it again"
        )
    return tuple(found[name] for name in sorted(found))


def _check_alike(shard: ShardResults, first: ShardResults, campaign: str) -> None:
    who = f"shard {shard.index} of {shard.count}"
    if shard.campaign != campaign:
        raise CampaignError(f"campaign merge {campaign}: {who} is of the campaign {shard.campaign}")
    for what, own, other in (
        ("number of shards", shard.count, first.count),
        ("commit", shard.base[:12], first.base[:12]),
        ("configuration", shard.config[:12], first.config[:12]),
        ("plan", shard.plan[:12], first.plan[:12]),
    ):
        if own != other:
            raise CampaignError(
                f"campaign merge {campaign}: {who} has another {what} than shard {first.index}"
                f" ({own}, not {other}); run all shards at one commit, with --at"
            )


def _check_complete(indexes: Sequence[int], count: int, campaign: str) -> None:
    for index in range(1, count + 1):
        times = indexes.count(index)
        if times != 1:
            what = "is missing" if times == 0 else f"was given {times} times"
            raise CampaignError(f"campaign merge {campaign}: shard {index} of {count} {what}")


def plan_digest(plan: CampaignPlan) -> str:
    """32 hexadecimal digits of what a plan's batches change, and of their names."""
    from hashlib import blake2b

    state = blake2b(digest_size=16)
    for batch in plan.batches:
        state.update(f"{batch.name}\0{batch.digest}\0".encode())
    return state.hexdigest()
