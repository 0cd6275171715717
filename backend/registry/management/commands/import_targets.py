"""`manage.py import_targets`: import a list of schools or institutions."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.accounts.models import County
from backend.core.actor import system
from backend.core.errors import Problem
from backend.registry.rules.sheets import SHEETS
from backend.registry.services.imports import Report, import_targets


class Command(BaseCommand):
    help = "从 CSV 文件（UTF-8 或 GBK）导入学校或培训机构名单；有一行错误则全部不导入。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV 文件")
        parser.add_argument("--kind", choices=sorted(SHEETS), required=True, help="名单种类")
        parser.add_argument("--county", default="", help="县的代码；只有一个县时可省略")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = import_targets(
                actor=system(_county(options["county"]).pk),
                sheet=SHEETS[options["kind"]],
                data=options["file"].read_bytes(),
                dry_run=options["dry_run"],
            )
        except OSError as fault:
            raise CommandError(f"无法读取文件“{options['file']}”。") from fault
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        self._tell(report, dry_run=options["dry_run"])

    def _tell(self, report: Report, *, dry_run: bool) -> None:
        for fault in report.errors:
            self.stderr.write(f"第 {fault.row} 行 {fault.column}：{fault.reason}")
        if report.errors:
            raise CommandError(f"共 {report.rows} 行，有 {len(report.errors)} 处错误，未导入任何内容。")
        done, will = ("检查通过", "将") if dry_run else ("已导入", "")
        self.stdout.write(
            f"{done}：共 {report.rows} 行，{will}新增 {report.created}，{will}更新 {report.updated}，"
            f"未变 {report.unchanged}。"
        )


def _county(code: str) -> County:
    found = list(County.objects.filter(code=code) if code else County.objects.all()[:2])
    if len(found) != 1:
        raise CommandError(f"没有代码为“{code}”的县。" if code else "请用 --county 指明县的代码。")
    return found[0]
