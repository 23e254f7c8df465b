"""What the reports are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class OrderRecord:
    order_id: str
    customer_id: str
    placed: date
    total: Decimal


@dataclass(frozen=True)
class PaymentRecord:
    payment_id: str
    order_id: str
    amount: Decimal


@dataclass(frozen=True)
class DailyTotal:
    day: date
    orders: int
    revenue: Decimal
