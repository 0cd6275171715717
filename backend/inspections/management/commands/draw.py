"""`manage.py draw verify`: check a random draw again, from the database or from its published record."""

import argparse
import uuid
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError

from backend.inspections.models import Draw
from backend.inspections.rules import draw_record
from backend.inspections.rules.draw_record import Finding
from backend.inspections.selectors.draw_audit import audited

POINTS = {
    "algorithm": "算法版本",
    "hashes": "名录和参数与封存的摘要",
    "weights": "权重与各项之和",
    "result_hash": "抽取结果与结果摘要",
    "commitment": "种子与封存摘要",
    "replay": "重新抽取的结果与记录",
    "rows": "据以安排任务的明细与抽取结果",
    "audit": "封存摘要和结果摘要与操作日志",
}


class Command(BaseCommand):
    help = "核验随机抽取：draw verify <抽取编号或记录文件>。按公开算法重新抽取，与记录逐项比对。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser("verify", help="核验一次抽取")
        verify.add_argument("which", help="本系统中的抽取编号，或公布的记录文件（JSON）")

    def handle(self, *args: Any, **options: Any) -> None:
        found = _checked(options["which"])
        for one in found:
            self.stdout.write(f"{'一致' if one.agrees else '不一致'}：{POINTS[one.code]}")
        if not all(one.agrees for one in found):
            raise CommandError("核验不一致：此记录与公开算法的结果不符。")
        self.stdout.write(_verdict({one.code for one in found}))


def _verdict(points: set[str]) -> str:
    if "replay" in points:
        return "核验一致：按记录重新抽取，结果完全相同。"
    if "commitment" in points:
        return "核验一致：种子与封存摘要相符，尚无抽取结果可供重抽。"
    return "种子尚未公布，目前只能核对名录和摘要，均一致。"


def _checked(which: str) -> list[Finding]:
    try:
        draw_id = uuid.UUID(which)
    except ValueError:
        return _checked_file(Path(which))
    draw = Draw.objects.filter(pk=draw_id).first()
    if draw is None:
        raise CommandError(f"没有编号为“{which}”的抽取。")
    return audited(draw)


def _checked_file(path: Path) -> list[Finding]:
    try:
        return draw_record.check(draw_record.read(path.read_bytes()))
    except OSError as fault:
        raise CommandError(f"无法读取文件“{path}”。") from fault
    except msgspec.MsgspecError as fault:
        raise CommandError(f"文件“{path}”不是抽取记录：{fault}") from fault
