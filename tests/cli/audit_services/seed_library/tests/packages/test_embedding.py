"""Vectors of varieties, over a model that counts letters."""

from __future__ import annotations

from seed_api.backends import LetterModel
from seed_embedding.embedder import ImageEncoder, VarietyEmbedder
from seed_embedding.text_encoder import TextEncoder


def test_a_variety_has_a_text_vector() -> None:
    embedder = VarietyEmbedder(TextEncoder(LetterModel()), ImageEncoder())
    vectors = embedder.embed({"name": "Abba", "habit": "climbing"})
    assert list(vectors) == ["text"]
    assert vectors["text"][0] == 2.0


def test_nothing_is_encoded_for_no_texts() -> None:
    assert TextEncoder(LetterModel()).encode([]) == []
