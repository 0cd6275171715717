"""`make bench`: answer times of every kind of request while a day is played over good lines.

Everybody acts as fast as the server answers, so the times are those of a server at its limit, on this machine; the
load of the machine is written beside them.
"""

import datetime as dt
import json
import os
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.clocks import CHINA
from bench.day import play_in, read
from bench.figures import Figure, figures
from bench.play import Day
from bench.show import Board

HEAD = ("请求", "次数", "中位 ms", "95% ms", "最慢 ms")
MOST = 20
OUT = Path("out/bench")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write; 0 when the day was a good one."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    options, board = read(["--clear", "--out", str(OUT), *given], prog="make bench"), Board()
    began = time.monotonic()
    day = play_in(options, board)
    if day is None:
        return 1
    found = figures(timing for line in day.lines for timing in line.timings)
    board.table("各类请求的应答时间（最多的在前）", HEAD, [figure.row() for figure in found[:MOST]])
    written = write(options.out, _report(day, found, time.monotonic() - began, options.database))
    board.say(f"数据：{written}", "bold")
    board.faults(day.faults)
    return 1 if day.faults else 0


def write(folder: Path, report: dict[str, Any]) -> Path:
    """Each run a file of its own."""
    file = folder / f"{dt.datetime.now(CHINA):%Y%m%d-%H%M%S}.json"
    file.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    return file


def _report(day: Day, found: Sequence[Figure], seconds: float, database: str | None) -> dict[str, Any]:
    played = {"teams": len(day.crews), "visits": len(day.visits), "seed": day.plan.seed, "seconds": round(seconds, 1)}
    return {
        "machine": {"cores": os.cpu_count(), "load": os.getloadavg(), "python": platform.python_version()},
        "database": (database or "sqlite").partition(":")[0],
        "day": played,
        "parts": [{"part": title, "seconds": round(spent, 1)} for title, spent in day.board.timings],
        "live_seconds": [round(each, 3) for each in sorted(day.latencies)],
        "requests": [figure.as_json() for figure in found],
    }


if __name__ == "__main__":
    sys.exit(main())
