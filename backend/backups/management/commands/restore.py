"""`manage.py restore PATH`: bring a backup back and begin a new epoch (docs/operations.md)."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from backend.backups.management import keys
from backend.backups.services.restoring import Restored, restore
from backend.core import clock


class Command(BaseCommand):
    help = "从备份恢复数据库和文件并换代；请先停止服务。"
    requires_system_checks: list[str] = []  # the database they might ask is the one to be replaced

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="一份备份，或备份目录（取最新的一份）")
        parser.add_argument("--replace", action="store_true", help="覆盖已有数据的数据库")
        parser.add_argument("--older", action="store_true", help="允许恢复不是最新的备份")
        parser.add_argument("--accept-missing", action="store_true", help="备份中有文件缺失或损坏，仍恢复其余部分")
        keys.add_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        keyring = keys.keyring(options)
        with keys.spoken():
            done = restore(
                path=options["path"],
                keys=keyring,
                replace=options["replace"],
                older=options["older"],
                accept_missing=options["accept_missing"],
            )
        self._told(done)

    def _told(self, done: Restored) -> None:
        taken = clock.from_ms(done.manifest.taken_at).astimezone(clock.CHINA)
        self.stdout.write(f"已恢复 {done.path.name}（备份于 {taken:%Y-%m-%d %H:%M:%S}），核对通过。")
        self.stdout.write(f"文件：补回 {done.blobs_put} 个，原已完好 {done.blobs_there} 个。")
        for sha256 in done.lost:
            self.stdout.write(f"备份中没有：{sha256}")
        if done.migrated:
            self.stdout.write(f"已升级数据库结构：{'、'.join(done.migrated)}。")
        for table in done.differing:
            self.stdout.write(f"行数与备份时不同：{table}（服务是否仍在写入？）")
        self.stdout.write(f"已换代，现为 {done.epoch}：手机将重新下载，并补交服务器缺少的操作。")
