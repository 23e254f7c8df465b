"""Trying again, with growing pauses."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from reporting.errors import ReportError

logger = logging.getLogger(__name__)

T = TypeVar("T")


def with_retries(work: Callable[[], T], retries: int, pause: float = 0.5) -> T:
    """Call work until it succeeds, at most retries times; raise its last ReportError."""
    for attempt in range(1, retries + 1):
        try:
            return work()
        except ReportError as error:
            if attempt == retries:
                raise
            logger.warning("attempt %d of %d failed: %s", attempt, retries, error)
            time.sleep(pause * 2 ** (attempt - 1))
    raise ReportError("retries must be positive")
