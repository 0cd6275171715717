"""What media itself still needs of its files."""

from collections.abc import Collection, Iterator

from backend.media.models import Blob, Derivative, Upload
from backend.media.models.upload import UploadState


def needed(hashes: Collection[str]) -> Iterator[str]:
    """Smaller copies of what is kept, and whatever somebody is sending at this moment."""
    yield from Derivative.objects.filter(sha256__in=hashes).values_list("sha256", flat=True)
    sent = Upload.objects.filter(state=UploadState.OPEN, expectation__sha256__in=hashes)
    yield from sent.values_list("expectation__sha256", flat=True)


def named(hashes: Collection[str]) -> set[str]:
    """Those of `hashes` that any row of ours names."""
    rows = (model.objects.filter(sha256__in=hashes).values_list("sha256", flat=True) for model in (Blob, Derivative))
    return {sha256 for each in rows for sha256 in each}
