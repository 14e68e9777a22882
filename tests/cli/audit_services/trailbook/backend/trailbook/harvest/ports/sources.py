from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class ExternalTrail:
    source_id: str
    title: str
    length_km: float


@dataclass(frozen=True)
class ExternalCondition:
    source_id: str
    open: bool


@dataclass(frozen=True)
class ExternalHut:
    number: str
    name: str
    beds: int


class CatalogSource(Protocol):
    def fetch_catalog(self) -> Sequence[ExternalTrail]: ...


class ConditionsSource(Protocol):
    def fetch_conditions(self) -> Sequence[ExternalCondition]: ...


class HutSource(Protocol):
    def fetch_huts(self, trail: ExternalTrail) -> Sequence[ExternalHut]: ...

    def fetch_hut(self, number: str) -> ExternalHut | None: ...
