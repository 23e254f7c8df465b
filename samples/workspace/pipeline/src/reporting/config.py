"""Settings of the pipeline, read once from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from reporting.errors import ReportError


@dataclass(frozen=True)
class Settings:
    database: Path
    output: Path
    retries: int = 3
    timeout: float = 10.0


def load_settings(environment: dict[str, str] | None = None) -> Settings:
    """Return the settings, or raise ReportError naming the variable that is wrong."""
    values = dict(os.environ if environment is None else environment)
    try:
        return Settings(
            database=Path(values["HARBOUR_DATABASE"]),
            output=Path(values.get("HARBOUR_OUTPUT", "reports")),
            retries=int(values.get("HARBOUR_RETRIES", "3")),
        )
    except KeyError as error:
        raise ReportError(f"{error.args[0]} is not set") from error
    except ValueError as error:
        raise ReportError("HARBOUR_RETRIES is not a number") from error
