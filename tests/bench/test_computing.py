"""What processes computed is told of all of a tree, and is no clock on the wall."""

import os
import subprocess
import sys
import time

from bench.computing import computed_ms

SPIN = "import time\nwhile time.process_time() < 0.3: pass"


def test_computing_of_children_counts_also_after_their_end() -> None:
    before = computed_ms([os.getpid()])
    subprocess.run([sys.executable, "-c", SPIN], check=True)
    assert computed_ms([os.getpid()]) - before >= 250


def test_waiting_is_not_computing() -> None:
    before = computed_ms([os.getpid()])
    time.sleep(0.5)
    assert computed_ms([os.getpid()]) - before < 400
