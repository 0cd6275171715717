"""Keeping what a phone found out about itself."""

from typing import Any

from django.db import transaction

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Forbidden
from backend.journal.turnstile import turn
from backend.sync.models import Health, SelfCheck


def told(*, actor: Actor, app: str, system: str, checks: list[dict[str, Any]]) -> SelfCheck:
    """The self-check of the actor's device, in place of the one before. Raises `Forbidden(no_device)`."""
    if actor.device_id is None:
        raise Forbidden("no_device", "此登录方式不使用离线同步。")
    row = SelfCheck(
        device_id=actor.device_id,
        county_id=actor.county_id,
        user_id=actor.person,
        app=app,
        system=system,
        checks=checks,
        failing=sum(check["health"] == Health.BAD for check in checks),
        told_at=clock.now(),
    )
    with turn(), transaction.atomic():
        SelfCheck.objects.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["device_id"],
            update_fields=["county_id", "user_id", "app", "system", "checks", "failing", "told_at"],
        )
    return row
