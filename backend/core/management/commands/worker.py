"""`manage.py worker`: run the duties in a process of their own."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from backend.core.duties import Worker


class Command(BaseCommand):
    help = "运行后台任务（消息投递、补判、衍生图片等），Ctrl-C 结束。"

    def handle(self, *args: Any, **options: Any) -> None:
        ended = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: ended.set())
        worker = Worker()
        worker.start()
        self.stdout.write("后台任务已启动。")
        ended.wait()
        worker.stop()
