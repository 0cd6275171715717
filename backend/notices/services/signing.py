"""Who of the office may sign notices."""

from django.contrib.auth.models import Permission

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.accounts.selectors import people
from backend.core.actor import Actor
from backend.core.errors import Forbidden, Invalid, NotFound
from backend.journal.writing import write


def allow_signing(*, actor: Actor, user_id: int, allowed: bool) -> User:
    """Leadership gives a person of the office the right to sign, or takes it back.

    Raises `Forbidden`, `NotFound(user)`, `Invalid(not_of_the_office)`.
    """
    if not actor.has(Role.LEADERSHIP):
        raise Forbidden()
    user = User.objects.filter(pk=user_id, county_id=actor.county_id).first()
    if user is None:
        raise NotFound("user", user_id)
    if allowed and Role.OFFICE not in people.roles_of(user):
        raise Invalid("not_of_the_office", "只能授权督导办人员签发。")
    right = Permission.objects.get(content_type__app_label="notices", codename="sign_notice")
    with write(actor=actor) as change:
        if allowed:
            user.user_permissions.add(right)
        else:
            user.user_permissions.remove(right)
        change.log("notice.signing_right", user, allowed=allowed)
    return user
