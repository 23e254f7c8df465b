"""Orders as the service wrote them."""

from __future__ import annotations

import logging
from datetime import date
from decimal import Decimal

from reporting.config import Settings
from reporting.database import connection
from reporting.errors import SourceError
from reporting.records import OrderRecord

logger = logging.getLogger(__name__)

QUERY = "SELECT id, customer_id, placed, total FROM orders WHERE placed = ?"


def read_orders(settings: Settings, day: date) -> list[OrderRecord]:
    """Return the orders of a day."""
    with connection(settings) as db:
        rows = db.fetch_all(QUERY, day.isoformat())
    try:
        records = [
            OrderRecord(row["id"], row["customer_id"], date.fromisoformat(row["placed"]), Decimal(row["total"]))
            for row in rows
        ]
    except (KeyError, ValueError, ArithmeticError) as error:
        raise SourceError("orders of {day} are malformed".format(day=day)) from error
    logger.info("read %d orders of %s", len(records), day)
    return records
