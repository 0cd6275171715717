"""A backup of both engines: what it holds, what it says of itself, what it leaves when it fails."""

import json
from pathlib import Path

from django.db import connection

from backend.backups.rules import manifest as manifests
from backend.media.services import blobs
from tests.backups.conftest import command


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_backup_holds_the_database_its_files_and_a_manifest_of_them(county, folder, backup):
    sha256 = blobs.keep(county_id=county.pk, data=b"proof", filetype="text/plain")
    path = backup()
    database = "database.sqlite3" if connection.vendor == "sqlite" else "database.dump"
    name = path.name
    assert files(folder) == {
        "folder.json",
        f"blobs/{sha256[:2]}/{sha256}",
        *(f"{name}/{part}" for part in ("manifest.json", "blobs.txt", database)),
    }
    manifest = manifests.decode((path / "manifest.json").read_bytes())
    assert (manifest.engine, manifest.epoch, manifest.blobs) == (connection.vendor, 1, manifests.Blobs(1, 5))
    assert manifest.counts["accounts_county"] == 1
    assert [part.name for part in manifest.parts] == [database, "blobs.txt"]
    assert (path / "blobs.txt").read_text() == f"{sha256} 5\n"
    assert json.loads((path / "manifest.json").read_bytes())["sha256"]
    assert command("backup", "--verify", path).code == 0
