"""The played day is the acceptance test of the whole; here with two teams."""

import io
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from rich.console import Console

from bench.day import main
from bench.show import Board


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """A database of the engine under test: None for SQLite in the server's own folder."""
    if request.config.getoption("--engine") == "sqlite":
        yield None
        return
    cluster = os.environ["DUDAO_TEST_DATABASE"]
    name = f"day_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(urlsplit(cluster)._replace(path=f"/{name}"))
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_a_day_of_two_teams_ends_with_everything_where_it_belongs(tmp_path: Path, database: str | None):
    printed = io.StringIO()
    arguments = ["--teams", "2", "--seed", "7", "--out", str(tmp_path / "out"), "--data", str(tmp_path / "data")]
    arguments += ["--database", database] if database else []
    code = main(arguments, Board(Console(file=printed, width=200)))
    assert code == 0, printed.getvalue()
    [paper] = (tmp_path / "out").glob("*.pdf")
    assert paper.read_bytes()[:5] == b"%PDF-"
    assert "到访                  4 次" in printed.getvalue()
