"""Every version of the words of a draft is kept."""

from collections.abc import Iterable

from backend.bulletins.models import Bulletin, BulletinTextVersion
from backend.core import clock
from backend.core.errors import Conflict
from backend.journal.writing import Change


def keep(change: Change, bulletin: Bulletin, parts: list[str]) -> None:
    """The words as they are now, under the number that the issue gives them; inside the change that made them."""
    BulletinTextVersion.objects.create(
        bulletin=bulletin,
        number=bulletin.texts_version,
        texts=bulletin.texts,
        parts=parts,
        author_id=change.actor.user_id,
        author_name=change.actor.name,
        at=clock.now(),
    )


def check_unchanged(bulletin: Bulletin, based_on: int, parts: Iterable[str]) -> None:
    """Raises `Conflict(edited_elsewhere)` where one of `parts` was changed after version `based_on`."""
    later = BulletinTextVersion.objects.filter(bulletin=bulletin, number__gt=based_on).values_list("parts", flat=True)
    changed = sorted(set(parts) & {part for each in later for part in each})
    if changed:
        raise Conflict("edited_elsewhere", "您编辑期间，他人已修改同一部分，请核对后再保存。", parts=changed)
