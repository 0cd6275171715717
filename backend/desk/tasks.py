"""What the desks' room does by itself."""

from backend.core.duties import duty
from backend.desk.services import submissions


@duty("desk.forget_submissions", every=3600.0)
def forget_submissions() -> None:
    submissions.forget_old()
