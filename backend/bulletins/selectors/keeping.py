"""Which bytes bulletins still need: papers and what they show are kept for ever."""

from collections.abc import Collection, Iterator

from backend.bulletins.models import Bulletin, BulletinPaper, BulletinSnapshot, Circular
from backend.inspections.models import EvidenceCopy


def needed(hashes: Collection[str]) -> Iterator[str]:
    """Those of `hashes` that are the paper of an issue, or a copy of a photo in a signed one: it can be printed anew,
    also when the time of the photo itself is over.
    """
    yield from Bulletin.objects.filter(pdf_sha256__in=hashes).values_list("pdf_sha256", flat=True)
    yield from BulletinPaper.objects.filter(sha256__in=hashes).values_list("sha256", flat=True)
    yield from BulletinPaper.objects.filter(sheet_sha256__in=hashes).values_list("sheet_sha256", flat=True)
    yield from Circular.objects.filter(pdf_sha256__in=hashes).values_list("pdf_sha256", flat=True)
    expired = EvidenceCopy.objects.filter(sha256__in=hashes, evidence__expired_at__isnull=False)
    if copies := dict(expired.values_list("sha256", "county_id")):
        yield from copies.keys() & _pictures(set(copies.values()))


def _pictures(counties: Collection[int]) -> set[str]:
    signed = BulletinSnapshot.objects.filter(bulletin__county_id__in=counties, bulletin__signed_at__isnull=False)
    facts = signed.values_list("facts", flat=True).iterator(chunk_size=50)
    shown = {sha256 for each in facts for case in each.get("cases", ()) for sha256 in case.get("photos", ())}
    issues = Bulletin.objects.filter(county_id__in=counties, signed_at__isnull=False)
    texts = issues.values_list("texts__good_practices", flat=True).iterator(chunk_size=50)
    return shown | {sha256 for each in texts for one in each or () for sha256 in one.get("photos", ())}
