"""Exchange rates of the day, from the partner's service."""

from __future__ import annotations

import logging
from typing import Any

import requests

from invoices.models import RatesUnavailable
from invoices.settings import Settings

logger = logging.getLogger(__name__)


class Rates:
    """Rates against the house's currency; asked for once a process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._known: dict[str, float] = {}

    def convert(self, amount: float, currency: str) -> float:
        """`amount` of `currency` in the house's currency, rounded to cents."""
        if currency == self.settings.currency:
            return round(amount, 2)
        if not self._known:
            self._known = self._fetch()
        try:
            return round(amount / self._known[currency], 2)
        except KeyError:
            raise RatesUnavailable(f"No rate for {currency}") from None

    def _fetch(self) -> dict[str, float]:
        try:
            response = requests.get(
                self.settings.rates_url, params={"base": self.settings.currency}
            )
            response.raise_for_status()
            body: dict[str, Any] = response.json()
        except requests.RequestException as e:
            raise RatesUnavailable(f"Rates not reachable: {e}")
        rates = {code: float(rate) for code, rate in body["rates"].items()}
        print(f"Fetched {len(rates)} exchange rates")
        return rates

    def warm_up(self) -> bool:
        """Ask for the rates at the start; a worker without them still serves the house's currency."""
        try:
            self._known = self._fetch()
        except Exception as e:
            logger.error(f"Rates could not be loaded: {e}")
            return False
        return True
