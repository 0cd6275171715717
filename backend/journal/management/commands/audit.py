"""`manage.py audit seal|verify|root`."""

import datetime as dt
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from backend.core import clock
from backend.journal import sealing
from backend.journal.models import AuditChain


class Command(BaseCommand):
    help = "审计记录：封存（seal）、核对哈希链（verify）、查看某日封存值（root）。"

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("seal", help="立即封存尚未封存的审计记录")
        verbs.add_parser("verify", help="重算全部哈希链，发现改动则以 1 退出")
        root = verbs.add_parser("root", help="某日的封存值")
        root.add_argument("--day", type=dt.date.fromisoformat, help="日期，缺省今天")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"do_{options['verb']}")(options)

    def do_seal(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"已封存 {sealing.seal_all()} 条。")

    def do_verify(self, options: dict[str, Any]) -> None:
        broken = False
        for county_id in AuditChain.objects.order_by("pk").values_list("pk", flat=True):
            found = sealing.verify(county_id)
            broken |= found.broken_at is not None
            verdict = "完整" if found.broken_at is None else f"第 {found.broken_at} 条起不一致"
            self.stdout.write(f"县 {county_id}：已封存 {found.lines} 条，{verdict}，封存值 {found.root}")
        if broken:
            sys.exit(1)

    def do_root(self, options: dict[str, Any]) -> None:
        day = options["day"] or clock.today()
        for county_id in AuditChain.objects.order_by("pk").values_list("pk", flat=True):
            seal = sealing.daily_root(county_id, day)
            self.stdout.write(f"县 {county_id}：{seal.root if seal else '无'}")
