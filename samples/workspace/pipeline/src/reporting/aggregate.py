"""Daily totals from orders."""

from __future__ import annotations

import logging
from collections import defaultdict
from datetime import date
from decimal import Decimal

from reporting.records import DailyTotal, OrderRecord

logger = logging.getLogger(__name__)


def daily_totals(orders: list[OrderRecord]) -> list[DailyTotal]:
    """Return one total for each day that has orders, oldest first."""
    by_day: dict[date, list[OrderRecord]] = defaultdict(list)
    for order in orders:
        by_day[order.placed].append(order)
    totals = [
        DailyTotal(day, len(placed), sum((order.total for order in placed), Decimal(0)))
        for day, placed in sorted(by_day.items())
    ]
    logger.info("aggregated %d orders into %d days", len(orders), len(totals))
    return totals
