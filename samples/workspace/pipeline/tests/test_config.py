import pytest

from reporting.config import load_settings
from reporting.errors import ReportError


def test_load_settings_reads_the_environment():
    settings = load_settings({"HARBOUR_DATABASE": "harbour.db", "HARBOUR_RETRIES": "5"})
    assert settings.retries == 5


def test_load_settings_names_what_is_missing():
    with pytest.raises(ReportError, match="HARBOUR_DATABASE"):
        load_settings({})


def test_load_settings_refuses_words_for_numbers():
    with pytest.raises(ReportError, match="not a number"):
        load_settings({"HARBOUR_DATABASE": "harbour.db", "HARBOUR_RETRIES": "many"})
