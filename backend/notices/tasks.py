"""What the room does by itself: delivering messages, speaking up about deadlines."""

from typing import Any

from django.dispatch import receiver

from backend.core.duties import duty, ending, wake
from backend.journal.signals import changes_committed
from backend.notices.services import dispatching, escalation_printing, inbox, ladder, lookbacks

DELIVER = "notices.deliver"


@duty(DELIVER, every=0.25)  # in a process of its own nobody wakes it: a school hears within a second all the same
def deliver() -> int:
    """Empty the outbox; answers how many messages were moved."""
    moved = 0
    while step := inbox.deliver_waiting(limit=200):
        moved += step
    return moved


@duty("notices.dispatch", every=5.0)
def dispatch() -> int:
    """Send what is due on second channels; answers how many messages were tried."""
    tried = 0
    while (step := dispatching.dispatch_due()) and not ending():
        tried += step
    return tried


@duty("notices.escalate", every=60.0)
def escalate() -> int:
    """Take the steps of escalation that are due, print their papers; answers how many steps were taken."""
    taken = ladder.climb()
    escalation_printing.print_waiting()
    return taken


@duty("notices.look_back", every=600.0)
def look_back() -> int:
    """Draw the month's sample of closed problems, from its first working day on; answers how many were drawn."""
    return lookbacks.draw_due()


@receiver(changes_committed, dispatch_uid="notices.wake")
def wake_on_message(told: bool = False, **about: Any) -> None:
    """Somebody is to be told something: do not wait for the next turn."""
    if told:
        wake(DELIVER)
