"""Who heads a department: named and ended by the office. The role comes with the account, the teams with the post."""

import uuid

from backend.accounts.roles import Role
from backend.accounts.selectors import people
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict
from backend.journal.writing import Change, write
from backend.registry.models import Department, Headship
from backend.registry.services.authority import locked, locked_people, only_office


def name_head(*, actor: Actor, department_id: uuid.UUID, user_id: int) -> Headship:
    """From now on `user_id` heads the department; whoever headed it before does no longer. Repeating it does no harm.

    Raises `Forbidden`, `NotFound` (`department`, `user`), `Conflict`: `department_closed`, `not_department_head` for
    somebody without that role.
    """
    only_office(actor)
    with write(actor=actor) as change:
        department = locked(Department, actor, department_id)
        user = locked_people(actor, [user_id])[user_id]
        if department.closed_at is not None:
            raise Conflict("department_closed", f"“{department.name}”已停用。")
        if not user.is_active or Role.DEPARTMENT_HEAD not in people.roles_of(user):
            said = f"“{user.name}”不是在用的科室负责人账号，请先在“人员和设备”中设置“科室负责人”角色。"
            raise Conflict("not_department_head", said)
        standing = Headship.objects.filter(department=department, ends_at__isnull=True).first()
        if standing and standing.user_id == user_id:
            return standing
        _end(change, department, standing)
        row = Headship.objects.create(department=department, user=user)
        change.log("department.head_named", department, user=user_id)
    return row


def end_headship(*, actor: Actor, department_id: uuid.UUID) -> None:
    """Nobody heads the department from now on; repeating it does no harm. Raises `Forbidden`, `NotFound`."""
    only_office(actor)
    with write(actor=actor) as change:
        end_of(change, locked(Department, actor, department_id))


def end_of(change: Change, department: Department) -> None:
    """End the open term of a department that the caller has locked, inside its `write()`."""
    _end(change, department, Headship.objects.filter(department=department, ends_at__isnull=True).first())


def _end(change: Change, department: Department, row: Headship | None) -> None:
    if row is not None:
        row.ends_at = clock.now()
        row.save(update_fields=["ends_at"])
        change.log("department.head_left", department, user=row.user_id)
