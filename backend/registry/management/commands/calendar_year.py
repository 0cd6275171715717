"""`manage.py calendar_year`: look at the working calendar, add a year to it."""

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.core.errors import Invalid
from backend.registry.selectors.calendar import calendar
from backend.registry.services.calendar import add_year


class Command(BaseCommand):
    help = "查看各年节假日安排；按国务院办公厅当年通知录入新的一年（JSON 文件，格式同 backend/registry/calendars）。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("action", choices=["show", "add"], help="show 查看，add 录入或更正")
        parser.add_argument("file", type=Path, nargs="?", help="add 时的 JSON 文件")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "add":
            self._add(options["file"])
        for _, table in sorted(calendar().years.items()):
            self.stdout.write(f"{table.year}：放假{len(table.off)}天，调休上班{len(table.worked)}天。{table.source}")

    def _add(self, path: Path | None) -> None:
        if path is None:
            raise CommandError("请写明 JSON 文件。")
        try:
            add_year(data=json.loads(path.read_text("utf-8")))
        except (OSError, ValueError) as fault:
            raise CommandError(f"无法读取文件“{path}”。") from fault
        except Invalid as fault:
            raise CommandError(fault.detail) from fault
