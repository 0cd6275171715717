"""Smaller copies of images: made by a duty soon after receipt, or when somebody asks first."""

from collections.abc import Callable

from backend.core import clock
from backend.journal.turnstile import turn
from backend.media import storage
from backend.media.models import Blob, Derivative
from backend.media.rules import derivatives, filetypes
from backend.media.rules.images import Unreadable


def find(*, blob: Blob, kind: str) -> Derivative | None:
    """The derivative of `kind` (preview, list), made now if need be; None when the file is not a readable image."""
    if blob.derived_at is None:
        derive(blob=blob)
    return Derivative.objects.filter(blob=blob, kind=kind).first()


def read(*, sha256: str, kind: str) -> bytes | None:
    """The JPEG bytes of the derivative of `kind` (preview, list) of a blob, for papers and pages.

    None when the blob is unknown or no readable image. Raises `FileNotFoundError` when storage lost the file.
    """
    blob = Blob.objects.filter(sha256=sha256).first()
    made = find(blob=blob, kind=kind) if blob else None
    return storage.current().local(made.sha256).read_bytes() if made else None


def derive(*, blob: Blob) -> None:
    """Make and store every kind. Safe to run twice at once; a file that cannot be read is not tried again."""
    made: dict[str, bytes] = {}
    if blob.filetype in filetypes.IMAGES:
        try:
            made = derivatives.derive(storage.current().local(blob.sha256))
        except Unreadable:
            made = {}
    for kind, data in made.items():
        sha256 = storage.current().put(data)
        with turn():
            Derivative.objects.get_or_create(blob=blob, kind=kind, defaults={"sha256": sha256, "size": len(data)})
    blob.derived_at = clock.now()
    with turn():
        blob.save(update_fields=["derived_at"])


def derive_waiting(*, enough: Callable[[], bool] = lambda: False) -> int:
    """Derive every blob that waits for it, oldest first, until `enough`; how many."""
    waiting = Blob.objects.filter(derived_at__isnull=True).order_by("pk").values_list("pk", flat=True)
    return sum(_derive_if_there(key) for key in [*waiting] if not enough())


def _derive_if_there(key: int) -> bool:
    """A file that storage lost waits until it is restored; readers of it are answered 503, and that is logged."""
    blob = Blob.objects.get(pk=key)
    try:
        derive(blob=blob)
    except FileNotFoundError:
        return False
    return True
