"""`manage.py bulletin verify <file>`: whether a bulletin, its workbook or a circular is genuine, and still stands."""

import hashlib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.bulletins.rules.editions import Edition
from backend.bulletins.rules.lifecycle import LABELS, State
from backend.bulletins.selectors import genuine

PIECE = 1 << 20


class Command(BaseCommand):
    help = "核验半月报、附表和通报文件。"

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        verify = actions.add_parser("verify", help="核验一个文件是否为本系统签发、是哪一期、是否已更正。")
        verify.add_argument("file", type=Path)
        verify.add_argument("--rebuild", action="store_true", help="另按存档数据重新排印，比对字节。")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 0 only for a paper that is genuine and not withdrawn."""
        sha256 = _hash(options["file"])
        self.stdout.write(f"文件摘要（SHA-256）：{sha256}")
        found = genuine.by_hash(sha256)
        if found is None:
            raise CommandError("不是本系统签发的文件，或内容已被改动。")
        self.stdout.write(f"文件真实：{found.title}，{found.what}。")
        self.stdout.write(f"数据摘要（SHA-256）：{found.snapshot_hash}")
        if options["rebuild"]:
            self._rebuild(sha256)
        if found.state == State.WITHDRAWN:
            raise CommandError(f"该件已撤回，{f'由{found.corrected_by}更正' if found.corrected_by else '尚无更正'}。")
        state = "未被更正" if found.stands else "尚未印发"
        self.stdout.write(f"状态：{LABELS[found.state]}，{state}。")

    def _rebuild(self, sha256: str) -> None:
        from backend.bulletins.models import BulletinPaper, Circular
        from backend.bulletins.services import circulars, signing

        paper = BulletinPaper.objects.filter(sha256=sha256).select_related("bulletin").first()
        circular = Circular.objects.filter(pdf_sha256=sha256).first()
        if paper is not None:
            again = signing.rebuild(bulletin=paper.bulletin, edition=Edition(paper.edition)).sha256
        elif circular is not None:
            again = circulars.rebuild(circular=circular).sha256
        else:
            self.stdout.write("该件不重新排印。")
            return
        self.stdout.write("按存档数据重新排印：字节相同。" if again == sha256 else "按存档数据重新排印：字节不同。")


def _hash(path: Path) -> str:
    whole = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                whole.update(piece)
    except OSError as fault:
        raise CommandError(f"无法读取文件：{path}（{fault.strerror}）。") from None
    return whole.hexdigest()
