"""Tables of the journal."""

from backend.journal.models.audit import AuditChain, AuditLine, AuditSeal, SealedLine
from backend.journal.models.feed import FeedRow, Grant, Scope
from backend.journal.models.outbox import Outbox
from backend.journal.models.subject import Journaled

__all__ = [
    "AuditChain",
    "AuditLine",
    "AuditSeal",
    "FeedRow",
    "Grant",
    "Journaled",
    "Outbox",
    "Scope",
    "SealedLine",
]
