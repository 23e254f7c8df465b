import pytest

from reporting.errors import ReportError
from reporting.retry import with_retries


def test_with_retries_returns_the_first_success():
    attempts = []

    def work() -> str:
        attempts.append(1)
        if len(attempts) < 3:
            raise ReportError("not yet")
        return "done"

    assert with_retries(work, retries=3, pause=0) == "done"


def test_with_retries_gives_up():
    def work() -> str:
        raise ReportError("never")

    with pytest.raises(ReportError, match="never"):
        with_retries(work, retries=2, pause=0)
