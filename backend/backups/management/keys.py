"""What both commands share: the operator's key, from a file or else from the environment; how they say what failed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError

from backend.backups.problems import BackupProblem
from backend.backups.rules.sealing import SHORTEST_SECRET, Keyring
from backend.core.errors import Problem


def add_argument(parser: CommandParser) -> None:
    parser.add_argument("--key-file", type=Path, help="密钥文件；缺省用环境变量 DUDAO_BACKUP_KEY，两者皆无则不加密")


def keyring(options: dict[str, Any]) -> Keyring | None:
    """Raises `CommandError` for a key that cannot be read or is too short."""
    secret = settings.BACKUP_KEY.encode()
    if file := options["key_file"]:
        try:
            secret = file.read_bytes().strip(b"\r\n")
        except OSError as fault:
            raise CommandError(f"密钥文件“{file}”无法读取：{fault.strerror}。", returncode=4) from fault
    elif not secret:
        return None
    if len(secret) < SHORTEST_SECRET:
        raise CommandError(f"密钥过短，至少 {SHORTEST_SECRET} 个字节。", returncode=4)
    return Keyring(secret)


@contextmanager
def spoken() -> Iterator[None]:
    """What goes wrong is one sentence and an exit code, not a traceback."""
    try:
        yield
    except BackupProblem as problem:
        raise CommandError(problem.detail, returncode=problem.exit_code) from problem
    except Problem as problem:  # the storage of files is full or does not answer
        raise CommandError(problem.detail) from problem
    except OSError as fault:
        named = f"“{fault.filename}”" if fault.filename else "文件"
        raise CommandError(f"{named}无法读写：{fault.strerror or fault}。") from fault
    except DatabaseError as fault:
        raise CommandError(f"数据库无法使用：{fault}") from fault
