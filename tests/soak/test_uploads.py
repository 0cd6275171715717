"""Uploads cut at a random byte and resumed with the other of two server processes, a thousand times."""

import os
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from backend.media.models import Expectation, Upload
from backend.media.services import blobs
from tests.media import cutting
from tests.media.conftest import (  # noqa: F401 -- fixtures of tests/media
    LIVE,
    folders,
    heard,
    live_tables,
    promise,
    sha256,
)
from tests.media.test_upload_processes import Process, pair  # noqa: F401

SHARE = 0.12
"""Of SOAK_SECONDS; the rest belongs to other long runs."""

CUTS = 1000
ROUND = 25


@LIVE
@pytest.mark.soak
def test_a_thousand_cuts_between_two_processes_end_in_equal_hashes_and_send_no_more_than_one_piece_again(
    pair: list[Process],  # noqa: F811
    promise: Callable[..., str],  # noqa: F811
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    end = time.monotonic() + SHARE * float(os.environ.get("SOAK_SECONDS", "600"))
    seed, done, again = random.randrange(2**31), 0, 0
    while done == 0 or (done < CUTS and time.monotonic() < end):
        try:
            found = cutting.play([each.port for each in pair], promise, seed + done, ROUND)
            assert [data for data, _ in found] == [blobs.read(sha256(data)) for data, _ in found]
            assert all(0 <= count <= cutting.PIECE for _, count in found)
        except BaseException as fault:
            fault.add_note(f"seed {seed + done}")
            raise
        done, again = done + ROUND, again + sum(count for _, count in found)
    assert Expectation.objects.filter(state="verified").count() == done
    assert not Upload.objects.exclude(state="done").filter(offset__gt=0).exists()
    reporter: Any = request.config.pluginmanager.get_plugin("terminalreporter")
    with capsys.disabled():
        reporter.write_line(f"{done} uploads cut and resumed, {again} bytes sent again, from seed {seed}")
