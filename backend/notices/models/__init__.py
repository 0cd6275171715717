"""Tables of the notices room."""

from backend.notices.models.inbox import InboxCounter, InboxEntry

__all__ = ["InboxCounter", "InboxEntry"]
