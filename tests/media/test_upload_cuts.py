"""Cut at a random byte and resumed, fifty times (tests/soak/test_uploads.py: a thousand, between two processes)."""

from typing import Any

from backend.media.models import Expectation
from backend.media.services import blobs
from tests.media import cutting
from tests.media.conftest import sha256
from tests.media.server import Running

CUTS = 50


def test_fifty_cuts_anywhere_end_in_equal_hashes_and_send_no_more_than_one_piece_again(
    running: Running, promise: Any
) -> None:
    found = cutting.play([running.port], promise, 20261122, CUTS)
    assert [data for data, _ in found] == [blobs.read(sha256(data)) for data, _ in found]
    again = [count for _, count in found]
    assert 0 <= min(again) <= max(again) <= cutting.PIECE
    assert sum(again) < CUTS * cutting.PIECE / 10, "what arrived before a cut is mostly not sent again"
    assert Expectation.objects.filter(state="verified").count() == CUTS
