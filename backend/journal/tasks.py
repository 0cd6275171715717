"""Duties of the journal."""

from backend.core.duties import duty
from backend.journal.sealing import seal_all
from backend.journal.upkeep import purge


@duty("journal.seal", every=60.0)
def seal_audit_trail() -> None:
    seal_all()


@duty("journal.purge", every=6 * 3600.0)
def purge_old_tombstones() -> None:
    purge()
