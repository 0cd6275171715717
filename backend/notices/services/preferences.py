"""What a person wants of messages beside the inbox."""

import datetime as dt
import re
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from backend.core.actor import Actor
from backend.core.errors import Invalid
from backend.journal.writing import write
from backend.notices.models import Channel, InboxPreference
from backend.notices.services.dispatching import channels as able

NUMBER = re.compile(r"[0-9A-Za-z+@._-]{0,64}", re.ASCII)


def is_email(text: str) -> bool:
    """Whether `text` is written like an address of mail."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def prefer(
    *,
    actor: Actor,
    channels: Sequence[str],
    email: str = "",
    number: str = "",
    quiet_kinds: Sequence[str] = (),
    mute_from: dt.time | None = None,
    mute_until: dt.time | None = None,
) -> InboxPreference:
    """Set the actor's own preferences. Raises `Invalid`: `channel_off` for one this server does not have,
    `address_missing`, `mute_hours` for half of a span."""
    if off := sorted(set(channels) - set(able())):
        raise Invalid("channel_off", f"本系统未启用{Channel(off[0]).label}。", channels=off)
    if not NUMBER.fullmatch(number):
        raise Invalid("invalid", "手机号或企业微信账号只能含字母、数字和 +@._-。", path="number")
    if Channel.EMAIL in channels and not email:
        raise Invalid("address_missing", "请填写接收邮件的邮箱。")
    if (mute_from is None) != (mute_until is None):
        raise Invalid("mute_hours", "免打扰时段须同时填写开始和结束时间。")
    wish = InboxPreference(
        user_id=actor.person,
        county_id=actor.county_id,
        channels=sorted(set(channels)),
        email=email,
        number=number,
        quiet_kinds=sorted(set(quiet_kinds)),
        mute_from=mute_from,
        mute_until=mute_until,
    )
    with write(actor=actor):
        InboxPreference.objects.bulk_create(
            [wish],
            update_conflicts=True,
            unique_fields=["user_id"],
            update_fields=["channels", "email", "number", "quiet_kinds", "mute_from", "mute_until"],
        )
    return wish
