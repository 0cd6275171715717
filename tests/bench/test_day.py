"""The played day is the acceptance test of the whole; here with two teams."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from bench.day import main
from bench.show import Board
from tests.engines.county import AUTUMN, county


@pytest.mark.once
def test_a_day_of_two_teams_ends_with_everything_where_it_belongs(tmp_path: Path) -> None:
    county("sqlite", AUTUMN).copy_to(tmp_path / "data")
    printed = io.StringIO()
    arguments = ["--teams", "2", "--seed", "7", "--out", str(tmp_path / "out"), "--data", str(tmp_path / "data")]
    code = main(arguments, Board(Console(file=printed, width=200)))
    assert code == 0, printed.getvalue()
    [paper] = (tmp_path / "out").glob("*.pdf")
    assert paper.read_bytes()[:5] == b"%PDF-"
    assert "到访                  4 次" in printed.getvalue()
