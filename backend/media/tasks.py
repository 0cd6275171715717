"""Duties of media (backend/core/duties.py)."""

from backend.core.duties import duty, ending
from backend.media.services import derivatives, sweeping


@duty("media.derive", every=10.0)
def derive() -> None:
    """Smaller copies of new images; woken by every receipt. A server that ends does not wait for hundreds of them."""
    derivatives.derive_waiting(enough=ending)


@duty("media.sweep", every=600.0)
def sweep() -> None:
    """Finish, expire and forget uploads."""
    sweeping.sweep()
