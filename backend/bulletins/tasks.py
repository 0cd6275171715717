"""What the room does by itself: drafts on the 1st and the 16th."""

from backend.bulletins.services import schedule
from backend.core.duties import duty


@duty("bulletins.compile", every=300.0)
def compile_due() -> int:
    """Compile the periods that have ended; answers how many drafts were made."""
    return schedule.compile_due()
