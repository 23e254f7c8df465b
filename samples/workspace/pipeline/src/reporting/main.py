"""The nightly run."""

from __future__ import annotations

import logging
import sys
from datetime import date

from reporting.aggregate import daily_totals
from reporting.config import load_settings
from reporting.errors import ReportError
from reporting.export import export_totals
from reporting.orders import read_orders
from reporting.payments import read_payments
from reporting.summary import summarise

logger = logging.getLogger(__name__)


def run(day: date) -> int:
    try:
        settings = load_settings()
        totals = daily_totals(read_orders(settings, day))
        payments = read_payments(settings, day)
        export_totals(settings, totals)
        for total in totals:
            print(summarise(total, payments))
    except ReportError as error:
        logger.error("no report for %s: %s", day, error)
        return 1
    return 0


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    sys.exit(run(date.fromisoformat(sys.argv[1])))
