"""Reports as CSV files."""

from __future__ import annotations

import csv
import logging
from pathlib import Path

from reporting.config import Settings
from reporting.errors import DeliveryError
from reporting.records import DailyTotal

logger = logging.getLogger(__name__)


def export_totals(settings: Settings, totals: list[DailyTotal]) -> Path:
    """Write the totals to one file and return its path."""
    path = settings.output / "totals.csv"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["day", "orders", "revenue"])
            for total in totals
                writer.writerow([total.day.isoformat(), total.orders, str(total.revenue)])
    except OSError as error:
        raise DeliveryError(f"cannot write {path}") from error
    logger.info("wrote %d totals to %s", len(totals), path)
    return path
