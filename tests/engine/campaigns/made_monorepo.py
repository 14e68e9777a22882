"""A monorepo of twelve packages with owners, and edits of all kinds in it."""

from __future__ import annotations

from pathlib import Path

FANS_OUT = """\
import asyncio


async def ask(prompt):
    return prompt


async def ask_all(prompts):
    return await asyncio.gather(*[ask(prompt) for prompt in prompts])
"""
LOGS = """\
import logging

logger = logging.getLogger(__name__)


def connect(redis_url):
    logger.info("connecting to %s", redis_url)
"""
READS = """\
import hashlib
from datetime import datetime, timezone


def stamp():
    return datetime.utcnow().replace(tzinfo=timezone.utc)


def read(path):
    with open(path) as file:
        return file.read()


def etag(body):
    return hashlib.md5(body).hexdigest()
"""
OWNERS = """\
* @acme/platform
/packages/pay/ @acme/payments
/packages/bill/ @acme/payments
/packages/ledger/ @acme/payments @acme/data
/packages/etl/ @acme/data
/packages/report/ @acme/data
/packages/legacy/
/packages/search/src/search/index.py ada@example.org
"""
NAMES = (
    *("pay", "bill", "ledger", "etl", "report", "legacy"),
    *("search", "web", "auth", "mail", "jobs", "core"),
)
CAMPAIGN = """\
name = "{name}"
select = {select}
[batch]
{batch}
"""


def files() -> dict[str, str]:
    """Path to text of all files of the repository but those of campaigns."""
    found = {
        "pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*"]\n',
        ".github/CODEOWNERS": OWNERS,
    }
    for number, name in enumerate(NAMES):
        folder = f"packages/{name}"
        needs = '["core"]' if name in ("pay", "web") else "[]"
        found[f"{folder}/pyproject.toml"] = (
            f'[project]\nname = "{name}"\nversion = "1"\ndependencies = {needs}\n'
        )
        found[f"{folder}/src/{name}/__init__.py"] = ""
        found[f"{folder}/src/{name}/index.py"] = READS
        for part in ("asks", "plans", "tells") if number % 3 else ("asks",):
            found[f"{folder}/src/{name}/{part}.py"] = FANS_OUT
        for part in ("links", "pools") if number % 2 else ():
            found[f"{folder}/src/{name}/{part}.py"] = LOGS
    return found


def written(root: Path) -> None:
    for name, text in files().items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def campaign(root: Path, name: str = "all-of-it", select: str = '["all"]', batch: str = "") -> None:
    """Write the file of a campaign."""
    path = root / "campaigns" / f"{name}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(CAMPAIGN.format(name=name, select=select, batch=batch))
