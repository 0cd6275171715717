"""Smaller copies of images, made by a duty soon after receipt and never while somebody waits for an answer."""

from collections.abc import Callable, Sequence

from django.conf import settings
from django.db import transaction

from backend.core import clock, duties
from backend.core.errors import Unavailable
from backend.journal.turnstile import turn
from backend.media import registry, storage
from backend.media.models import Derivative, Holding
from backend.media.rules import captions, derivatives, filetypes
from backend.media.rules.captions import Caption
from backend.media.rules.images import Unreadable
from backend.media.rules.lettering import Lettering, lettering
from backend.media.services import storing

AGAIN = 2
"""Seconds after which a client asks again for a derivative that is not there yet."""


def letters() -> Lettering:
    """The fonts of this deployment."""
    return lettering(tuple(settings.CAPTION_FONTS))


def find(*, holding: Holding, kind: str) -> Derivative | None:
    """The derivative of `kind` (preview, list) as it is shown for `holding`; None when the file is no readable image.

    Raises `Unavailable(preview_pending)` and lets the duty begin when it is not made yet: nothing is decoded here.
    """
    found = _made(holding, kind)
    if found is not None and _wants_caption(found, holding):
        _again(holding)
        found = None
    if found is None and holding.derived_at is None:
        duties.wake("media.derive")
        raise Unavailable("preview_pending", "缩略图正在生成，请稍后再看。", retry_after=AGAIN)
    return found


def _made(holding: Holding, kind: str) -> Derivative | None:
    return Derivative.objects.filter(kind=kind, holding=holding).first()


def _wants_caption(found: Derivative, holding: Holding) -> bool:
    """Whether the bytes came before the fact they belong to was judged, and by now it is known what to write."""
    waits = not found.captioned and holding.evidence_id
    return bool(waits and registry.captions([holding.evidence_id]))


def _again(holding: Holding) -> None:
    holding.derived_at = None
    with turn():
        Derivative.objects.filter(holding=holding).delete()
        holding.save(update_fields=["derived_at"])


def derive(*, holding: Holding) -> None:
    """Make and store every kind. Safe to run twice at once; a file that cannot be read is not tried again."""
    caption = registry.captions([holding.evidence_id]).get(holding.evidence_id) if holding.evidence_id else None
    made = _made_of(holding, caption)
    rows = [
        Derivative(
            blob_id=holding.blob_id,
            holding=holding,
            kind=kind,
            sha256=storing.put(data),
            size=len(data),
            captioned=caption is not None,
        )
        for kind, data in made.items()
    ]
    _book(holding, rows)
    for row in rows:
        storing.put_back(made[row.kind], row.sha256)


def _made_of(holding: Holding, caption: Caption | None) -> dict[str, bytes]:
    """The bytes by kind; none of a file that is no readable image."""
    if holding.blob.filetype not in filetypes.IMAGES:
        return {}
    # What the product made itself was captioned when it was made.
    sha256, own = holding.blob.sha256, not holding.evidence_id
    words = [] if own else captions.parts(caption, sha256)
    short = [] if own else captions.short_parts(caption, sha256)
    try:
        return derivatives.derive(storage.current().local(sha256), words, letters(), short=short)
    except Unreadable:
        return {}


def _book(holding: Holding, rows: Sequence[Derivative]) -> None:
    """Nothing of what was deleted meanwhile."""
    with turn(), transaction.atomic():
        if Holding.objects.filter(pk=holding.pk).update(derived_at=clock.now()):
            Derivative.objects.bulk_create(rows, ignore_conflicts=True)


def derive_waiting(*, enough: Callable[[], bool] = lambda: False) -> int:
    """Derive for every holding that waits for it, oldest first, until `enough`; for how many."""
    waiting = Holding.objects.filter(derived_at__isnull=True).order_by("pk").values_list("pk", flat=True)
    return sum(_derive_if_there(key) for key in [*waiting] if not enough())


def _derive_if_there(key: int) -> bool:
    """A file that storage lost waits until it is restored; readers of it are answered 503, and that is logged.

    One whose evidence was deleted meanwhile needs nothing any more.
    """
    holding = Holding.objects.select_related("blob").filter(pk=key).first()
    if holding is None:
        return False
    try:
        derive(holding=holding)
    except FileNotFoundError:
        return False
    return True
