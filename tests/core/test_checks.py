"""Set-ups that lose work are refused at the start."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from backend.core.checks import refuse_unsafe_setup, several_workers

POSTGRESQL = {"default": {"ENGINE": "django.db.backends.postgresql"}}
SQLITE = {"default": {"ENGINE": "django.db.backends.sqlite3"}}


def faults(settings: Any, workers: int, databases: Any, redis: str) -> list[str | None]:
    settings.WORKERS, settings.DATABASES, settings.REDIS_URL = workers, databases, redis
    return [fault.id for fault in several_workers()]


@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")
def test_several_workers_need_a_database_server_and_redis(settings: Any) -> None:
    assert faults(settings, 1, SQLITE, "") == []
    assert faults(settings, 2, SQLITE, "redis://127.0.0.1") == ["core.E001"]
    assert faults(settings, 2, POSTGRESQL, "") == ["core.E002"]
    with pytest.raises(ImproperlyConfigured):
        refuse_unsafe_setup()
    assert faults(settings, 2, POSTGRESQL, "redis://127.0.0.1") == []
    refuse_unsafe_setup()
