"""Totals that an earlier run left behind."""

from __future__ import annotations

import logging
from datetime import date
from decimal import Decimal

from reporting.config import Settings
from reporting.database import connection
from reporting.errors import SourceError
from reporting.records import DailyTotal

logger = logging.getLogger(__name__)

QUERY = "SELECT day, orders, revenue FROM totals WHERE day >= ?"


def read_totals(settings: Settings, day: date) -> list[DailyTotal]:
    """Return the totals of a day."""
    with connection(settings) as db:
        rows = db.fetch_all(QUERY, day.isoformat())
    try:
        records = [
            DailyTotal(date.fromisoformat(row["day"]), row["orders"], Decimal(row["revenue"]))
            for row in rows
        ]
    except (KeyError, ValueError, ArithmeticError) as error:
        raise SourceError("totals of {day} are malformed".format(day=day)) from error
    logger.info("read %d totals of %s", len(records), day)
    return records
