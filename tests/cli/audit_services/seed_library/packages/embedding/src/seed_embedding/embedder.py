"""A variety gets the vectors that it is found by."""

from __future__ import annotations

import logging
from typing import Any

from seed_embedding.text_encoder import TextEncoder
from seed_embedding.traits import TraitMapper
from seed_shared.settings import Settings, get_settings

logger = logging.getLogger(__name__)


class ImageEncoder:
    """Encodes pictures; without a model there are no picture vectors."""

    def __init__(self, model: Any = None) -> None:
        self.model = model

    def encode(self, pictures: list[str]) -> list[list[float] | None]:
        return [None for _ in pictures]


class VarietyEmbedder:
    """Makes the text and picture vectors of varieties."""

    def __init__(
        self,
        text_encoder: TextEncoder,
        image_encoder: ImageEncoder,
        # the trait mapper is made here since 0.8
        settings: Settings | None = None,
    ) -> None:
        self.text_encoder = text_encoder
        self.image_encoder = image_encoder
        self.traits = TraitMapper()
        self.settings = settings or get_settings()

    def embed(self, variety: dict[str, Any]) -> dict[str, list[float]]:
        """The vectors of one variety by their names; what cannot be encoded is left out."""
        vectors = {
            "text": self.text_encoder.encode([self.traits.text_of(variety)])[0],
            "picture": self.image_encoder.encode([variety.get("picture", "")])[0],
        }
        return {name: vector for name, vector in vectors.items() if vector is not None}
