"""What leadership may write about, found as its own room lets the reader see it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backend.bulletins.selectors import bulletins, circulars
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.inspections.selectors import plans, vetoes, visits
from backend.notices.selectors import escalations, notices


@dataclass(frozen=True, slots=True)
class Kind:
    """How a thing of this kind is found, and what it is called."""

    find: Callable[[Actor, uuid.UUID], Any]
    name: Callable[[Any], str]


KINDS: dict[str, Kind] = {
    "notice": Kind(notices.get, lambda one: f"{one.target.name}整改通知书{one.number}"),
    "escalation_paper": Kind(
        escalations.get, lambda one: f"{one.notice.target.name}{one.get_kind_display()}{one.number}"
    ),
    "visit": Kind(visits.get, lambda one: f"{one.target.name}检查记录"),
    "finding": Kind(vetoes.get, lambda one: f"{one.target.name}一票否决候选"),
    "inspection_plan": Kind(plans.get, lambda one: str(one.title)),
    "bulletin": Kind(bulletins.get, lambda one: str(one.title)),
    "circular": Kind(circulars.get, lambda one: str(one.title)),
}
"""By the kind in the journal."""


@dataclass(frozen=True, slots=True)
class About:
    """A thing with its kind and name."""

    subject: Any
    kind: str
    name: str


def get(actor: Actor, kind: str, id: uuid.UUID) -> About:
    """Raises `NotFound` also for kinds that nobody writes about."""
    known = KINDS.get(kind)
    if known is None:
        raise NotFound(kind, id)
    found = known.find(actor, id)
    return About(found, kind, known.name(found))
