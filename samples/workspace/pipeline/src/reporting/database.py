"""The one way to the database."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from reporting.config import Settings
from reporting.errors import SourceError

logger = logging.getLogger(__name__)


class Connection:
    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def fetch_all(self, query: str, *parameters: Any) -> list[sqlite3.Row]:
        return self._raw.execute(query, parameters).fetchall()

    def fetch_one(self, query: str, *parameters: Any) -> sqlite3.Row | None:
        return self._raw.execute(query, parameters).fetchone()


@contextmanager
def connection(settings: Settings) -> Iterator[Connection]:
    """Open the database for the length of a with block."""
    try:
        raw = sqlite3.connect(settings.database, timeout=settings.timeout)
    except sqlite3.Error as error:
        raise SourceError(f"cannot open {settings.database}") from error
    raw.row_factory = sqlite3.Row
    try:
        yield Connection(raw)
    except sqlite3.Error as error:
        logger.exception("query failed")
        raise SourceError("a query failed") from error
    finally:
        raw.close()
