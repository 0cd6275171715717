"""Duties of media (backend/core/duties.py)."""

from backend.core.duties import duty, ending
from backend.media.services import accesses, derivatives, removal, sweeping


@duty("media.derive", every=2.0)
def derive() -> None:
    """Smaller copies of new images; woken by every receipt, and by who wants to see one that is not there yet.

    A server that ends does not wait for hundreds of them.
    """
    derivatives.derive_waiting(enough=ending)


@duty("media.sweep", every=600.0)
def sweep() -> None:
    """Finish, expire and forget uploads."""
    sweeping.sweep()


@duty("media.accesses", every=5.0)
def book_accesses() -> None:
    """Write down who was sent an original."""
    accesses.book()


@duty("media.remove", every=6 * 3600.0)
def remove() -> None:
    """Delete blobs that nobody has needed for a month, and what was condemned (`media retain`)."""
    removal.sweep(enough=ending)
