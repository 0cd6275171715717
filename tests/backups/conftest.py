"""A deployment with a folder for backups, and the commands as an operator gives them."""

import re
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from backend.backups.engines import tools
from backend.backups.rules import manifest as manifests
from backend.backups.rules.manifest import Manifest
from backend.media.services import blobs
from tests.engines.postgres import candidates

KEY = "correct horse battery staple"


@dataclass(frozen=True)
class Said:
    """What a command printed and the code it ended with."""

    code: int
    text: str


def command(*words: object) -> Said:
    out = StringIO()
    try:
        call_command(*[str(word) for word in words], stdout=out)
    except CommandError as fault:
        return Said(fault.returncode, f"{out.getvalue()}{fault}")
    except SystemExit as ended:
        return Said(int(str(ended.code)), out.getvalue())
    return Said(0, out.getvalue())


@pytest.fixture
def deployment(settings: Any, tmp_path: Path, transactional_db: None) -> None:
    settings.DATA_DIR = tmp_path / "data"
    settings.BLOB_DIR = settings.DATA_DIR / "blobs"
    settings.UPLOAD_DIR = settings.DATA_DIR / "uploads"
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.BACKUP_KEY = ""
    settings.UPLOAD_DIR.mkdir(parents=True)
    if connection.vendor == "postgresql":
        settings.PG_BIN = fitting_binaries()


def fitting_binaries() -> str:
    """A folder with pg_dump of the server's major version: where the suite's own cluster comes from, else on PATH."""
    major = connection.cursor().connection.info.server_version // 10000
    for folder, _ in candidates():
        if version_of(str(folder / "pg_dump")) == major:
            return str(folder)
    assert version_of(tools.find("pg_dump")) >= major
    return ""


def version_of(program: str) -> int:
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\) (\d+)", done.stdout)
    return int(found.group(1)) if found else 0


@pytest.fixture
def folder(deployment: None, tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def backup(folder: Path) -> Callable[..., Path]:
    """Take a backup that must succeed; where it is."""

    def take(*words: object) -> Path:
        said = command("backup", *words)
        assert said.code == 0, said.text
        found = re.search(r"已备份到 (\S+)", said.text)
        assert found
        return Path(found.group(1))

    return take


def manifest_of(path: Path) -> Manifest:
    """Of a backup without a key."""
    return manifests.decode((path / "manifest.json").read_bytes())


def rewrite(path: Path, **changes: Any) -> None:
    """Another manifest, true to itself: what somebody else's backup might say."""
    changed = msgspec.structs.replace(manifest_of(path), **changes)
    (path / "manifest.json").write_bytes(manifests.encode(changed))


def column(path: Path, table: str, name: str) -> list[str]:
    """A column of a table as a plain backup holds it, sorted."""
    if (path / "database.sqlite3").exists():
        with closing(sqlite3.connect(path / "database.sqlite3")) as reader:
            return sorted(str(row[0]) for row in reader.execute(f'SELECT "{name}" FROM "{table}"'))  # noqa: S608
    words = [tools.find("pg_restore"), "--data-only", f"--table={table}", "--file=-", str(path / "database.dump")]
    lines = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("COPY "))
    names = lines[start].split("(")[1].split(")")[0].split(", ")
    rows = lines[start + 1 : lines.index("\\.", start)]
    return sorted(row.split("\t")[names.index(name)] for row in rows)


def keep(data: bytes, county_id: int = 1) -> str:
    """A file of the product; its hash."""
    return blobs.keep(county_id=county_id, data=data, filetype="text/plain")
