"""`manage.py draw verify`: check a random draw again, from the database or from its published record."""

import argparse
import uuid
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError

from backend.inspections.models import Draw
from backend.inspections.rules import draw_record
from backend.inspections.rules.draw_points import DIFFERS, POINTS, verdict
from backend.inspections.rules.draw_record import Finding
from backend.inspections.selectors.draw_audit import audited


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
            raise CommandError(DIFFERS)
        self.stdout.write(verdict({one.code for one in found}))


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
