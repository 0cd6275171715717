"""The engines of a test run are the real ones, with the options of the product."""

from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test import Client

from tests.engines import run
from tests.engines.postgres import Cluster, start_cluster


def _value(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_the_database_is_the_one_that_was_asked_for() -> None:
    assert connection.vendor == run.engine


@pytest.mark.django_db
def test_sqlite_is_on_disk_in_wal_and_syncs_every_commit() -> None:
    if run.engine == "sqlite":
        assert Path(str(connection.settings_dict["NAME"])).is_file()
        assert (_value("PRAGMA journal_mode"), _value("PRAGMA synchronous")) == ("wal", 2)
    else:
        assert (_value("SHOW fsync"), _value("SHOW server_encoding")) == ("off", "UTF8")


def test_tests_write_into_the_folder_of_the_run() -> None:
    assert Path(settings.DATA_DIR).name.startswith("data-")
    assert "dudao-tests-" in str(settings.DATA_DIR)


def test_a_cluster_leaves_nothing_behind() -> None:
    cluster: Cluster = start_cluster()
    folder, process = cluster.folder, cluster.process
    assert folder.is_dir()
    cluster.stop()
    assert (folder.exists(), process.poll()) == (False, 0)


def test_redis_answers(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.ping()


def status(path: str) -> int:
    answer = Client().get(path)
    answer.close()
    return answer.status_code


def test_every_client_finds_the_static_files() -> None:
    found, missing = "/static/desk/desk.css", "/static/desk/none.css"
    assert [status(each) for each in (found, found, missing)] == [200, 200, 404]
