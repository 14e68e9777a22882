"""Titles of the pages that notes link to."""

from __future__ import annotations

import asyncio
import logging
import re

import requests

logger = logging.getLogger(__name__)

LINK = re.compile(r"https?://[^\s)>\"]+")
TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
AT_ONCE = asyncio.Semaphore(3)

titles: dict[str, str] = {}


def fetch_title(url: str) -> str | None:
    """The title of a page, None where it has none or does not answer."""
    try:
        page = requests.get(url, timeout=5, headers={"User-Agent": "notes/2.3"})
    except requests.RequestException as e:
        logger.warning("No title of %s: %s", url, e)
        return None
    found = TITLE.search(page.text)
    return found.group(1).strip() if found else None


async def _look_at_one(url: str) -> None:
    async with AT_ONCE:
        title = await asyncio.to_thread(fetch_title, url)
    if title is not None:
        titles[url] = title


async def look_at(body: str) -> int:
    """Fetch the titles of all links in a note, three at a time; how many links there are."""
    urls = list(dict.fromkeys(LINK.findall(body)))
    await asyncio.gather(*[_look_at_one(url) for url in urls])
    return len(urls)
