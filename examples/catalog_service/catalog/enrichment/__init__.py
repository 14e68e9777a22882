"""Descriptions and tags written by a language model."""

from .client import CompletionClient, ProviderError, RateLimited
from .describe import Describer
from .tags import Tagger

__all__ = ["CompletionClient", "Describer", "ProviderError", "RateLimited", "Tagger"]
