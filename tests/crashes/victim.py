"""A server of our own that is killed without a word and started again, and its database read past it."""

import os
import signal
import sqlite3
import subprocess
import sys
import uuid
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg

from bench.server import ROOT, Server

MANAGE = """
import sys
import django
from django.core.management import call_command
django.setup()
for command in sys.argv[1:]:
    call_command(*command.split())
"""
"""The first command that finds something ends it with its status."""


@dataclass
class Victim(Server):
    """`manage.py up` on SQLite in its own folder, or on the PostgreSQL database at `database`."""

    def kill(self) -> None:
        """SIGKILL to the process group that this object started; nothing is written down or said goodbye."""
        process, self.process = self.process, None
        assert process is not None
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        """For the end of a test that failed midway, too."""
        if self.process is not None:
            self.kill()

    def manage(self, *commands: str) -> tuple[int, str]:
        """Management commands on its data, one after the other in one process: exit status, and what they printed."""
        done = subprocess.run(
            [sys.executable, "-c", MANAGE, *commands],
            cwd=ROOT,
            env=self._environment() | {"DJANGO_SETTINGS_MODULE": "backend.settings"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the database itself holds."""
        if self.database:
            with psycopg.connect(self.database) as there:
                return [tuple(row) for row in there.execute(sql.encode()).fetchall()]
        with closing(sqlite3.connect(f"file:{self.data / 'dudao.sqlite3'}?mode=ro", uri=True)) as file:
            return [tuple(row) for row in file.execute(sql).fetchall()]

    def ids(self, sql: str) -> list[str]:
        """The first column, as ids are written in the protocol, sorted."""
        return sorted(str(uuid.UUID(str(row[0]))) for row in self.rows(sql))
