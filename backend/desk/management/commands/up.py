"""`manage.py up`: everything from an empty folder to a county at work, in one process (`make run`)."""

import hashlib
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.desk import demo

GRACE_SECONDS = 5


class Command(BaseCommand):
    help = "准备数据库和演示县，启动 HTTP 与 WebSocket 服务；Ctrl-C 结束。"
    requires_system_checks: list[str] = []  # a warm start must not wait for them; `make lint` runs them

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="端口，缺省 8000")
        parser.add_argument("--host", default="127.0.0.1", help="监听地址，缺省 127.0.0.1")
        parser.add_argument("--quiet", action="store_true", help="不打印账号表")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        _check_port(host, port)
        self._prepare()
        if settings.DEMO:
            demo.prepare(self.stdout.write)
        self._announce(host, port, quiet=options["quiet"])
        serve(host, port)

    def _prepare(self) -> None:
        """Migrate when the migrations are others than at the last start; a warm start skips even the look."""
        stamp, present = settings.DATA_DIR / "migrations.stamp", _migrations()
        if stamp.exists() and stamp.read_text() == present:
            return
        self.stdout.write("正在准备数据库……")
        call_command("migrate", verbosity=0)
        stamp.write_text(present)

    def _announce(self, host: str, port: int, *, quiet: bool) -> None:
        self.stdout.write(f"\n  首页      http://{host}:{port}/")
        self.stdout.write(f"  接口文档  http://{host}:{port}/api/docs")
        self.stdout.write(f"  实时消息  ws://{host}:{port}/ws/v1/live")
        self.stdout.write(f"  数据目录  {settings.DATA_DIR}\n")
        if settings.DEMO and not quiet:
            self.stdout.write("  演示账号（仅限演示模式）")
            for label, username, password in demo.signins():
                self.stdout.write(f"    {_pad(label, 16)}{username:<12}{password}")
        self.stdout.write("\n  按 Ctrl-C 结束。\n")
        sys.stdout.flush()


def _pad(text: str, width: int) -> str:
    """Pad to a width on the terminal, where a Chinese character takes two columns."""
    return text + " " * (width - sum(1 if ord(char) < 0x2E80 else 2 for char in text))


def _migrations() -> str:
    files = sorted(Path(settings.BASE_DIR, "backend").glob("*/migrations/*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            raise CommandError(f"端口 {port} 已被占用，请换一个端口：make run PORT=8123") from fault


def serve(host: str, port: int) -> None:
    """Serve until interrupted; open sockets get a few seconds to end."""
    uvicorn.run(
        "backend.asgi:application",
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
        proxy_headers=False,  # whom we believe about addresses is DUDAO_PROXIES, not uvicorn's guess
    )
