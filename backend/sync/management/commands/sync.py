"""`manage.py sync verify|purge|epoch|stats` (protocol, Server duties)."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from backend.core import codec
from backend.journal import upkeep
from backend.sync import reporting
from backend.sync.management import report
from backend.sync.services import epochs


class Command(BaseCommand):
    help = "离线同步的维护：核对（verify）、清理（purge）、换代（epoch）、统计（stats）。"

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser("verify", help="重算各范围的校验和与文档，不一致的重新发布")
        verify.add_argument("--dry-run", action="store_true", help="只报告，不修复")
        verbs.add_parser("purge", help="清理180天以前的删除标记")
        epoch = verbs.add_parser("epoch", help="显示同步代号；从备份恢复后用 --bump 换代")
        epoch.add_argument("--bump", action="store_true", help="换代：手机将重新下载并补交服务器缺少的操作")
        stats = verbs.add_parser("stats", help="积压与异常的数量和时间")
        stats.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"do_{options['verb']}")(options)

    def do_verify(self, options: dict[str, Any]) -> None:
        report = upkeep.verify(repair=not options["dry_run"])
        self.stdout.write(f"已核对范围 {report.scopes} 个、文档 {report.documents} 份。")
        for name in report.wrong_sums:
            self.stdout.write(f"校验和不一致：{name}")
        for name in report.wrong_documents:
            self.stdout.write(f"文档不一致：{name}")
        if report.wrong_sums or report.wrong_documents:
            self.stdout.write("未修复（--dry-run）。" if options["dry_run"] else "已修复。")
            sys.exit(1)
        self.stdout.write("全部一致。")

    def do_purge(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"已清理删除标记 {upkeep.purge()} 个。")

    def do_epoch(self, options: dict[str, Any]) -> None:
        if options["bump"]:
            self.stdout.write(f"已换代，现为 {epochs.bump().name}。")
        else:
            self.stdout.write(f"现为 {epochs.present().name}。")

    def do_stats(self, options: dict[str, Any]) -> None:
        found = reporting.summary()
        if options["json"]:
            self.stdout.write(json.dumps(codec.loads(codec.dumps(found)), ensure_ascii=False, indent=2))
            return
        for line in report.lines(found):
            self.stdout.write(line)
