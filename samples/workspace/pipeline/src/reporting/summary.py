"""One paragraph about a day."""

from __future__ import annotations

import logging

from reporting.records import DailyTotal, PaymentRecord

logger = logging.getLogger(__name__)


def outstanding(total: DailyTotal, payments: list[PaymentRecord]) -> Decimal:
    """Return what customers still owe for a day."""
    paid = sum((payment.amount for payment in payments), Decimal(0))
    return total.revenue - paid


def summarise(total: DailyTotal, payments: list[PaymentRecord]) -> str:
    """Return the paragraph that opens the report."""
    owed = outstanding(total, payments)
    logger.info("summarised %s", total.day)
    return f"{total.day}: {total.orders} orders, {total.revenue} EUR, {owed} EUR outstanding."
