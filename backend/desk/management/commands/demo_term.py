"""`manage.py demo_term`: the demonstration county with a whole term of inspections behind it (`make demo-term`)."""

import time
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.accounts.models import County
from backend.core.errors import Problem
from backend.desk.rules.term import HALVES
from backend.desk.selectors import term
from backend.desk.services.term import playing
from backend.inspections.models import Answer, Evidence, Visit
from backend.notices.models import RectificationNotice
from backend.registry.demo.county import YUNCHUAN

ASIDE = "举报线索、问卷尚无相应模块，本学期数据不含。"


class Command(BaseCommand):
    help = "载入演示县整个学期（2026年9月1日至11月20日）的到访、问题、通知书和半月报；须为空的数据目录。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", default="1", help="随机种子，缺省 1；同一种子得到相同的内容")
        parser.add_argument("--check", action="store_true", help="只核对已载入的学期，不写入任何数据")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            self._load(options["seed"])
        county = County.objects.filter(code=YUNCHUAN.code).first()
        if county is None:
            raise CommandError("数据库中没有演示县。")
        self._show(county.pk)
        if faults := term.faults(county.pk):
            raise CommandError("与应有的数字不符：\n" + "\n".join(faults))
        self.stdout.write(f"全部数字核对一致。内容摘要（SHA-256）：{term.digest(county.pk)}")

    def _load(self, seed: str) -> None:
        began = time.monotonic()
        call_command("migrate", verbosity=0)
        try:
            playing.load(seed=seed, say=self._say)
        except Problem as fault:
            raise CommandError(fault.detail) from fault
        self.stdout.write(f"载入完毕，用时{time.monotonic() - began:.0f}秒。{ASIDE}")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _show(self, county_id: int) -> None:
        self.stdout.write("时段　到访　覆盖　问题（一般/较重/严重/一票否决）　即知即改　按期")
        for half in HALVES:
            told = term.counted(county_id, half)
            grades = "/".join(str(told.grades.get(name, 0)) for name in ("minor", "moderate", "serious", "veto"))
            days = f"{half.start.month}月{half.start.day}日至{half.end.day}日"
            self.stdout.write(
                f"{days}　{told.visits}　{_share(told.coverage)}　{told.findings}（{grades}）　{told.on_spot}　"
                f"{_share(told.on_time)}"
            )
        self.stdout.write("　".join(f"{name}{count}" for name, count in _volume(county_id)))


def _share(percent: int | None) -> str:
    return "—" if percent is None else f"{percent}%"


def _volume(county_id: int) -> list[tuple[str, int]]:
    return [
        ("到访", Visit.objects.filter(county_id=county_id).count()),
        ("应答", Answer.objects.filter(visit__county_id=county_id).count()),
        ("佐证", Evidence.objects.filter(county_id=county_id).count()),
        ("通知书", RectificationNotice.objects.filter(county_id=county_id).count()),
    ]
