"""People who are known by their id only."""

from collections.abc import Iterable

from backend.accounts.models import User


def names(user_ids: Iterable[int | None]) -> dict[int, str]:
    """The names of those of `user_ids` that are people."""
    ids = {user_id for user_id in user_ids if user_id is not None}
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
