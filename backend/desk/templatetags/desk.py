"""What templates of the desks ask for by name."""

import datetime as dt
import re
from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils.http import urlencode

from backend.accounts.roles import Role
from backend.core import clock
from backend.desk.links import to
from backend.inspections.models import SeverityLevel
from backend.notices.selectors import instructions as instruction_rows

register = template.Library()


@register.inclusion_tag("desk/staff/deed.html", takes_context=True)
def deed(context: RequestContext, name: str, row: object = "") -> dict[str, Any]:
    """The form of a deed, or nothing if it is not offered; `row` is the key of the row that it is about."""
    return {
        "offer": context["offers"].get(name, str(row)),
        "csrf_token": context.get("csrf_token"),
        "page": context["request"].path.split("/do/")[0],
    }


@register.inclusion_tag("desk/staff/tick.html", takes_context=True)
def tick(context: RequestContext, name: str, field: str, key: object, label: str) -> dict[str, Any]:
    """The box of one row of a table for `field` of a deed's form; nothing if the deed is not offered."""
    offer = context["offers"].get(name)
    if offer is None:
        return {}
    chosen = offer.form.initial.get(field) or []
    ticked = str(key) in ([chosen] if isinstance(chosen, str) else map(str, chosen))
    return {"form": offer.form_id, "field": field, "key": key, "label": label, "ticked": ticked}


MOST_TOLD = 99
"""More unread messages than that are only told to be more; the whole number is in the name of the mark."""


@register.inclusion_tag("desk/unread.html")
def unread(count: int | str) -> dict[str, Any]:
    """The mark beside 消息; `live.js` writes it again when a message comes."""
    number = int(count or 0)
    return {"count": number, "told": f"{MOST_TOLD}+" if number > MOST_TOLD else number or ""}


@register.filter
def month(value: str) -> str:
    """2026-11 → 2026年11月."""
    return f"{value[:4]}年{int(value[5:])}月"


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """A day in China: without its year where that is the present one; nothing for none."""
    if value is None:
        return ""
    on = clock.local_date(value) if isinstance(value, dt.datetime) else value
    return f"{'' if on.year == clock.today().year else f'{on.year}年'}{on.month}月{on.day}日"


ISO_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")


@register.filter
def days_in(text: str) -> str:
    """A text as it is stored and exported, with its days as people write them."""
    return ISO_DAY.sub(lambda found: day(dt.date.fromisoformat(found[0])), text)


@register.simple_tag(takes_context=True)
def after(context: RequestContext, mark: str) -> str:
    """The address of the next page of a list, with the filters that hold."""
    query = [(name, value) for name, values in context["request"].GET.lists() for value in values if name != "after"]
    return f"?{urlencode([*query, ('after', mark)])}"


@register.filter
def theirs(offer: Any, name: str) -> Any:
    """What stands now in a field that somebody else has changed meanwhile."""
    return offer.theirs.get(name)


@register.filter
def severity(level: str) -> str:
    """What a level of a finding is called."""
    return str(SeverityLevel(level).label)


@register.inclusion_tag("desk/staff/instructed.html", takes_context=True)
def instructions(context: RequestContext, subject: Any) -> dict[str, Any]:
    """What leadership wrote about `subject`, with the way to write more; nothing for people who may not know."""
    actor = context["actor"]
    if not actor.has(Role.OFFICE, Role.LEADERSHIP):
        return {"known": False}
    return {
        "known": True,
        "rows": instruction_rows.about(actor, subject),
        "leads": actor.has(Role.LEADERSHIP),
        "address": to("desk_instruction", subject.journal_kind, subject.journal_id),
    }
