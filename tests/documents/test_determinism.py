"""Equal data, equal bytes: over processes, time zones, hash seeds, threads."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backend.documents import bulletin, rectification_notice
from tests.documents import papers, sheet

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import locale
locale.setlocale(locale.LC_ALL, "")
from tests.documents.test_determinism import digests
print(*digests())
"""


def digests() -> list[str]:
    """Of the fullest bulletin, a notice, and a sheet with every chart."""
    papers_made = (bulletin.render(papers.fullest_bulletin()), rectification_notice.render(papers.notice()))
    return [made.sha256 for made in (*papers_made, sheet.render())]


def digests_of_another_process(zone: str, seed: str, epoch: str, language: str) -> list[str]:
    others = {"TZ": zone, "PYTHONHASHSEED": seed, "SOURCE_DATE_EPOCH": epoch, "LC_ALL": language, "LANG": language}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **others, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
    )
    return done.stdout.split()


def test_a_process_in_another_zone_with_another_hash_seed_and_locale_prints_the_same_bytes() -> None:
    assert digests_of_another_process("America/New_York", "4242", "1234567890", "C") == digests()


def test_threads_print_the_same_bytes() -> None:
    with ThreadPoolExecutor(3) as pool:
        found = set(pool.map(lambda _: rectification_notice.render(papers.notice()).sha256, range(6)))
    assert found == {rectification_notice.render(papers.notice()).sha256}
