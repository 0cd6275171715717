"""`manage.py demo_county`: make the demonstration county."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.core.errors import Problem
from backend.registry.services import demo


class Command(BaseCommand):
    help = "载入演示县（云川县）：学校、机构、督查组和人员。可重复执行，仅限演示模式（DUDAO_DEMO=1）。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--second", action="store_true", help="另载入只有两所学校的第二个县，用于查看数据隔离")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            demo.load()
            if options["second"]:
                demo.load_neighbour()
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        for label, username, password in demo.demo_signins():
            self.stdout.write(f"{label}：{username}  {password}")
