"""The build of the phone's app that is committed: byte for byte what its sources make, and small."""

import gzip
from pathlib import Path

import pytest

from tests.phone import node

pytestmark = pytest.mark.once

COMMITTED = Path(__file__).resolve().parents[2] / "backend" / "desk" / "static" / "m"
FIRST_LOAD = 180 * 1024
"""Bytes, compressed, that a phone fetches before it shows anything."""


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_committed_build_is_what_the_sources_make(tmp_path: Path) -> None:
    vite = ("node", "node_modules/vite/bin/vite.js", "build", "--outDir", str(tmp_path / "m"), "--logLevel", "error")
    node.run(*vite, seconds=120)
    assert contents(tmp_path / "m") == contents(COMMITTED)


def test_the_first_load_is_small() -> None:
    assert sum(len(gzip.compress(content)) for content in contents(COMMITTED).values()) <= FIRST_LOAD
