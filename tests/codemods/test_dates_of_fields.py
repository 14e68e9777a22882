"""Fields that hold a date, followed over a project by their names."""

from __future__ import annotations

from pathlib import Path

import fixaudit

DELIVERIES = """\
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from math import floor


@dataclass
class Delivery:
    timestamp: datetime

    def is_late(self) -> bool:
        return datetime.utcnow() - self.timestamp > timedelta(minutes=5)


def delivery() -> Delivery:
    return Delivery(datetime.utcnow())


def seconds(moment: datetime) -> str:
    return str(floor(moment.replace(tzinfo=timezone.utc).timestamp()))
"""


def test_a_method_of_dates_with_the_name_of_the_field_is_no_use_of_it(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "deliveries"\n')
    (tmp_path / "deliveries.py").write_text(DELIVERIES)
    report = fixaudit.run([tmp_path], select=["utcnow-to-aware"], isolated=True)
    found = [(site.line, site.finding.verdict.value) for _, site in report.sites()]
    assert found == [(11, "unsafe"), (15, "unsafe")]
