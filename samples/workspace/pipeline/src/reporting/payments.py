"""Settled payments."""

from __future__ import annotations

import logging
from datetime import date
from decimal import Decimal

from reporting.config import Settings
from reporting.database import connection
from reporting.errors import SourceError
from reporting.records import PaymentRecord

logger = logging.getLogger(__name__)

QUERY = "SELECT id, order_id, amount FROM payments WHERE settled = ?"


def read_payments(settings: Settings, day: date) -> list[PaymentRecord]:
    """Return the payments of a day."""
    with connection(settings) as db:
        rows = db.fetch_all(QUERY, day.isoformat())
    try:
        records = [
            PaymentRecord(row["id"], row["order_id"], Decimal(row["amount"]))
            for row in rows
        ]
    except (KeyError, ValueError, ArithmeticError) as error:
        raise SourceError("payments of {day} are malformed".format(day=day)) from error
    logger.info("read %d payments of %s", len(records), day)
    return records
