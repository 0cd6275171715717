"""Equal data, equal bytes: over processes, time zones, hash seeds, threads."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from backend.documents import bulletin, rectification_notice
from tests.documents import papers

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
from backend.documents import bulletin, rectification_notice
from tests.documents import papers
print(bulletin.render(papers.full_bulletin()).sha256, rectification_notice.render(papers.notice()).sha256)
"""


def digests_of_another_process(zone: str, seed: str, epoch: str) -> list[str]:
    environment = {
        **os.environ,
        "TZ": zone,
        "PYTHONHASHSEED": seed,
        "SOURCE_DATE_EPOCH": epoch,
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True, env=environment, cwd=ROOT
    )
    return done.stdout.split()


def test_a_process_in_another_zone_with_another_hash_seed_prints_the_same_bytes():
    here = [bulletin.render(papers.full_bulletin()).sha256, rectification_notice.render(papers.notice()).sha256]
    assert digests_of_another_process("America/New_York", "4242", "1234567890") == here


def test_threads_print_the_same_bytes():
    with ThreadPoolExecutor(3) as pool:
        digests = set(pool.map(lambda _: rectification_notice.render(papers.notice()).sha256, range(6)))
    assert digests == {rectification_notice.render(papers.notice()).sha256}
