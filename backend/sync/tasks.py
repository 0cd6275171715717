"""Duties of the sync engine."""

from backend.core.duties import duty
from backend.sync.services.review_calls import call_reviewers
from backend.sync.services.strays import adopt
from backend.sync.services.sweeping import sweep


@duty("sync.sweep", every=15.0)
def sweep_open_operations() -> None:
    sweep()


@duty("sync.reviews", every=60.0)
def tell_reviewers() -> None:
    adopt()
    call_reviewers()
