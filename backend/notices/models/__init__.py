"""Tables of the notices room."""

from backend.notices.models.answers import (
    TEXT_LIMIT,
    Defence,
    DeliveryReceipt,
    Extension,
    FindingReport,
    NoticeEvidence,
    RectificationReport,
)
from backend.notices.models.delivery import Channel, DeliveryState, InboxDelivery, InboxPreference
from backend.notices.models.deputy import SigningDeputy
from backend.notices.models.escalation import EscalationPaper, EscalationTransition
from backend.notices.models.inbox import InboxCounter, InboxEntry
from backend.notices.models.instruction import InstructionAnswer, LeaderInstruction
from backend.notices.models.issued_copy import IssuedCopy
from backend.notices.models.lookback import LookBack, LookBackItem
from backend.notices.models.notice import NoticeFinding, NoticeTransition, RectificationNotice
from backend.notices.models.number import NumberSeries
from backend.notices.models.paper_code import PaperCode
from backend.notices.models.photo import NoticePhoto
from backend.notices.models.reminder import Reminder

__all__ = [
    "TEXT_LIMIT",
    "Channel",
    "Defence",
    "DeliveryReceipt",
    "DeliveryState",
    "EscalationPaper",
    "EscalationTransition",
    "Extension",
    "FindingReport",
    "InboxCounter",
    "InboxDelivery",
    "InboxEntry",
    "InboxPreference",
    "InstructionAnswer",
    "IssuedCopy",
    "LeaderInstruction",
    "LookBack",
    "LookBackItem",
    "NoticeEvidence",
    "NoticeFinding",
    "NoticePhoto",
    "NoticeTransition",
    "NumberSeries",
    "PaperCode",
    "RectificationNotice",
    "RectificationReport",
    "Reminder",
    "SigningDeputy",
]
