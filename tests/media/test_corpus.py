"""Every file of the hostile corpus, all the way: sent, received, derived, asked for."""

from typing import Any

import pytest
from django.test import RequestFactory

from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.media import registry
from backend.media.api.delivery import serve
from backend.media.models import Blob, Derivative
from backend.media.services import blobs, derivatives
from tests.media.conftest import Said, Tus, metadata, sha256
from tests.media.corpus import BROKEN, KEPT, LARGE, SCRIPT, SHOWN, Sample, corpus

READER = Actor(user_id=1, county_id=1, name="读者")

AS_A_DOCUMENT = {"Content-Disposition": "inline", "X-Content-Type-Options": "nosniff"}


def send(tus: Tus, sample: Sample, evidence: str) -> str:
    """In one request; the code of its refusal, or nothing."""
    headers = {
        "Upload-Length": str(len(sample.data)),
        "Upload-Metadata": metadata(evidence=evidence, filetype=sample.declared),
        "Content-Type": "application/offset+octet-stream",
    }
    answer = tus.send("POST", headers=headers, content=sample.data)
    assert answer.status_code in {201, 415}, (evidence, answer.text)
    return "" if answer.status_code == 201 else str(answer.json()["code"])


def fate(sample: Sample, refusal: str) -> str:
    kinds = set(Derivative.objects.filter(blob__sha256=sha256(sample.data)).values_list("kind", flat=True))
    assert kinds in ({"list", "preview"}, set())
    return refusal or (SHOWN if kinds else KEPT)


def is_served(sample: Sample) -> bool:
    """The very bytes, under the type that they are, to a browser that would like a page."""
    answer: Any = serve(
        RequestFactory().get("/", headers={"Accept": "text/html"}), actor=READER, sha256=sha256(sample.data)
    )
    told = {name: answer[name] for name in ("Content-Type", *AS_A_DOCUMENT)}
    return (told, b"".join(answer)) == ({"Content-Type": sample.served, **AS_A_DOCUMENT}, sample.data)


def is_unknown(sample: Sample) -> bool:
    with pytest.raises(NotFound):
        serve(RequestFactory().get("/"), actor=READER, sha256=sha256(sample.data))
    return not Blob.objects.filter(sha256=sha256(sample.data)).exists()


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # the product ignores them too
def test_every_hostile_file_is_refused_clearly_or_kept_as_it_is_and_shown_only_as_what_we_drew_of_it(
    tus: Tus, promise: Any, heard: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_readers", [lambda actor, wanted: True])
    samples = {name[:64]: sample for name, sample in corpus().items()}
    for name, sample in samples.items():
        promise(sample.data, name, filetype=sample.declared)
    refusals = {name: send(tus, sample, name) for name, sample in samples.items()}
    derivatives.derive_waiting()
    assert {name: fate(each, refusals[name]) for name, each in samples.items()} == {
        n: s.fate for n, s in samples.items()
    }
    taken = {name: sample for name, sample in samples.items() if not refusals[name]}
    assert [name for name, sample in taken.items() if not is_served(sample)] == []
    assert [name for name, sample in samples.items() if name not in taken and not is_unknown(sample)] == []
    assert {news["evidence_id"]: news["intact"] for news in heard} == {name: name in taken for name in samples}
    drawn = [blobs.read(each) for each in Derivative.objects.values_list("sha256", flat=True)]
    assert all(data.startswith(b"\xff\xd8\xff") and SCRIPT not in data and b"Exif" not in data for data in drawn)


def test_the_corpus_has_files_of_every_fate() -> None:
    fates = {sample.fate for sample in corpus().values()}
    assert fates == {SHOWN, KEPT, BROKEN, LARGE, "two_types", "unsupported_type", "broken_pdf", "encrypted_pdf"}
