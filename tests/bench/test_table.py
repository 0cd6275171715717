"""The page of measurements says what was not reached as plainly as what was."""

import re

from bench.table import Line, page

LINES = [
    Line("first download", "1.20 × bare SQL", "≤ 1.5 ×", reached=True),
    Line("pulls of others meanwhile", "p95 900 ms", "p95 < 300 ms", reached=False),
]


def test_every_line_tells_figure_bound_and_whether_it_was_reached() -> None:
    rows = [line for line in page(LINES, (0.5, 2.5)).splitlines() if line.startswith("| ")]
    assert rows == [
        "| what | figure | must reach | reached |",
        "| first download | 1.20 × bare SQL | ≤ 1.5 × | yes |",
        "| pulls of others meanwhile | p95 900 ms | p95 < 300 ms | **no** |",
    ]


def test_the_machine_and_its_load_are_told() -> None:
    told = page(LINES, (0.5, 2.5)).splitlines()[2]
    assert re.search(r"\d+ cores, \d+ GB; .*Python 3\.\d+\.\d+; SQLite 3\.", told)
    assert "load average 0.5 before, 2.5 after" in told
