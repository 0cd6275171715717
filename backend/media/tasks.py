"""Duties of media (backend/core/duties.py)."""

from backend.core.duties import duty
from backend.media.services import derivatives, sweeping


@duty("media.derive", every=10.0)
def derive() -> None:
    """Smaller copies of new images; woken by every receipt."""
    derivatives.derive_waiting()


@duty("media.sweep", every=600.0)
def sweep() -> None:
    """Finish, expire and forget uploads."""
    sweeping.sweep()
