"""tus-js-client, the client of phones, against us and against @tus/server: one script, and it sees the same."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.media.models import Blob, Expectation
from backend.media.services import blobs
from tests.media import javascript
from tests.media.conftest import sha256
from tests.media.pictures import noise
from tests.media.server import Running

CHUNK = 64 * 1024

FILES = {
    "whole": 300_001,
    "chunked": 300_002,
    "at once": 300_003,
    "at once in pieces": 300_004,
    "overridden": 200_005,
    "empty": 0,
    "checked": 200_006,
    "spoilt": 200_007,
    "other": 200_008,
    "too large": 100_009,
    "deferred": 200_010,
    "parts": 200_011,
    "nowhere": 1_012,
    "cut": 900_013,
    "terminated": 900_014,
    **{f"beside {each}": 250_020 + each for each in range(5)},
    "finished": 100_030,
}

OURS_ALONE = {
    "POST for PATCH": ("success", None),  # X-HTTP-Method-Override: the oracle does not know it
    "wrong checksum": ("failure", 460),  # its file store has no checksums
    "length told later": ("failure", 400),  # we always want to know before
    "no bytes at all": ("failure", 415),  # evidence is a picture or a document
    "in parallel parts": ("failure", 400),  # neither can: the oracle says 501
}
FAIL_ALIKE = {"not what was declared", "too large", "no such upload"}

REFUSED = {"too large", "deferred", "parts", "spoilt", "nowhere", "terminated", "other", "empty"}
"""What must not end up in storage."""


def content(name: str) -> bytes:
    return noise(FILES[name], seed=FILES[name])


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Any]:
    """Every file of the script on disk, and what is declared of it."""
    found = {}
    for name in FILES:
        path = tmp_path / name
        path.write_bytes(content(name))
        declared = b"another" if name == "other" else content(name)
        said = {"evidence": name, "sha256": sha256(declared), "filetype": "image/jpeg"}
        found[name] = {"path": str(path), "metadata": said}
    return found


@pytest.fixture
def ours(running: Running, promise: Any, files: dict[str, Any]) -> dict[str, Any]:
    """What the client saw of us."""
    for name in FILES:
        promise(content(name), name, **({"sha256": sha256(b"another")} if name == "other" else {}))
    return javascript.play(running.url, files, {"Authorization": "Bearer mei"})


@pytest.fixture
def theirs(files: dict[str, Any], tmp_path: Path) -> Iterator[dict[str, Any]]:
    """What it saw of the oracle."""
    with javascript.oracle(tmp_path / "oracle") as oracle:
        yield javascript.play(oracle.url, files)


def plain(seen: Any) -> Any:
    """Without what a server may leave out: the offset 0 of an upload that has just been made."""
    if isinstance(seen, dict):
        return {key: plain(value) for key, value in seen.items()}
    if isinstance(seen, list) and seen[:1] == ["POST"] and seen[2:] == [201, 0]:
        return [*seen[:3], None]
    return [plain(each) for each in seen] if isinstance(seen, list) else seen


def test_the_client_sees_the_same_of_us_and_of_the_oracle(ours: Any, theirs: Any) -> None:
    ours, theirs = plain(ours), plain(theirs)
    for seen in (ours, theirs):
        cut = seen["cut and resumed"]
        assert cut["stands"] - 2 * CHUNK in range(CHUNK + 1), (
            "what was acknowledged is there, and at most one piece more"
        )
        assert FILES["cut"] - cut["stands"] - cut["moved"] in range(CHUNK + 1)
        assert cut["methods"] == ["HEAD", "PATCH"], "it goes on and does not begin again"
        assert (cut["outcome"], seen["terminated"]["gone"]) == ("success", True)
    alike = set(ours) - set(OURS_ALONE) - {"cut and resumed"}
    assert {name: ours[name] for name in alike} == {name: theirs[name] for name in alike}
    assert {name: (ours[name]["outcome"], ours[name]["status"]) for name in OURS_ALONE} == OURS_ALONE
    outcomes = {name: ours[name].get("outcome") for name in sorted(alike)}
    assert {name for name, outcome in outcomes.items() if outcome == "failure"} == FAIL_ALIKE
    verified = sorted(set(FILES) - REFUSED)
    assert (
        list(Expectation.objects.filter(state="verified").order_by("evidence_id").values_list("evidence_id", flat=True))
        == verified
    )
    assert all(blobs.read(sha256(content(name))) == content(name) for name in verified)
    assert Blob.objects.count() == len(verified)
