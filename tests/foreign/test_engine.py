"""The phone's engine against a real server, over a line that loses requests and answers.

It stands here because it is as foreign to the server as its neighbours, and shares their server.
"""

import base64
import hashlib
import io
import os
from typing import Any

from PIL import Image, ImageDraw

from tests.foreign.client import PASSWORD
from tests.foreign.content import content_hash
from tests.phone import node


def picture() -> bytes:
    """A photo of several pieces that no other test has."""
    file = io.BytesIO()
    Image.frombytes("RGB", (640, 480), os.urandom(640 * 480 * 3)).save(file, "JPEG", quality=90)
    return file.getvalue()


def signature(height: int) -> bytes:
    """A few strokes on white, up to that height."""
    image = Image.new("L", (400, 200), 255)
    ImageDraw.Draw(image).line([(20, 150), (120, height), (200, 160), (380, 60)], fill=0, width=4)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def as_rows(seen: dict[str, Any]) -> dict[tuple[str, str], tuple[str, Any]]:
    return {(kind, key): (scope, document) for scope, kind, key, document in seen["rows"]}


def test_a_whole_visit_over_a_bad_line_arrives_once_and_both_sides_hold_the_same(server, office, send_crew):
    crew = send_crew(3, depart=False)
    gate, pens = picture(), [signature(40), signature(60)]
    seen = node.play(
        {
            "base": server.base,
            "username": crew.leader.username,
            "password": PASSWORD,
            "assignment": crew.assignment,
            "seed": 7,
            "gate": base64.b64encode(gate).decode(),
            "signatures": [base64.b64encode(pen).decode() for pen in pens],
        }
    )
    assert seen["lost"] > 5, "the line was bad"
    assert seen["trouble"] == []
    assert set(seen["states"]) == {"已核验"}

    crew.leader.pull()  # another client of the same person: what the server shows
    assert as_rows(seen) == crew.leader.store.rows
    assert seen["sums"] == crew.leader.store.server_sums
    visit = crew.leader.store.document("visit", seen["visit"])
    assert visit["state"] == "submitted"
    assert visit["content_hash"] == content_hash(crew.leader.store, seen["visit"])
    assert {key: (row["value"], row["rev"]) for key, row in visit["answers"].items() if key != "TY-05"} == {
        "TY-01": ("yes", 1),
        "TY-02": (1, 1),
        "TY-03": ("yes", 1),
        "TY-04": ("no", 2),
        "TY-08": ("no", 1),
    }
    assert visit["answers"]["TY-04"]["note"] == "已核对 ✓"

    files = {row["sha256"]: row["state"] for row in crew.leader.store.all("evidence").values()}
    assert files == {hashlib.sha256(file).hexdigest(): "verified" for file in (gate, *pens)}
    assert crew.leader.blob(hashlib.sha256(gate).hexdigest()) == gate
    [finding] = crew.leader.store.all("finding").values()
    assert (finding["text"], finding["visit"]) == ("到场人数不足两名", seen["visit"])

    [device] = [row for row in office.listing("/sync/devices") if row["device"] == seen["device"]]
    assert (device["have"], device["lacking"]) == (seen["n"], False), "every number arrived"
    assert {name: device["pending"][name] for name in ("ops", "uploads", "bytes")} == {
        "ops": 0,
        "uploads": 0,
        "bytes": 0,
    }
