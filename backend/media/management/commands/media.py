"""`manage.py media verify|sweep|retain` (docs/operations.md, Looking after the evidence)."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.core import clock
from backend.media.management.tables import table
from backend.media.models import Blob
from backend.media.problems import StorageDown
from backend.media.services import checking, removal, retention, sweeping
from backend.media.services.retention import Retained, Share

LOST, DOWN = 1, 3
"""Exit codes: files are lost or corrupt; the storage did not answer."""

KINDS = {"photo": "照片", "document": "文件", "signature": "签名"}


class Command(BaseCommand):
    help = "影像文件：核对（verify）、清理无人需要的文件（sweep）、按保存期限删除（retain）。"

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("verify", help="逐一重算校验值；有缺失或损坏时以状态 1 退出")
        sweep = verbs.add_parser("sweep", help="结束过期的上传，删除一个月以来无人需要的文件")
        sweep.add_argument("--dry-run", action="store_true", help="只列出，不删除")
        retain = verbs.add_parser("retain", help="删除超过保存期限的佐证文件；登记信息和校验值保留")
        retain.add_argument("--dry-run", action="store_true", help="只统计，不删除")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"do_{options['verb']}")(options)
        except StorageDown as fault:
            raise CommandError("文件存储没有应答，未能完成，请稍后再试。", returncode=DOWN) from fault

    def do_verify(self, options: dict[str, Any]) -> None:
        found = checking.check()
        named = {"缺失": found.lost, "损坏": found.corrupt, "无记录": found.unknown, "无人需要": found.unreferenced}
        for label, hashes in named.items():
            for sha256 in hashes:
                self.stdout.write(f"{label}：{sha256}")
        counts = "，".join(f"{label} {len(hashes)} 个" for label, hashes in named.items())
        self.stdout.write(f"完好 {found.sound} 个（{found.bytes} 字节），{counts}。")
        if not found.whole:
            sys.exit(LOST)

    def do_sweep(self, options: dict[str, Any]) -> None:
        if options["dry_run"]:
            self._unneeded()
            return
        ended = sweeping.sweep()
        gone = removal.sweep()
        for each in gone:
            self.stdout.write(f"已删除：{each.sha256}")
        self.stdout.write(
            f"已了结上传 {ended} 件，已删除文件 {len(gone)} 个（{sum(each.size for each in gone)} 字节）。"
        )

    def _unneeded(self) -> None:
        """What the next sweep would delete, and what is only suspected yet."""
        removal.register_strays()
        removal.mark()
        waiting = Blob.objects.filter(remove_after__isnull=False).order_by("remove_after", "pk")
        rows = [
            (each.sha256, each.size, "到期" if each.remove_after and each.remove_after <= clock.now() else _day(each))
            for each in waiting.iterator()
        ]
        for line in table(("校验值", "字节", "删除日期"), rows):
            self.stdout.write(line)
        due = list(removal.due())
        self.stdout.write(
            f"无人需要的文件 {len(rows)} 个，其中到期将删除 {len(due)} 个（{sum(each.size for each in due)} 字节）。"
        )

    def do_retain(self, options: dict[str, Any]) -> None:
        said = "，".join(f"{KINDS[kind]} {days} 天" for kind, days in sorted(settings.RETENTION.items())) or "无"
        self.stdout.write(f"保存期限：{said}（其余长期保存）。")
        done = retention.retain(dry_run=options["dry_run"])
        rows = [_row(key, share) for key, share in sorted(done.shares.items())]
        if rows:
            for line in table(("县", "来源", "种类", "份数", "文件", "字节", "最早办结"), rows):
                self.stdout.write(line)
        self._summary(done, dry_run=options["dry_run"])

    def _summary(self, done: Retained, *, dry_run: bool) -> None:
        count = sum(share.count for share in done.shares.values())
        files = sum(share.files for share in done.shares.values())
        size = sum(share.bytes for share in done.shares.values())
        verb = "将删除" if dry_run else "已删除"
        self.stdout.write(f"{verb} {count} 份佐证的文件 {files} 个（{size} 字节）。")
        if done.shared:
            self.stdout.write(f"另有 {done.shared} 个文件的相同内容仍被其他记录需要，文件保留。")
        if done.later:
            self.stdout.write(f"另有 {done.later} 个文件刚被使用，由后台稍后删除。")
        for reason, held in sorted(done.held.items()):
            self.stdout.write(f"已到期但暂不删除（{reason}）：{held} 份。")


def _day(blob: Blob) -> str:
    return str(clock.local_date(blob.remove_after)) if blob.remove_after else ""


def _row(key: tuple[int, str, str], share: Share) -> tuple[object, ...]:
    county_id, label, kind = key
    first = clock.local_date(share.first) if share.first else ""
    return county_id, label, KINDS[kind], share.count, share.files, share.bytes, first
