"""Where finished reports go."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from reporting.config import Settings
from reporting.errors import DeliveryError
from reporting.retry import with_retries

logger = logging.getLogger(__name__)


def deliver(settings: Settings, report: Path, target: Path) -> Path:
    """Copy a report to its target, trying again where the share is slow to wake up."""

    def copy() -> Path:
        try:
            return Path(shutil.copy2(report, target))
        except OSError as error:
            raise DeliveryError(f"cannot copy {report} to {target}") from error

    delivered = with_retries(copy, settings.retries)
    logger.info("delivered %s", delivered)
    return delivered
