"""Calls of language models."""

from __future__ import annotations

import logging
import re

from litellm import acompletion

logger = logging.getLogger(__name__)

DRAFT_PROMPT = "Translate into {language}. Keep the layout. Answer with the translation only."
SCORE_PROMPT = "Rate this translation into {language} from 0 to 10. Answer with the number only."

MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


def scrub(text: str) -> str:
    """The text without mail addresses, which no provider needs."""
    return MAIL.sub("[mail]", text)


async def complete(model: str, instructions: str, text: str) -> str:
    """The answer of a model to one text."""
    response = await acompletion(
        model=model,
        messages=[
            {"role": "system", "content": instructions},
            {"role": "user", "content": scrub(text)},
        ],
        temperature=0.2,
    )
    answer: str = response.choices[0].message.content
    logger.debug("%s answered %d characters", model, len(answer))
    return answer.strip()


async def write_draft(model: str, text: str, language: str) -> str:
    """One model's translation."""
    return await complete(model, DRAFT_PROMPT.format(language=language), text)


async def score_draft(model: str, text: str, language: str) -> float:
    """One model's opinion, from 0 to 10."""
    answer = await complete(model, SCORE_PROMPT.format(language=language), text)
    return max(0.0, min(10.0, float(answer)))
