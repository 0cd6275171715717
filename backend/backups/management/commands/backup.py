"""`manage.py backup`: a verified backup of database and files; `--verify` reads one anew (docs/operations.md)."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.backups.management import keys
from backend.backups.rules.manifest import Manifest
from backend.backups.services.rotating import Rotated
from backend.backups.services.taking import Taken, take
from backend.backups.services.verifying import verify
from backend.core import clock

INCOMPLETE = 3
"""Exit code: finished, but files are missing."""


class Command(BaseCommand):
    help = "备份数据库和全部文件（服务运行中即可）；--verify 重新读取并核对一份备份。"
    requires_system_checks: list[str] = []  # what is wrong with the settings is no reason to be without a backup

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, help="备份目录，缺省为 DUDAO_BACKUPS")
        parser.add_argument("--verify", type=Path, metavar="PATH", help="只核对这份备份（或目录中最新的一份）")
        parser.add_argument("--keep", type=int, metavar="N", help="核对无误后只保留最新的 N 份")
        parser.add_argument("--accept-missing", action="store_true", help="缺失的文件已知无法找回，仍视为完整的备份")
        keys.add_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        keyring = keys.keyring(options)
        if options["keep"] is not None and options["keep"] < 1:
            raise CommandError("--keep 至少为 1。", returncode=2)
        with keys.spoken():
            if options["verify"]:
                self._verify(options["verify"], keyring)
                return
            to, accept = options["to"] or Path(settings.BACKUP_DIR), options["accept_missing"]
            self._told(take(to=to, keys=keyring, keep=options["keep"], accept_missing=accept), accept)

    def _verify(self, path: Path, keyring: Any) -> None:
        done = verify(path=path, keys=keyring)
        self.stdout.write(f"备份：{done.path}")
        self._about(done.manifest)
        for sha256, file in done.lost.items():
            self.stdout.write(f"备份中缺失或损坏：{sha256}（{file}）")
        if done.lost:
            self.stdout.write(f"核对未通过：{len(done.lost)} 个文件不可用。")
            sys.exit(5)
        self.stdout.write(f"核对通过：数据库完好，文件 {done.blobs} 个完好。")

    def _told(self, done: Taken, accepted: bool) -> None:
        self.stdout.write(f"已备份到 {done.path}")
        self._about(done.manifest)
        self.stdout.write(f"新复制文件 {done.copied} 个（{done.copied_bytes} 字节）。核对通过。")
        if done.durable:
            self.stdout.write(f"手机可清除 {_local(done.durable)} 以前已被接收的操作。")
        elif done.whole:
            self.stdout.write("无法确定数据库中尚未结束的事务（看不到其他会话），未推进手机的清除时限。")
        if done.rotated:
            self._rotated(done.rotated)
        if not done.whole:
            self._incomplete(accepted)

    def _about(self, manifest: Manifest) -> None:
        taken = _local(clock.from_ms(manifest.taken_at))
        rows = sum(manifest.counts.values())
        self.stdout.write(f"时间 {taken}，{manifest.engine}，e{manifest.epoch}，数据 {rows} 行。")
        self.stdout.write(f"文件 {manifest.blobs.count} 个（{manifest.blobs.bytes} 字节）。")
        for sha256 in manifest.blobs.missing:
            self.stdout.write(f"备份时已缺失：{sha256}")
        for sha256 in manifest.blobs.altered:
            self.stdout.write(f"备份时已损坏：{sha256}")

    def _rotated(self, done: Rotated) -> None:
        if done.backups:
            self.stdout.write(f"已删除较早的备份 {len(done.backups)} 份，无人引用的文件 {done.files} 个。")
        if done.unread:
            self.stdout.write(f"较早的备份 {done.unread.name} 无法读取，未清理文件。")

    def _incomplete(self, accepted: bool) -> None:
        if not accepted:
            self.stdout.write("有文件缺失或损坏：未推进手机的清除时限，未删除较早的备份。")
            sys.exit(INCOMPLETE)


def _local(at: Any) -> str:
    return f"{at.astimezone(clock.CHINA):%Y-%m-%d %H:%M:%S}"
