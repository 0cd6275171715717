"""Ratios of `make bench`: ours beside the cheapest thing that could do the same, in turn, in one run on one machine.

Never a timed test. The table goes to the terminal and to out/bench/ratios.md.
"""

import os
import platform
import sys
import tempfile
from pathlib import Path

import django

OUT = Path("out/bench")


def main() -> int:
    """Measure in a database of its own, print the table, keep it."""
    with tempfile.TemporaryDirectory(prefix="dudao-bench-") as folder:
        os.environ |= {"DUDAO_DATA": folder, "DUDAO_HOSTS": "testserver"}
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
        os.environ.setdefault("DUDAO_DATABASE", f"sqlite:///{folder}/bench.sqlite3")
        table = measured()
    sys.stdout.write(f"{table}\n")
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "ratios.md").write_text(table, encoding="utf-8")
    return 0


def measured() -> str:
    django.setup()
    from django.core.management import call_command

    from bench import pulling

    call_command("migrate", verbosity=0)
    return render(list(pulling.measure()))


def render(rows: list[tuple[str, str, str]]) -> str:
    head = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n\n"
    lines = ["| what | figure | must reach |", "|---|---|---|"]
    lines += [f"| {what} | {figure} | {wanted} |" for what, figure, wanted in rows]
    return head + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
