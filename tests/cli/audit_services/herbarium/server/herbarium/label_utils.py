"""Which sheets a question is about: the model reads their labels in batches."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from herbarium.llm import Model, complete_with_backoff

logger = logging.getLogger(__name__)

BATCH_SIZE = 20


@dataclass(frozen=True)
class Sheet:
    id: str
    label: str
    collector: str = ""


def _prompt(question: str, sheets: Sequence[Sheet]) -> str:
    rows = "\n".join(f"{sheet.id}\t{sheet.collector}\t{sheet.label}" for sheet in sheets)
    return f"Which of these sheets answer the question? Give a JSON list of ids.\n{question}\n{rows}"


def _ids(answer: str, sheets: Sequence[Sheet]) -> list[str]:
    """The ids that the model named and that it was shown."""
    known = {sheet.id for sheet in sheets}
    try:
        named: Any = json.loads(answer)
    except ValueError:
        logger.warning("The model answered no JSON: %.60s", answer)
        return []
    return [name for name in named if name in known] if isinstance(named, list) else []


async def _select_batch(
    model: Model, question: str, sheets: Sequence[Sheet], number: int
) -> dict[str, Any]:
    answer = await complete_with_backoff(model, _prompt(question, sheets))
    return {"batch": number, "ids": _ids(answer, sheets)}


async def auto_select_sheets(
    model: Model, question: str, sheets: Sequence[Sheet], batch_size: int = BATCH_SIZE
) -> list[str]:
    """The ids of the sheets that a question is about, in the order of the sheets.

    A batch that fails is left out; the others count.
    """
    tasks = []
    for number, start in enumerate(range(0, len(sheets), batch_size), 1):
        batch = sheets[start : start + batch_size]
        tasks.append(_select_batch(model, question, batch, number))

    # All batches at the same time
    batch_results = await asyncio.gather(*tasks, return_exceptions=True)

    selected: list[str] = []
    for number, result in enumerate(batch_results, 1):
        if isinstance(result, BaseException):
            logger.error("Batch %s failed: %s", number, result)
            continue
        selected.extend(result["ids"])
    logger.info("Selected %s of %s sheets in %s batches", len(selected), len(sheets), len(tasks))
    return selected
