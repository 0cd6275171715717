"""`manage.py check_blobs`: hash every stored file anew; exit 1 if one is lost or altered."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from backend.media.services.checking import check


class Command(BaseCommand):
    help = "逐一核对已存文件的校验值；有缺失或损坏时以状态 1 退出。"

    def handle(self, *args: Any, **options: Any) -> None:
        checked = check()
        for label, hashes in (("缺失", checked.missing), ("损坏", checked.altered), ("无记录", checked.unknown)):
            for sha256 in hashes:
                self.stdout.write(f"{label}：{sha256}")
        self.stdout.write(
            f"完好 {checked.sound} 个，缺失 {len(checked.missing)} 个，损坏 {len(checked.altered)} 个，"
            f"无记录 {len(checked.unknown)} 个。"
        )
        if not checked.whole:
            sys.exit(1)
