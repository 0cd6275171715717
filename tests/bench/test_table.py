"""The page of measurements says what was not reached as plainly as what was."""

import re

from bench.table import Line, page

LINES = [
    Line("first download", "1.20 × bare SQL", "≤ 1.5 ×", reached=True),
    Line("pulls of others meanwhile", "p95 900 ms", "p95 < 300 ms", reached=False),
]


ROW = re.compile(r"\| (?!what |---)(.*) \| (\d{4}-\d\d-\d\d \d\d:\d\d) \|")


def test_every_line_tells_figure_bound_and_whether_it_was_reached() -> None:
    told = page(LINES, (0.5, 2.5))
    assert "| what | figure | must reach | reached | measured |" in told
    assert [row[1] for row in ROW.finditer(told)] == [
        "first download | 1.20 × bare SQL | ≤ 1.5 × | yes",
        "pulls of others meanwhile | p95 900 ms | p95 < 300 ms | **no**",
    ]


def test_what_was_not_measured_again_stays_in_its_place_with_its_time() -> None:
    before = page(LINES, (0.5, 2.5)).replace("| 20", "| 19")
    better = Line("pulls of others meanwhile", "p95 30 ms", "p95 < 300 ms", reached=True)
    newer = Line("memory", "130 MB", "flat", reached=True)
    rows = [row.groups() for row in ROW.finditer(page([newer, better], (0.5, 2.5), before))]
    assert [told for told, _ in rows] == [
        "first download | 1.20 × bare SQL | ≤ 1.5 × | yes",
        "pulls of others meanwhile | p95 30 ms | p95 < 300 ms | yes",
        "memory | 130 MB | flat | yes",
    ]
    assert [time[:2] for _, time in rows] == ["19", "20", "20"]


def test_the_machine_and_its_load_are_told() -> None:
    told = page(LINES, (0.5, 2.5)).splitlines()[2]
    assert re.search(r"\d+ cores, \d+ GB; .*Python 3\.\d+\.\d+; SQLite 3\.", told)
    assert "load average 0.5 before, 2.5 after" in told
