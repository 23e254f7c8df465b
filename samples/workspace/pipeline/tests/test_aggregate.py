from datetime import date
from decimal import Decimal

from reporting.aggregate import daily_totals
from reporting.records import OrderRecord


def order(day: int, total: str) -> OrderRecord:
    return OrderRecord(f"o{day}{total}", "c1", date(2026, 3, day), Decimal(total))


def test_daily_totals_groups_by_day():
    totals = daily_totals([order(2, "10.00"), order(1, "5.50"), order(2, "1.25")])
    assert [(total.day.day, total.orders, total.revenue) for total in totals] == [
        (1, 1, Decimal("5.50")),
        (2, 2, Decimal("11.25")),
    ]


def test_daily_totals_of_nothing_is_nothing():
    assert daily_totals([]) == []
