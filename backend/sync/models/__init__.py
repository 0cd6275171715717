"""Tables of the sync engine."""

from backend.sync.models.custody import DeviceLog, Operation, StrayOperation
from backend.sync.models.reports import DeviceReport, ResetCause, ScopeReset
from backend.sync.models.review import Review, ReviewCall, ReviewOutcome
from backend.sync.models.selfcheck import Health, SelfCheck
from backend.sync.models.state import SweepMark, SyncState
from backend.sync.models.verdict import Verdict

__all__ = [
    "DeviceLog",
    "DeviceReport",
    "Health",
    "Operation",
    "ResetCause",
    "Review",
    "ReviewCall",
    "ReviewOutcome",
    "ScopeReset",
    "SelfCheck",
    "StrayOperation",
    "SweepMark",
    "SyncState",
    "Verdict",
]
